// What xl prints of block devices: a line for each (xl block-list, tools/xl/xl_block.c), or the guests' configuration as JSON
// (xl list -l).

import { parseBackendPath } from './names.ts'
import type { Vbd } from './nodes.ts'

const TITLES = /^[ \t]*Vdev +BE +handle +state +evt-ch +ring-ref +BE-path[ \t]*$/m
const ROW = /^[ \t]*(\d{1,10}) +(\d{1,5}) +(-?\d+) +(-?\d+) +(-?\d+) +(-?\d+) +(\S{1,99})[ \t]*$/
const NONE: ReadonlyMap<string, string> = new Map()

/** The devices that `xl block-list` or `xl list -l` printed; undefined for other text. */
export function listedByXl(text: string): Vbd[] | undefined {
  if (TITLES.test(text)) return text.split('\n').flatMap(rowVbd)
  if (!/^\s*[[{]/.test(text) || !text.includes('"domid"')) return undefined
  try {
    return [JSON.parse(text) as unknown].flat().flatMap(configuredVbds)
  } catch {
    return undefined
  }
}

/** -1 and 0 stand for what is not there: the references of a ring of several pages, or of several queues. */
function rowVbd(line: string): Vbd[] {
  const [, vdev, backendDomain, , state, channel, ref, path] = ROW.exec(line) ?? []
  const end = parseBackendPath(path)
  if (!end) return []
  const nodes = { 'virtual-device': vdev!, 'backend-id': backendDomain!, state: state!, backend: end.path }
  const frontend = new Map(Object.entries(nodes))
  if (Number(channel) > 0) frontend.set('event-channel', channel!)
  if (Number(ref) > 0) frontend.set('ring-ref', ref!)
  return [{ frontend, backend: NONE, domain: Number(end.domain), guest: undefined, published: true }]
}

/** Of a guest's configuration its name and disks: no ring is in it. */
function configuredVbds(guest: unknown): Vbd[] {
  const { domid, config } = fields(guest)
  const { c_info, disks } = fields(config)
  const { name } = fields(c_info)
  const domain = typeof domid === 'number' ? domid : undefined
  return (Array.isArray(disks) ? (disks as unknown[]) : []).map((disk) => {
    const { vdev, pdev_path, readwrite, backend } = fields(disk)
    const known = { dev: vdev, params: pdev_path, mode: readwrite === 0 || readwrite === false ? 'r' : 'w', type: backend }
    const nodes = Object.entries(known).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    return { frontend: NONE, backend: new Map(nodes), domain, guest: typeof name === 'string' ? name : undefined, published: false }
  })
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
