// All that inputs say, put together by device: rings with what was said of them beside, and devices of which no ring is at hand.

import { handlesInFlight } from '../../codec/ring/handles-in-flight.ts'
import { count } from '../../codec/struct/count.ts'
import type { DeviceStatement, Statement, Subject } from '../../evidence/statement.ts'
import { queuesOf, ringRefs } from '../../xenstore/queues.ts'
import { handleOfVdev } from '../../xenstore/vdev.ts'
import type { DeviceHistory } from '../devices.ts'
import type { History } from '../history.ts'
import type { PartOfMoment } from '../moment.ts'
import { deviceOfRings, Interrupts, knownMoments, loosePorts, queueOfRing, tiePorts } from './connections.ts'
import { type KnownDevice, Places, placeName, subjectOfNodes } from './places.ts'

/** A statement that belongs to no device that is known, and why. */
export interface Unplaced {
  readonly statement: Statement
  readonly why: string
}

export interface Desk {
  readonly places: readonly KnownDevice[]
  readonly unplaced: readonly Unplaced[]
  /** What was put together although nothing but its being alone bears it out, one line each. */
  readonly notes: readonly string[]
}

/** Puts rings and statements together, in time linear in their number. */
export function deskOf(
  devices: readonly DeviceHistory[],
  statements: readonly Statement[],
  parts: readonly PartOfMoment[] = [],
): Desk {
  const places = new Places()
  const notes: string[] = []
  const listings = statements.filter((one) => one.kind === 'device')
  // What has the device's number makes it known to what has a name for it.
  for (const named of [true, false])
    for (const one of listings) if ((one.of.vdev !== undefined) === named) placeListing(one, places)
  const unnamed: (readonly History[])[] = []
  for (const device of devices) placeRing(device, places, unnamed, notes)
  placeUnnamed(unnamed, places, notes)
  for (const part of parts) placePart(part, places, notes)
  tiePorts(places, statements, notes)
  const unplaced: Unplaced[] = []
  const others = statements.filter((one) => one.kind !== 'device' && one.kind !== 'tasks')
  const placed = new Set<Statement>()
  const interrupts = new Interrupts(places)
  // What names more makes a device known to what names less.
  for (const rank of [0, 1, 2, 3])
    for (const one of others) {
      if (rankOf(one.of) !== rank) continue
      const why = placeStatement(one, places, interrupts)
      if (why === undefined) placed.add(one)
      else if (one.kind !== 'port') unplaced.push({ statement: one, why })
    }
  notes.push(...loosePorts(statements, placed), ...bystanders(statements))
  return { places: places.all, unplaced, notes }
}

function rankOf({ domid, guest, vdev, disk, port }: Subject): number {
  if (domid !== undefined && (vdev ?? disk ?? port) !== undefined) return 0
  if (guest !== undefined && vdev !== undefined) return 1
  return vdev !== undefined || disk !== undefined ? 2 : 3
}

function placeListing(one: DeviceStatement, places: Places): void {
  const of = { ...subjectOfNodes(one.nodes), ...defined(one.of) }
  const found = places.find(of)
  const [only] = places.all
  const isOnly = places.all.length === 1 && (of.vdev ?? of.disk) === undefined
  const place = found && 'statements' in found ? found : isOnly ? only! : places.make(of)
  places.learn(place, of)
  places.learnNodes(place, one.nodes, one)
}

function defined(of: Subject): Subject {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined))
}

/** A ring is of the device that its own listing names, or the driver's structs. */
function placeRing({ queues }: DeviceHistory, places: Places, unnamed: (readonly History[])[], notes: string[]): void {
  const shown = queues.map(({ last, lastShown }) => lastShown ?? last)
  const nodes = shown.find(({ xenstore }) => xenstore)?.xenstore
  const of = subjectOfNodes(nodes)
  if (nodes) {
    const found = places.find(of)
    const place = found && 'statements' in found && hasRoom(found, queues) ? found : places.make(of)
    places.learnNodes(place, nodes, { source: shown[0]!.source, line: undefined })
    place.queues = [...place.queues, ...queues].sort((a, b) => (a.last.queue ?? -1) - (b.last.queue ?? -1))
    return
  }
  const moments = queues.map(({ last }) => last)
  const vdev = moments.map(({ vdev }) => vdev).find((number) => number !== undefined)
  const found = deviceOfRings(moments, places)
  if (vdev === undefined && !found) {
    unnamed.push(queues)
    return
  }
  const isFound = found !== undefined && hasRoom(found, queues)
  const place = isFound ? found : places.make({ vdev })
  if (isFound && vdev === undefined) notes.push(connectionNote(moments[0]!, place))
  place.queues = [...place.queues, ...queues].sort((a, b) => (a.last.queue ?? -1) - (b.last.queue ?? -1))
}

function connectionNote({ source, ringRefs, evtchn }: PartOfMoment, place: KnownDevice): string {
  return `${source} is the ring of ${placeName(place)}: XenStore has the same ring-ref ${ringRefs!.join(', ')} and event-channel ${evtchn} for it`
}

/** To the device that its name, its number or its connection says, else to the only one that there is, else alone. */
function placePart(part: PartOfMoment, places: Places, notes: string[]): void {
  const named = deviceOfRings([part], places)
  if (named) {
    if (part.vdev === undefined) notes.push(connectionNote(part, named))
    named.parts.push({ ...part, queue: queueOfRing(part, named) })
    return
  }
  const [, domid, vdev] = /^vbd\w*-(\d{1,5})-(\d{1,10})$/.exec(part.device ?? '') ?? []
  const found = domid === undefined ? undefined : places.find({ domid: Number(domid), vdev: Number(vdev) })
  const [only] = places.all
  const isOnly = places.all.length === 1 && only!.queues.length === 0
  const isFree = isOnly && (part.vdev === undefined || (only!.vdev ?? part.vdev) === part.vdev)
  const place = found && 'statements' in found ? found : isFree ? only! : places.make({ vdev: part.vdev })
  place.parts.push(part)
}

/** Of few devices each is tried on a ring that shows no number of its own. */
const MAX_TRIED = 8

/** Rings without a listing of their own, each to the only device that it can be of, where no other ring can be of that one. */
function placeUnnamed(unnamed: readonly (readonly History[])[], places: Places, notes: string[]): void {
  const free = places.all.filter((place) => place.queues.length === 0)
  const byHandle = new Map<number | undefined, KnownDevice[]>()
  for (const place of free) {
    const handle = place.vdev === undefined ? undefined : handleOfVdev(place.vdev)
    byHandle.set(handle, [...(byHandle.get(handle) ?? []), place])
  }
  const fitting = unnamed.map((queues) => {
    const handles = new Set(queues.flatMap(handlesOf))
    const [handle] = handles
    const named = handles.size === 1 ? [...(byHandle.get(handle) ?? []), ...(byHandle.get(undefined) ?? [])] : free
    return named.length > MAX_TRIED ? undefined : named.filter((place) => hasAsManyPages(place, queues))
  })
  const claims = new Map<KnownDevice, number>()
  for (const found of fitting) for (const place of found ?? []) claims.set(place, (claims.get(place) ?? 0) + 1)
  for (const [i, queues] of unnamed.entries()) {
    const found = fitting[i]
    const [only] = found ?? []
    const { source } = queues[0]!.last
    if (found?.length === 1 && only && claims.get(only) === 1) {
      only.queues = queues
      notes.push(`${source} is taken for the ring of the only device of the listings that it can be of`)
      continue
    }
    places.make({}).queues = queues
    if (free.length > 0 && found?.length !== 0)
      notes.push(
        `${source} can be the ring of several devices of the listings, or another ring can be of the same: it is judged without them`,
      )
  }
}

/** The handles that the requests of a ring in flight carry. */
function handlesOf({ last, lastShown }: History): number[] {
  const { shown } = lastShown ?? last
  return shown ? [...handlesInFlight(shown.bytes, shown.ring.geometry.abi, shown.ring.missing.spans)] : []
}

/** The rings are other queues of the device than those it has: of an image they come one by one. */
function hasRoom(place: KnownDevice, queues: readonly History[]): boolean {
  const taken = new Set(place.queues.map(({ last }) => last.queue))
  return queues.every(({ last }) => place.queues.length === 0 || (last.queue !== undefined && !taken.has(last.queue)))
}

/** No listing speaks against it: of another number of pages it is of another device. */
function hasAsManyPages({ nodes }: KnownDevice, queues: readonly History[]): boolean {
  const refs = nodes ? ringRefs(nodes) : []
  return queues.every(({ last, lastShown }) => {
    const { shown } = lastShown ?? last
    const own = refs[last.queue ?? 0]
    return !shown || !own || own.length === 0 || own.length === shown.ring.geometry.pages
  })
}

/** Tasks that wait for I/O, or for who does. */
function bystanders(statements: readonly Statement[]): string[] {
  const tasks = statements.filter((one) => one.kind === 'tasks')
  if (tasks.length === 0) return []
  const byName = new Map<string, number>()
  for (const one of tasks) for (const [name, stacks] of one.tasks) byName.set(name, (byName.get(name) ?? 0) + stacks)
  const all = [...byName.values()].reduce((sum, stacks) => sum + stacks, 0)
  const names = [...byName].map(([name, stacks]) => `${name === '' ? 'without a name' : name.slice(0, MAX_TASK)} ${stacks}`)
  const more = names.length - MAX_TASKS
  const where = tasks.length === 1 ? tasks[0]!.source : `${tasks.length} texts`
  return [
    `${where}: ${count(all, 'stack')} of tasks that are no thread of blkback (${names.slice(0, MAX_TASKS).join(', ')}${more > 0 ? `, and ${more} more` : ''}): bystanders, who wait for I/O or for each other, and do not say whom it waits for`,
  ]
}

/** Tasks that are named, of many, and characters of one's name. */
const MAX_TASKS = 6
const MAX_TASK = 32

/** The queue that has the port, of a device whose queues have their own. */
function queueOfPort(place: KnownDevice, port: number | undefined): number | undefined {
  const shown = knownMoments(place).find(({ evtchn }) => evtchn !== undefined && evtchn === port)
  if (shown?.queue !== undefined) return shown.queue
  const { nodes } = place
  const own = nodes ? queuesOf(nodes) : []
  return own.find(({ prefix }) => nodes!.frontend.get(`${prefix}event-channel`) === String(port))?.queue
}

/** @returns why it belongs to none, in one phrase */
function placeStatement(one: Statement, places: Places, interrupts: Interrupts): string | undefined {
  const { of } = one
  if (one.kind === 'storage') {
    const below = one.number === undefined ? [] : [...places.above(one.number)]
    for (const place of below) place.statements.push(one)
    return below.length > 0 ? undefined : `${one.device} is below no device that a listing names`
  }
  const found = places.find(of)
  const owner = one.kind === 'counter' && of.irq !== undefined && !found ? interrupts.ownerOf(one) : undefined
  if (owner === 'another') return 'the rings that are shown have other interrupts'
  if (owner) {
    owner.place.statements.push({ ...one, of: { ...of, queue: owner.queue } } as Statement)
    return undefined
  }
  if (found && 'statements' in found) {
    places.learn(found, of)
    found.statements.push(one.kind === 'port' ? { ...one, of: { ...of, queue: queueOfPort(found, of.port) } } : one)
    return undefined
  }
  if (found) return `it fits ${found.rivals} devices`
  // Of the ports of a host most are of other devices.
  if (one.kind === 'port') return 'no device that is known has it'
  const names = (of.vdev ?? of.disk) !== undefined
  const [only] = places.all
  if (only && places.all.length === 1 && (!names || (only.vdev === undefined && only.disks.size === 0))) {
    if (names) places.learn(only, of)
    only.statements.push(one)
    return undefined
  }
  // Alone, what was counted or seen of some disk is said of that.
  const isOfSome = places.all.length === 0 && (one.kind === 'busy' || one.kind === 'thread')
  if (names || isOfSome) {
    places.make(of).statements.push(one)
    return undefined
  }
  return places.all.length === 0 ? 'it names no device' : `it names no device, and there are ${places.all.length}`
}
