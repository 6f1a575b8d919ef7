// Sessions of debuggers to what they say of each ring.
import type { Testimony } from '../capture/testimony.ts'
import { MAX_RING_PAGES, ringGeometry } from '../codec/ring/geometry.ts'
import { distance } from '../codec/ring/ring-idx.ts'
import { x86_32 } from '../codec/struct/abi.ts'
import { type Answer, answersIn, printsOf, windbgPrints } from '../structtext/index.ts'
import { type Facts, isIndexName, Records, type RingRecord, testimonyOf } from './records.ts'
import { type DeviceInfo, takeValue } from './structs.ts'
import { type AskedFor, askedBy, assignmentIn, columnsAskedFor, indicesAskedFor } from './subject.ts'

/** What the prints of a text say. */
export interface SessionSaid {
  readonly testimonies: readonly Testimony[]
  readonly notes: readonly string[]
}

/** Names one of which stands in a text that has something to say of a ring in structs. */
const TELLING =
  /\b(?:req_prod|rsp_prod|req_event|rsp_event|req_cons|rsp_cons|req_prod_pvt|rsp_prod_pvt|ring_ref|blk_shadow|blkfront_info|REQ_(?:WAITING|PROCESSING)|grants_used|associated_id|indirect_grefs|pendcnt|nr_segs|nr_ents)\b/

/** Signs of a queue beside the first: its place is worked out, or it has a number. */
const SECOND_QUEUE =
  /\+ *(?:\$?\w+(?:->|\.))*rinfo_size|\* *(?:\$?\w+(?:->|\.))*rinfo_size|rinfo_size\(|\brinfo\[[1-9]|\brings\[[1-9]|nr_rings = (?:0x)?(?:[2-9]|1\d)/

/** @param used gets a 1 for each line that something was read from */
export function readSession(text: string, used: Uint8Array): SessionSaid {
  if (!TELLING.test(text)) return { testimonies: [], notes: [] }
  const records = new Records()
  const devices = new Map<string, DeviceInfo>()
  const shadows = new Map<string, number>()
  for (const answer of answersIn(text)) {
    const assignment = assignmentIn(answer.command)
    const subject = assignment?.isSame ? { ...assignment.subject, variable: assignment.variable } : askedBy(answer.command)
    if (assignment) assign(records, assignment.variable, assignment.isSame ? assignment.subject : undefined)
    let took = false
    let isStruct = false
    for (const read of [printsOf, windbgPrints])
      for (const print of read(answer)) {
        isStruct ||= print.value.kind === 'braces' && print.value.items.some(({ name }) => name !== undefined)
        if (print.value.kind === 'number') pointTo(records, subject, print.value.type, print.value.value)
        if (!takeValue({ records, subject, print, devices, shadows })) continue
        took = true
        used.fill(1, print.first, print.last + 1)
      }
    if (!isStruct) took = takeList(records, subject, answer, used) || takeColumns(records, subject, answer, used) || took
    if (took && answer.command !== '') used[answer.line] = 1
  }
  const isOne = !SECOND_QUEUE.test(text) && [...devices.values()].every(({ nr_rings }) => (nr_rings ?? 1) <= 1)
  return finish(records, devices, isOne)
}

function assign(records: Records, variable: string, subject: AskedFor | undefined): void {
  const record =
    subject?.address !== undefined
      ? records.of([subject.address], undefined)
      : subject?.variable !== undefined
        ? records.get(subject.variable)
        : undefined
  if (record) records.set(variable, record)
  else records.forget(variable)
}

/** `p $ri` says where a variable points to. */
function pointTo(records: Records, { variable }: AskedFor, type: string | undefined, value: bigint): void {
  if (variable === undefined || value === 0n) return
  const place = type === undefined ? undefined : /^struct (?:blkfront_(ring_info)|blkif_(sring)|(xen_blkif_ring))\b/.exec(type)
  if (!place) return
  const kind = place[1] ? 'rinfo' : place[2] ? 'sring' : 'back'
  records.of([`${kind}:${value.toString(16)}`], variable)
}

/** Numbers in the order in which a command asks for indices: `p $ring->rsp_cons`, `s.req_prod, s.req_event`. */
function takeList(records: Records, subject: AskedFor, { command, lines }: Answer, used: Uint8Array): boolean {
  const names = indicesAskedFor(command)
  if (names.length === 0 || names.length > 16 || (subject.variable === undefined && subject.address === undefined)) return false
  const said = lines.filter(({ text }) => text.trim() !== '')
  if (said.length === 0 || said.length > names.length) return false
  const numbers = said.flatMap(({ text }) => (text.length > 400 || /Object\(|Error|Traceback/.test(text) ? [] : numbersIn(text)))
  if (numbers.length !== names.length) return false
  const record = records.of(subject.address === undefined ? [] : [subject.address], subject.variable)
  for (const [i, name] of names.entries()) {
    if (isIndexName(name)) record.index(name, numbers[i]!)
    else if (name === 'nr_ents') record.facts.nr_ents = Number(numbers[i])
    else record.facts.evtchn = Number(numbers[i])
  }
  for (const { number } of said) used[number] = 1
  record.saw(said[0]!.number, said.at(-1)!.number)
  return true
}

function numbersIn(text: string): bigint[] {
  const bare = text.replace(/\$\d+ = |\([A-Za-z_][\w ]*\)/g, '')
  return Array.from(bare.matchAll(/(?<![\w.])(0x[\da-f]{1,16}|\d{1,20})(?![\w.])/gi), ([digits]) => BigInt(digits))
}

/** The columns of a loop over the backend's requests: `print(p.id, p.nr_segs) for p in ...`. */
function takeColumns(records: Records, subject: AskedFor, { command, lines }: Answer, used: Uint8Array): boolean {
  const columns = columnsAskedFor(command)
  const id = columns.indexOf('id')
  if (id < 0 || !columns.some((name) => name === 'nr_segs' || name === 'pendcnt')) return false
  const rows = lines.flatMap(({ text, number }) => {
    const numbers = text.length > 400 ? [] : numbersIn(text)
    return numbers.length === columns.length ? [{ id: numbers[id]!, operation: numbers[columns.indexOf('operation')], number }] : []
  })
  if (rows.length === 0) return false
  const record =
    (subject.variable === undefined ? undefined : records.get(subject.variable)) ?? records.current ?? records.of([], 'pending')
  record.saw(rows[0]!.number, rows.at(-1)!.number)
  for (const row of rows) {
    record.facts.pending.set(row.id, row.operation === undefined ? undefined : Number(row.operation))
    used[row.number] = 1
  }
  return true
}

function finish(records: Records, devices: ReadonlyMap<string, DeviceInfo>, isOne: boolean): SessionSaid {
  const notes: string[] = []
  adopt(records, isOne)
  const testimonies = [...records.all].flatMap((record) =>
    record.moments.flatMap((facts) => {
      const wrong = impossibilityOf(facts)
      if (wrong !== undefined) {
        notes.push(
          `${placeText(record, facts)}: ${wrong}: no ring lies there, and it is left aside (queue N lies at rinfo + N * rinfo_size, which is not rinfo[N])`,
        )
        return []
      }
      return [testimonyOf(record, facts, deviceOf(record, devices))]
    }),
  )
  return { testimonies: testimonies.sort((a, b) => a.lines[0] - b.lines[0]), notes }
}

/** More rings than a guest has: their parts are not put together. */
const MAX_RINGS = 1024
/** Devices of which one may be a ring's that does not say whose it is. */
const MAX_DEVICES = 64
/** A queue with the shadow of the largest ring is smaller. */
const MAX_QUEUE_BYTES = 2n ** 17n

/**
 * Prints that nothing ties to a ring: entries of a shadow are of the queue that lies before them, others of the only ring that there is.
 * @param isOne nothing in the text speaks of a second queue
 */
function adopt({ all }: Records, isOne: boolean): void {
  const isRing = (record: RingRecord) => record.moments.some(({ indices }) => indices.size > 0)
  const rings = [...all].filter(isRing)
  if (rings.length > MAX_RINGS) return
  const isOwn = new Set(rings)
  for (const record of [...all].filter((one) => !isOwn.has(one) && !one.isEmpty)) {
    const ring =
      queueBefore(rings, record.places.get('shadow')) ?? (rings.length === 1 && record.places.size === 0 ? rings[0] : undefined)
    if (!ring) continue
    ring.take(record)
    all.delete(record)
  }
  if (!isOne) return
  const [only, ...others] = rings.filter(({ places }) => places.size > 0)
  if (!only || others.length > 0) return
  for (const record of rings.filter(({ places }) => places.size === 0)) {
    if (contradict(only, record)) continue
    only.take(record)
    all.delete(record)
  }
}

/** They are of one moment each, and an index is another in one than in the other, or they cannot be of one ring. */
function contradict({ facts, past }: RingRecord, other: RingRecord): boolean {
  const both = new Map([...facts.indices, ...other.facts.indices])
  const differ = [...other.facts.indices].some(([name, index]) => (facts.indices.get(name) ?? index) !== index)
  if (past.length + other.past.length > 0 || differ) return true
  const order = (['rsp_cons', 'rsp_prod', 'req_prod', 'req_prod_pvt'] as const).flatMap((name) => both.get(name) ?? [])
  const span = order.slice(1).reduce((sum, index, i) => sum + distance(order[i]!, index), 0)
  return span > (facts.nr_ents ?? other.facts.nr_ents ?? MOST_ENTRIES)
}

function queueBefore(rings: readonly RingRecord[], shadow: bigint | undefined): RingRecord | undefined {
  if (shadow === undefined) return undefined
  const behind = (ring: RingRecord) => shadow - (ring.places.get('rinfo') ?? shadow + 1n)
  const near = rings.filter((ring) => behind(ring) > 0n && behind(ring) < MAX_QUEUE_BYTES)
  return near.sort((a, b) => (behind(a) < behind(b) ? -1 : 1))[0]
}

function placeText({ places, name }: RingRecord, { lines }: Facts): string {
  const at = places.get('rinfo') ?? places.get('sring')
  const where = lines ? `lines ${lines[0]} to ${lines[1]}` : 'a print'
  return `${where}${name === undefined ? '' : `, ${name}`}${at === undefined ? '' : `, at 0x${at.toString(16)}`}`
}

const MOST_ENTRIES = ringGeometry(x86_32, MAX_RING_PAGES).nr_ents

/** Why facts are those of no ring: a print of what lies elsewhere shows plausible numbers. */
function impossibilityOf({ nr_ents, indices }: Facts): string | undefined {
  if (nr_ents === undefined) return undefined
  if (nr_ents === 0 || nr_ents > MOST_ENTRIES || (nr_ents & (nr_ents - 1)) !== 0)
    return `nr_ents ${nr_ents} is no number of slots that a ring can have`
  for (const [producer, consumer] of [
    ['req_prod_pvt', 'rsp_cons'],
    ['req_cons', 'rsp_prod_pvt'],
  ] as const) {
    const [ahead, behind] = [indices.get(producer), indices.get(consumer)]
    if (ahead !== undefined && behind !== undefined && distance(behind, ahead) > nr_ents)
      return `${producer} ${ahead} is ${distance(behind, ahead)} ahead of ${consumer} ${behind}, and nr_ents is ${nr_ents}`
  }
  return undefined
}

/** The disk, and the queue where it has several. */
function deviceOf({ places }: RingRecord, devices: ReadonlyMap<string, DeviceInfo>): Pick<Testimony, 'handle' | 'queue'> {
  const [rinfo, shadow, info] = [places.get('rinfo'), places.get('shadow'), places.get('info')]
  const candidates =
    info === undefined ? [...devices.values()].slice(0, MAX_DEVICES) : [devices.get(info.toString(16)) ?? devices.get('')]
  for (const device of candidates) {
    if (!device) continue
    const at = rinfo ?? shadow
    const size = device.rinfo_size
    if (device.rinfo === undefined || at === undefined) {
      if (info !== undefined) return { handle: device.vdevice, queue: undefined }
      continue
    }
    const offset = at - device.rinfo
    const queue = size === undefined || size <= 0n ? (offset === 0n ? 0 : undefined) : Number(offset / size)
    const rings = device.nr_rings ?? 1
    if (queue === undefined || offset < 0n || queue >= rings) continue
    return { handle: device.vdevice, queue: rings > 1 ? queue : undefined }
  }
  return { handle: undefined, queue: undefined }
}
