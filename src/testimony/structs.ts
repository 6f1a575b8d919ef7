// Prints of structs to what they say of rings. The members say what a struct is, whatever stands before it.
import { type CValue, elementsOf, integerOf, memberAt, type Print } from '../structtext/index.ts'
import { isIndexName, MAX_SHADOW, type Records, type RingRecord } from './records.ts'
import { isShadowEntry, shadowEntryOf } from './shadow.ts'
import { firstSlotOf, isRequestAlone, isSlot, slotBytes } from './slots.ts'
import { type AskedFor, keyOf, PLACES } from './subject.ts'

/** What `struct blkfront_info` says of a device. */
export interface DeviceInfo {
  vdevice: number | undefined
  nr_rings: number | undefined
  /** Queue N lies at rinfo + N * rinfo_size. */
  rinfo: bigint | undefined
  rinfo_size: bigint | undefined
}

export interface Scene {
  readonly records: Records
  readonly subject: AskedFor
  readonly print: Print
  /** By their addresses; '' where the text does not say where one lies. */
  readonly devices: Map<string, DeviceInfo>
  /** By the line of an answer and the type, the place of its first entry of a shadow. */
  readonly shadows: Map<string, number>
}

/** Members of which one alone says that a struct is of a ring: a queue, its front ring, the shared ring, the backend's. */
const OF_RING = ['req_prod_pvt', 'rsp_cons', 'req_cons', 'rsp_prod_pvt', 'req_prod', 'req_event', 'rsp_prod', 'rsp_event'] as const
const OF_QUEUE = ['ring', 'ring_ref', 'evtchn', 'shadow_free', 'blk_rings', 'inflight'] as const
const PARTS = ['ring', 'Ring', 'Front', 'Shared', 'blk_rings', 'xbd_ring']
const ARMS = ['common', 'native', 'x86_64', 'x86_32']
const OF_DEVICE = ['vdevice', 'rinfo', 'nr_rings', 'rinfo_size'] as const
/** No ring has more pages. */
const MAX_REFS = 16
/** Elements of an array of queues that are looked at. */
const MAX_QUEUES = 1024

/** Takes what a value says. @returns whether it says anything */
export function takeValue(scene: Scene, value: CValue = scene.print.value): boolean {
  const { print } = scene
  if (value.kind !== 'braces') return takeLoopLine(scene, value)
  // What an array's first element has, is not the array's.
  if (value.items.length > 0 && value.items.every(({ name }) => name === undefined)) return takeElements(scene, value)
  const type = typeOf(value.type) ?? scene.subject.type
  if (type === 'request' || /^\s*(?:struct )?request\b/.test(value.type ?? '')) return takeLoopLine(scene, value)
  if (isSlot(value) || isRequestAlone(value)) return takeSlot(scene, value, print.place)
  if (isShadowEntry(value)) return takeShadow(scene, value, placeOf(print))
  if (isPending(value)) return takePending(scene, value)
  const names = new Set(value.items.map(({ name }) => name?.split('.')[0]))
  const has = (some: readonly string[]) => some.some((name) => names.has(name))
  const isQueue = type === 'blkfront_ring_info' || type === 'xen_blkif_ring' || has(OF_QUEUE)
  if (has(OF_DEVICE)) takeDevice(scene, value)
  if (isQueue || has(OF_RING)) return takeQueue(scene, value)
  if (has(PARTS) || has(ARMS)) return takeQueue(scene, value)
  if (has(OF_DEVICE)) return true
  return false
}

/** A type without `struct` and `*`. */
function typeOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : /^(?:const )?(?:struct |union )?(\w+)/.exec(text.trim())?.[1]
}

/** An array: of shadows, by their ids, or of queues. */
function takeElements(scene: Scene, value: CValue): boolean {
  const first = firstIndex(scene.print)
  let took = false
  for (const [i, element] of elementsOf(value, MAX_QUEUES).entries()) {
    if (element.kind !== 'braces') return took
    const isTaken = isSlot(element)
      ? takeSlot(scene, element, i)
      : isShadowEntry(element)
        ? takeShadow(scene, element, first + i)
        : takeValue(scene, element)
    took ||= isTaken
  }
  return took
}

/** `shadow[4]@8` begins with the fifth. */
function firstIndex({ answer: { command } }: Print): number {
  const found = /\[(\d{1,6})\]@/.exec(command)
  return found ? Number(found[1]) : 0
}

/** The index of a shadow's entry by what stands before it, or in the command; by its place where a command prints several. */
function placeOf({ label, place, answer: { command } }: Print): number | undefined {
  const digits = /^shadow\[(\d+)\]$|^(\d+)$/.exec(label ?? '') ?? /shadow\[(\d{1,6})\](?!@)/.exec(command)
  if (digits) return Number(digits[1] ?? digits[2])
  return /\bblk_shadow\b\S*\s+(?:-\w+\s+)*\S+\s+\d+\s*$/.test(command) ? place : undefined
}

function addressesOf({ subject, print }: Scene, value: CValue): string[] {
  const found = new Set<string>()
  if (value.kind !== 'braces') return []
  const type = typeOf(value.type)
  const place = type === undefined ? undefined : PLACES[type]
  if (place && value.address) found.add(keyOf(place, value.address))
  if (subject.address !== undefined && value === print.value) found.add(subject.address)
  return [...found]
}

/** A queue or a part of one. */
function takeQueue(scene: Scene, value: CValue): boolean {
  const parts = partsOf(value)
  const pointer = (name: string) => parts.map((part) => integerOf(memberAt(part, name))).find((n) => n !== undefined && n !== 0n)
  const sring = pointer('sring') ?? pointer('blk_ring')
  const shadow = integerOf(memberAt(value, 'shadow'))
  const info = integerOf(memberAt(value, 'dev_info'))
  const keys = [
    ...addressesOf(scene, value),
    ...(sring === undefined ? [] : [keyOf('sring', sring)]),
    ...(shadow ? [keyOf('shadow', shadow)] : []),
  ]
  const record = recordOf(scene, keys)
  if (info) record.places.set('info', BigInt.asUintN(64, info))
  let took = false
  for (const part of parts) took = takeIndices(record, part) || took
  const { facts } = record
  const evtchn = integerOf(memberAt(value, 'evtchn'))
  if (evtchn !== undefined) facts.evtchn = Number(evtchn)
  const irq = integerOf(memberAt(value, 'irq'))
  const ofFrontend =
    evtchn !== undefined || memberAt(value, 'ring_ref') !== undefined || memberAt(value, 'shadow_free') !== undefined
  if (irq !== undefined && irq > 0n) facts[ofFrontend ? 'irq' : 'backendIrq'] = Number(irq)
  const refs = refsOf(memberAt(value, 'ring_ref'))
  if (refs.length > 0) facts.ringRefs = refs
  const inflight = integerOf(memberAt(value, 'inflight', 'counter')) ?? integerOf(memberAt(value, 'inflight'))
  if (inflight !== undefined) facts.inflight = Number(inflight)
  // Older kernels keep the shadow in the queue.
  const entries = elementsOf(memberAt(value, 'shadow'), MAX_SHADOW)
  for (const [i, entry] of entries.entries()) if (isShadowEntry(entry)) putShadow(record, entry, i)
  took ||= evtchn !== undefined || refs.length > 0 || inflight !== undefined
  if (took) record.saw(scene.print.first, scene.print.last)
  return took
}

/** The structs within one that have indices: `ring`, one arm of `blk_rings`, `Front` and `Shared` of Windows. */
function partsOf(value: CValue): CValue[] {
  const own = PARTS.map((name) => memberAt(value, name)).filter((part) => part?.kind === 'braces')
  // The arms of the backend's union have equal values: one is enough.
  const arms = [value, ...own].flatMap((part) => ARMS.map((arm) => memberAt(part, arm)).find((arm) => arm?.kind === 'braces') ?? [])
  return [value, ...own, ...arms] as CValue[]
}

function takeIndices(record: RingRecord, part: CValue): boolean {
  let took = false
  if (part.kind !== 'braces') return took
  for (const { name, value } of part.items) {
    const index = name?.split('.').at(-1)
    const number = integerOf(value)
    if (index === undefined || number === undefined) continue
    if (isIndexName(index)) record.index(index, number)
    else if (index === 'nr_ents') record.facts.nr_ents = Number(BigInt.asUintN(32, number))
    else continue
    took = true
  }
  return took
}

/** Zeros behind the first are of pages that the ring has not. */
function refsOf(value: CValue | undefined): number[] {
  const refs = elementsOf(value, MAX_REFS).map((ref) => Number(integerOf(ref) ?? 0n))
  while (refs.at(-1) === 0) refs.pop()
  return refs
}

/** A slot of the ring. @param nth how many of the print come before it */
function takeSlot(scene: Scene, value: CValue, nth: number): boolean {
  const first = firstSlotOf(scene.print, scene.subject)
  if (!first) return false
  const record = recordOf(scene, first.sring === undefined ? [] : [keyOf('sring', first.sring)])
  record.facts.slots.set(first.slot + nth, slotBytes(value))
  record.saw(scene.print.first, scene.print.last)
  return true
}

function takeShadow(scene: Scene, value: CValue, place: number | undefined): boolean {
  const { subject } = scene
  // Where a whole array is printed from is where the shadow lies.
  const keys = subject.address !== undefined && !subject.address.startsWith('info:') ? [subject.address] : []
  const entry = shadowEntryOf(value, place ?? orderOf(scene))
  if (!entry) return false
  const record = recordOf(scene, keys)
  record.facts.shadow.set(entry.id, entry)
  record.saw(scene.print.first, scene.print.last)
  return true
}

/** Without a command, several stand in the order of their ids. */
function orderOf({ print, shadows }: Scene): number | undefined {
  const { answer, place, value } = print
  if (answer.command !== '') return undefined
  // Structs, and members alone, are of two commands.
  const key = `${answer.line} ${value.kind === 'braces' ? value.type : ''}`
  const first = shadows.get(key) ?? place
  shadows.set(key, first)
  return place - first
}

function putShadow(record: RingRecord, value: CValue, place: number): void {
  const entry = shadowEntryOf(value, place)
  if (entry) record.facts.shadow.set(entry.id, entry)
}

/** A line of a loop over the shadow: its index, and the request that hangs on the entry, or none. */
function takeLoopLine(scene: Scene, value: CValue): boolean {
  const { print, subject } = scene
  const { label } = print
  const isRequest = /^\s*(?:struct )?request\b/.test((value.kind === 'word' ? undefined : value.type) ?? '')
  if (!isRequest || label === undefined || !/^\d{1,4}$/.test(label) || !/\bshadow\[/.test(print.answer.command)) return false
  const id = Number(label)
  const record = recordOf(scene, subject.address === undefined ? [] : [subject.address])
  const inUse = value.kind === 'braces' || integerOf(value) !== 0n
  const known = record.facts.shadow.get(id)
  if (id < MAX_SHADOW) record.facts.shadow.set(id, { isAnswered: false, request: undefined, ...known, id, inUse })
  record.saw(print.first, print.last)
  return true
}

function isPending(value: CValue): boolean {
  return memberAt(value, 'nr_segs') !== undefined && memberAt(value, 'pendcnt') !== undefined && memberAt(value, 'id') !== undefined
}

/** One that belongs to no ring is free. */
function takePending(scene: Scene, value: CValue): boolean {
  const ring = memberAt(value, 'ring')
  const id = integerOf(memberAt(value, 'id'))
  const at = ring?.kind === 'braces' ? ring.address : integerOf(ring)
  if (id === undefined || !at) return false
  const record = recordOf(scene, [keyOf('back', at)])
  const operation = integerOf(memberAt(value, 'operation'))
  record.facts.pending.set(id, operation === undefined ? undefined : Number(operation))
  record.saw(scene.print.first, scene.print.last)
  return true
}

function takeDevice({ devices, subject, print }: Scene, value: CValue): void {
  if (value.kind !== 'braces') return
  const at =
    value.address ?? print.at ?? (subject.address?.startsWith('info:') ? BigInt(`0x${subject.address.slice(5)}`) : undefined)
  const number = (name: string) => integerOf(memberAt(value, name))
  const key = at?.toString(16) ?? ''
  const known = devices.get(key)
  const small = (name: string, before: number | undefined) => {
    const n = number(name)
    return n === undefined ? before : Number(n)
  }
  devices.set(key, {
    vdevice: small('vdevice', known?.vdevice),
    nr_rings: small('nr_rings', known?.nr_rings),
    rinfo: number('rinfo') ?? known?.rinfo,
    rinfo_size: number('rinfo_size') ?? known?.rinfo_size,
  })
}

/** Whose the print is: by addresses, by the variable, else of the ring that was spoken of last. */
function recordOf({ records, subject }: Scene, keys: readonly string[]): RingRecord {
  if (keys.length === 0 && subject.variable === undefined && records.current) return records.current
  const record = records.of(keys, subject.variable)
  record.name ??= subject.variable
  return record
}
