// The lines of `decode --csv`: one a slot that is not unused. What lies beneath a response is in --json and --ndjson only, but for the sector.
import type { Request } from '../codec/ring/request.ts'
import type { ContinuationSlot, Slot, UnusedSlot } from '../codec/ring/ring.ts'
import type { SectorUnit } from '../codec/ring/sector-unit.ts'

const COLUMNS = [
  'ring',
  'queue',
  'slot',
  'index',
  'state',
  'op',
  'operation',
  'id',
  'sector_number',
  'handle',
  'nr_segments',
  'nr_sectors',
  'segments',
  'indirect_op',
  'indirect_grefs',
  'flag',
  'raw',
  'answered',
  'answeredBy',
  'status',
  'beneath.sector_number',
  'beneathOutstanding',
] as const

type Row = Readonly<Partial<Record<(typeof COLUMNS)[number], string | number | bigint | undefined | null>>>

/** The line of names. @param hasUnit a unit of sectors was asked for: each line ends with its bytes */
export function csvHead(hasUnit: boolean): string {
  return `${COLUMNS.join(',')}${hasUnit ? ',sector_unit' : ''}\n`
}

/** No field needs quotes: words, numbers, and lists of both. */
function line(row: Row, unit: SectorUnit | undefined): string {
  return `${COLUMNS.map((column) => row[column] ?? '').join(',')}${unit === undefined ? '' : `,${unit}`}\n`
}

/** @param ring number of the snapshot, undefined where there is one only: 0 @param unit that was asked for, which ends the line */
export function csvLine(
  slot: Exclude<Slot, UnusedSlot | ContinuationSlot>,
  ring: number | undefined,
  queue: number | undefined,
  unit?: SectorUnit,
): string {
  const base = { ring: ring ?? 0, queue, slot: slot.slot, index: slot.index, state: slot.state }
  if (slot.state === 'request') {
    const { answered, answeredBy } = slot
    return line({ ...base, ...requestFields(slot.request), answered, answeredBy }, unit)
  }
  if (slot.state !== 'response') return line(base, unit)
  const { id, op, operation, status } = slot.response
  const { beneath, beneathOutstanding } = slot
  return line({ ...base, op, operation, id, status, 'beneath.sector_number': beneath.sector_number, beneathOutstanding }, unit)
}

function requestFields(r: Request): Row {
  const { op, operation, id, sector_number, handle } = r
  const base = { op, operation, id, sector_number, handle }
  switch (r.kind) {
    case 'rw':
    case 'indirect': {
      const segments = r.segments?.map((s) => `${s.gref}:${s.first_sect}-${s.last_sect}`).join(';')
      const own = r.kind === 'indirect' ? { indirect_op: r.indirect_op, indirect_grefs: r.indirect_grefs.join(';') } : {}
      return { ...base, nr_segments: r.nr_segments, nr_sectors: r.nr_sectors, segments, ...own }
    }
    case 'discard':
      return { ...base, flag: r.flag, nr_sectors: r.nr_sectors }
    case 'other':
      return { ...base, raw: Array.from(r.raw, (b) => b.toString(16).padStart(2, '0')).join('') }
  }
}
