// Numbers that grow: interrupts of /proc/interrupts, blkback's statistics in sysfs and in xentop.
import { XENBUS_STATES } from '../../codec/xen/xenbus.ts'
import type { Paste, Reading } from '../reader.ts'
import type { Side, Statement, Subject } from '../statement.ts'
import { pathOfTitle, placed } from './place.ts'

/** The events of Linux's two ends: `blkif` of blkfront, `blkif-backend` of blkback; XenServer's and SUSE's blkback name the device. */
const INTERRUPT =
  /^\s*(?<irq>\d{1,6}):(?<counts>(?:\s+\d{1,12}){1,1024})\s+[\w-]{1,40}\s+(?:[\w-]{1,40}\s+)?(?<name>blkif-backend|blkif|blkback\S*|vbd-\d+-\d+)\s*$/
/** A line of all numbers may be long; with 1024 processors it has some 12 KB. */
const MAX_LINE = 16384
const SYSFS =
  /(?:^|\/)vbd-(?<domid>\d{1,5})-(?<vdev>\d{1,10})\/(?:statistics\/(?<counter>\w{1,16})|(?<node>physical_device|mode|state))$/
const FRONT_SYSFS = /(?:^|\/)xen\/devices\/vbd-(?<vdev>\d{1,10})\/state$/
/** `VBD BlkBack 51712 [ca: 0]  OO: 0 RD: 0 WR: 0 RSECT: 1579 WSECT: 4457`. */
const XENTOP = /^\s*VBD\s+(?<kind>\w{1,16})\s+(?<vdev>\d{1,10})\s+\[[0-9a-f]{1,8}: ?[0-9a-f]{1,8}\](?<rest>.{0,400})$/
const DOMAIN = /^\s*(?<guest>[\w.+-]{1,80})\s+[a-z-]{6}\s+\d+\s+\d/
const COUNTER = /\b(?<counter>OO|RD|WR|RSECT|WSECT):\s{0,20}(?<value>\d{1,20})/g
/** The number of a state that sysfs has by its word. */
function stateOf(word: string): string | undefined {
  const number = XENBUS_STATES.indexOf(word)
  return number < 0 ? undefined : String(number)
}

/** Names of xentop, as sysfs calls the same numbers. */
const NAMES: Readonly<Record<string, string>> = { OO: 'oo_req', RD: 'rd_req', WR: 'wr_req', RSECT: 'rd_sect', WSECT: 'wr_sect' }

export function* counterReader({ source, lines }: Paste): Generator<Reading> {
  let title = ''
  let guest: string | undefined
  for (const { text, number } of lines) {
    if (text.length > MAX_LINE) continue
    const named = pathOfTitle(text)
    if (named !== undefined) {
      title = named
      continue
    }
    const at = { source, line: number }
    guest = DOMAIN.exec(text)?.groups?.['guest'] ?? guest
    for (const statement of [...interrupt(text, at), ...xentop(text, guest, at), ...sysfs(text, title, at)])
      yield { statement, lines: [number] }
  }
}

type At = Pick<Statement, 'source' | 'line'>

function* interrupt(text: string, at: At): Generator<Statement> {
  const found = INTERRUPT.exec(text)?.groups
  if (!found) return
  const side: Side = found['name'] === 'blkif' ? 'frontend' : 'backend'
  const value = found['counts']!.trim()
    .split(/\s+/)
    .reduce((sum, n) => sum + Number(n), 0)
  const device = /^vbd-(\d+)-(\d+)$/.exec(found['name']!)
  const of: Subject = device ? { domid: Number(device[1]), vdev: Number(device[2]) } : {}
  yield { kind: 'counter', ...at, of: { ...of, irq: Number(found['irq']) }, counter: 'interrupts', side, value }
}

function* xentop(text: string, guest: string | undefined, at: At): Generator<Statement> {
  const found = XENTOP.exec(text)?.groups
  if (!found) return
  for (const { groups } of found['rest']!.matchAll(COUNTER))
    yield {
      kind: 'counter',
      ...at,
      of: { guest, vdev: Number(found['vdev']) },
      counter: NAMES[groups!['counter']!]!,
      side: 'backend',
      value: Number(groups!['value']),
    }
}

function* sysfs(text: string, title: string, at: At): Generator<Statement> {
  const { path, rest } = placed(text, title)
  const value = rest.trim()
  const front = FRONT_SYSFS.exec(path)?.groups
  const state = stateOf(value)
  if (front && state !== undefined) {
    const frontend = new Map([['state', state]])
    yield { kind: 'device', ...at, of: { vdev: Number(front['vdev']) }, nodes: { frontend, backend: new Map() } }
    return
  }
  const found = SYSFS.exec(path)?.groups
  if (!found) return
  const of = { domid: Number(found['domid']), vdev: Number(found['vdev']) }
  const { counter, node } = found
  if (counter !== undefined && /^\d{1,20}$/.test(value))
    yield { kind: 'counter', ...at, of, counter, side: 'backend', value: Number(value) }
  else if (node !== undefined && /^[\w:]{1,40}$/.test(value)) {
    const backend = new Map([node === 'state' ? ['state', state ?? value] : [node.replace('_', '-'), value]] as const)
    yield { kind: 'device', ...at, of, nodes: { frontend: new Map(), backend } }
  }
}
