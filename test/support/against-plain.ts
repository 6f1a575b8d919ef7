// What the tool prints of rings, held against the plain decoder.
import {
  type PlainLayout,
  type PlainOptions,
  type PlainRequest,
  type PlainRing,
  type PlainSlot,
  plainRing,
} from './plain-decoder.ts'

/** A ring or a slot as JSON has it. */
export type Printed = Readonly<Record<string, unknown>>

const HEAD = ['nr_ents', 'req_prod', 'req_event', 'rsp_prod', 'rsp_event', 'outstanding'] as const
/** What is judged, not read. */
const JUDGED = new Set(['answered', 'answeredBy', 'beneathOutstanding', 'snapshot', 'queue', 'sector_unit'])

/** Protocol strings, by layout. */
export function layoutOfProtocol(protocol: unknown): PlainLayout {
  return protocol === 'x86_32-abi' ? 'x86_32' : 'x86_64'
}

/** @returns what `decode --json` printed that is not so, the first of it; undefined where all is */
export function ringMismatch(printed: Printed, bytes: Uint8Array, layout: PlainLayout, options?: PlainOptions): string | undefined {
  const plain = plainRing(bytes, layout, options)
  for (const name of HEAD) if (printed[name] !== plain[name]) return `${name}: printed ${printed[name]}, is ${plain[name]}`
  return slotsMismatch(printed['slots'] as readonly Printed[], plain.slots)
}

/** Of slots in order, the first difference. */
export function slotsMismatch(printed: readonly Printed[], plain: readonly PlainSlot[]): string | undefined {
  for (const [i, slot] of plain.entries()) {
    const other = printed[i]
    if (!other) return `slot ${slot.slot}: not printed`
    const found = difference(other, slot, `slot ${slot.slot}`)
    if (found !== undefined) return found
  }
  return printed.length > plain.length ? `${printed.length - plain.length} slots too many` : undefined
}

/** Slots that NDJSON and CSV have lines for. */
export function used(plain: PlainRing): readonly PlainSlot[] {
  return plain.slots.filter(({ state }) => state !== 'unused')
}

function difference(printed: unknown, plain: unknown, path: string): string | undefined {
  if (typeof printed !== 'object' || typeof plain !== 'object' || printed === null || plain === null)
    return printed === plain ? undefined : `${path}: printed ${JSON.stringify(printed)}, is ${JSON.stringify(plain)}`
  const keys = new Set([...Object.keys(plain), ...Object.keys(printed)])
  for (const key of keys) {
    if (JUDGED.has(key)) continue
    const found = difference((printed as Printed)[key], (plain as Printed)[key], `${path}.${key}`)
    if (found !== undefined) return found
  }
  return undefined
}

const segmentsText = (r: PlainRequest) => r.segments?.map((s) => `${s.gref}:${s.first_sect}-${s.last_sect}`).join(';')

/** The fields of a line of `decode --csv`, in its order, but for those that are judged, which are undefined. */
export function csvFields(slot: PlainSlot, ring: number, queue: number | undefined): (string | undefined)[] {
  const { request: q, response: p, beneath } = slot
  const fields = [
    ...[
      ring,
      queue,
      slot.slot,
      slot.index,
      slot.state,
      (q ?? p)?.op,
      (q ?? p)?.operation,
      (q ?? p)?.id,
      q?.sector_number,
      q?.handle,
    ],
    ...[q?.nr_segments, q?.nr_sectors, q && segmentsText(q), q?.indirect_op, q?.indirect_grefs?.join(';'), q?.flag, q?.raw],
  ].map((value) => String(value ?? ''))
  return [...fields, undefined, undefined, String(p?.status ?? ''), beneath?.sector_number ?? '', undefined]
}

/** @returns the first field of the line that is not so */
export function csvMismatch(line: string, slot: PlainSlot, ring: number, queue: number | undefined): string | undefined {
  const printed = line.split(',')
  const fields = csvFields(slot, ring, queue)
  if (printed.length !== fields.length) return `slot ${slot.slot}: ${printed.length} fields`
  const at = fields.findIndex((field, i) => field !== undefined && field !== printed[i])
  return at < 0 ? undefined : `slot ${slot.slot}: field ${at} of CSV: printed ${printed[at]}, is ${fields[at]}`
}
