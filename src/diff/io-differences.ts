// How two requests that stand for one another differ in what they ask for.

import { slotOffset } from '../codec/ring/geometry.ts'
import { isUndescribed } from '../codec/ring/request.ts'
import { count } from '../codec/struct/count.ts'
import { differingRuns } from './byte-runs.ts'
import { type DiskRequest, hasFault, segmentField } from './disk-request.ts'
import { isIgnored, nameOfField } from './field-names.ts'
import { idName, piecesOfGroup, type Renamings, ringOf } from './io-group.ts'
import type { RequestGroup } from './match-requests.ts'
import type { Difference, DiffOptions, PlacedSlot, SideRing, SideValue, Unknown, Value } from './model.ts'
import { namedSlot, pathInRing } from './named-bytes.ts'
import { type Piece, type PieceSpot, pathOfSpot } from './placement.ts'
import { compareSlots } from './slot-fields.ts'

/** Fields that say what is asked for; the others are a matter of encoding, or names. */
const ASKING: ReadonlySet<string> = new Set([
  'operation',
  'indirect_op',
  'sector_number',
  'nr_segments',
  'first_sect',
  'last_sect',
  'nr_sectors',
  'flag',
])

export function ioDifferences(
  group: RequestGroup,
  a: readonly SideRing[],
  b: readonly SideRing[],
  renamings: Renamings,
  options: DiffOptions,
): Difference[] {
  const [x, y] = [group.a[0], group.b[0]]
  if (!x || !y) return []
  const [ringA, ringB] = [ringOf(a, x.slots[0]!), ringOf(b, y.slots[0]!)]
  const one = group.a.length === 1 && group.b.length === 1
  // What a request asks for that no struct describes, nobody knows: its slot is compared as at level fields.
  if (one && (undescribed(x) || undescribed(y))) {
    const differences = compareFirstSlots(x, y, ringA, ringB, renamings.passedOver, options)
    // Of one that goes on in other slots, these say more.
    if (differences.length > 0 || !(goesOn(x) || goesOn(y))) return differences
  }
  const asked =
    one && asksAlike(group, x, y, ringA, ringB, renamings, options)
      ? []
      : (encodedAlike(group, ringA, ringB, renamings, options) ?? askedDifferences(group, ringA, ringB))
  const named = [...grefConflicts(group, ringA, ringB, renamings), ...(one ? idConflict(x, y, ringA, ringB, renamings) : [])]
  return [...asked, ...named].filter(({ field, kind }) => !isIgnored(field, kind, options.ignore ?? new Set()))
}

function asksAlike(
  group: RequestGroup,
  x: DiskRequest,
  y: DiskRequest,
  ringA: SideRing,
  ringB: SideRing,
  renamings: Renamings,
  options: DiffOptions,
): boolean {
  if (x.op !== y.op || x.sector !== y.sector) return false
  const pieces = piecesOfGroup(group)
  // Without its indirect page, what a request adds up to is not known.
  if (!pieces) return kindOf(x.slots[0]!) === kindOf(y.slots[0]!)
  // What an impossible segment asks for, nobody can say but in its own words.
  if (isFaulty(x, ringA) && encodedAlike(group, ringA, ringB, renamings, options)) return false
  if (x.sectors !== y.sectors) return false
  for (const { a, b } of pieces) if (!a || !b || a.sect !== b.sect) return false
  return true
}

function isFaulty({ slots }: DiskRequest, { ring }: SideRing): boolean {
  return slots.some(({ slot }) => slot.state === 'request' && hasFault(slot.request, ring.sectorUnit))
}

/** A request in several slots has its segments as far as they are there: they are compared. */
function undescribed({ slots: [placed] }: DiskRequest): boolean {
  const { slot } = placed!
  if (slot.state !== 'request' || (slot.request.kind === 'rw' && slot.request.continuedIn)) return false
  return isUndescribed(slot.request)
}

function goesOn({ slots: [placed] }: DiskRequest): boolean {
  const { slot } = placed!
  return slot.state === 'request' && slot.request.kind === 'rw' && slot.request.continuedIn !== undefined
}

function compareFirstSlots(
  x: DiskRequest,
  y: DiskRequest,
  ringA: SideRing,
  ringB: SideRing,
  passedOver: Unknown[],
  options: DiffOptions,
): Difference[] {
  const { strict: _, ...plain } = options
  return compareSlots(ringA, x.slots[0]!, ringB, y.slots[0]!, plain, passedOver)
}

/** Of requests in one slot and of one kind, the fields of the wire say it; undefined where none does. */
function encodedAlike(
  { a, b }: RequestGroup,
  ringA: SideRing,
  ringB: SideRing,
  { passedOver }: Renamings,
  options: DiffOptions,
): Difference[] | undefined {
  const [x, y] = [a[0]!, b[0]!]
  if (a.length > 1 || b.length > 1 || x.slots.length > 1 || y.slots.length > 1) return undefined
  const [left, right] = [x.slots[0]!, y.slots[0]!]
  const differences = compareFirstSlots(x, y, ringA, ringB, passedOver, options).filter(({ field }) =>
    ASKING.has(nameOfField(field)),
  )
  const [kind, other] = [kindOf(left), kindOf(right)]
  if (kind === other) return differences.length > 0 ? differences : undefined
  // One byte makes another request of all others.
  const onlyThere = differingRuns(namedSlot(ringA, left), namedSlot(ringB, right)).every(({ field }) => field === 'req.operation')
  return onlyThere ? differences : undefined
}

function kindOf({ slot }: PlacedSlot): string {
  return slot.state === 'request' ? slot.request.kind : slot.state
}

/** What is on no wire in so many words: operation, sectors, and where their data lies. */
function askedDifferences(group: RequestGroup, ringA: SideRing, ringB: SideRing): Difference[] {
  const { a, b } = group
  const pieces = piecesOfGroup(group)
  const [x, y] = [a[0]!, b[0]!]
  const differ = (field: string, left: Value, right: Value): Difference[] => {
    if (left === right) return []
    return [{ field, kind: 'asked', a: reading(ringA, x.slots[0]!, field, left), b: reading(ringB, y.slots[0]!, field, right) }]
  }
  const oneBuffer = a.length === 1 && b.length === 1 && x.sector === y.sector
  const placement = pieces ? placementDifferences(pieces, oneBuffer, ringA, ringB, x, y) : []
  const inParts = pieces !== undefined && placement.length === 0 && a.length !== b.length
  return [
    ...differ('operation', x.op, y.op),
    ...differ('requests', partsOf(a), partsOf(b)).map((d) => (inParts ? { ...d, note: 'the same sectors, in other parts' } : d)),
    ...placement,
  ]
}

/** `6001..6003 and 6004..6011`. */
function partsOf(requests: readonly DiskRequest[]): string {
  return requests.map(({ sector, sectors }) => (sector === undefined ? 'none' : rangeText(sector, sectors))).join(' and ')
}

function rangeText(sector: bigint, sectors: bigint): string {
  return sectors <= 1n ? String(sector) : `${sector}..${sector + sectors - 1n}`
}

/** Sectors whose data lies elsewhere, or that one side does not name; those that follow one another in one way stand together. */
function placementDifferences(
  pieces: Iterable<Piece>,
  oneBuffer: boolean,
  ringA: SideRing,
  ringB: SideRing,
  x: DiskRequest,
  y: DiskRequest,
): Difference[] {
  const differences: Difference[] = []
  // How far each side's data has come.
  let [ordinalA, ordinalB] = [0, 0]
  let run: { readonly pieces: Piece[]; readonly shift: number } | undefined
  const close = () => {
    if (run) differences.push(runDifference(run.pieces, oneBuffer ? run.shift : 0, ringA, ringB, x, y))
    run = undefined
  }
  for (const piece of pieces) {
    const { a, b, sectors } = piece
    const shift = ordinalA - ordinalB
    if (a) ordinalA += sectors
    if (b) ordinalB += sectors
    if (a && b && a.sect === b.sect) close()
    else {
      const last = run?.pieces.at(-1)
      const goesOn =
        last && last.sector + BigInt(last.sectors) === piece.sector && !last.a === !a && !last.b === !b && run!.shift === shift
      if (!goesOn) close()
      if (run) run.pieces.push(piece)
      else run = { pieces: [piece], shift }
    }
  }
  close()
  return differences
}

function runDifference(
  pieces: readonly Piece[],
  shift: number,
  ringA: SideRing,
  ringB: SideRing,
  x: DiskRequest,
  y: DiskRequest,
): Difference {
  const [first, last] = [pieces[0]!, pieces.at(-1)!]
  const sectors = last.sector + BigInt(last.sectors) - first.sector
  const at = (
    ring: SideRing,
    request: DiskRequest,
    from: PieceSpot | undefined,
    to: PieceSpot | undefined,
  ): SideValue | undefined =>
    from && to && { ...reading(ring, request.slots[0]!, '', spotsText(from, to, last.sectors)), path: pathOfSpot(from) }
  const difference: Difference = {
    field: `sectors ${rangeText(first.sector, sectors)}`,
    kind: 'asked',
    a: at(ringA, x, first.a, last.a),
    b: at(ringB, y, first.b, last.b),
  }
  if (!first.a || !first.b || shift === 0) return difference
  return {
    ...difference,
    note: shiftText(shift),
  }
}

/** The words for what lies between the first spot and the end of the last. */
function spotsText(from: PieceSpot, to: PieceSpot, sectors: number): string {
  const end = to.sect + sectors - 1
  return from.gref === to.gref
    ? `gref ${from.gref} ${from.sect}..${end}`
    : `gref ${from.gref} ${from.sect} .. gref ${to.gref} ${end}`
}

function reading({ ring }: SideRing, { slot }: PlacedSlot, field: string, value: Value): SideValue {
  const path = field === '' ? pathInRing(slot.slot, '') : pathInRing(slot.slot, `req.${field}`)
  return { path, offset: slotOffset(ring.geometry, slot.slot), page: undefined, value }
}

function grefConflicts(group: RequestGroup, ringA: SideRing, ringB: SideRing, { gref }: Renamings): Difference[] {
  const { a, b } = group
  return [...(piecesOfGroup(group) ?? [])].flatMap(({ a: left, b: right }): Difference[] => {
    if (!left || !right || left.sect !== right.sect || gref.agrees(left.gref, right.gref)) return []
    const of = (ring: SideRing, request: DiskRequest, spot: PieceSpot): SideValue => {
      return { ...reading(ring, request.slots[0]!, '', spot.gref), path: `${pathOfSpot(spot)}.gref` }
    }
    const field = segmentField(left.placed, left.segment)
    const note = gref.conflict('gref', left.gref, right.gref)
    return [{ field: `${field}.gref`, kind: 'field', a: of(ringA, a[0]!, left), b: of(ringB, b[0]!, right), note }]
  })
}

function idConflict(x: DiskRequest, y: DiskRequest, ringA: SideRing, ringB: SideRing, { id }: Renamings): Difference[] {
  const [left, right] = [idName(x), idName(y)]
  if (left === undefined || right === undefined || id.agrees(left, right)) return []
  const of = (ring: SideRing, request: DiskRequest) => {
    const placed = request.slots[0]!
    return { ...reading(ring, placed, '', request.id!), path: pathInRing(placed.slot.slot, 'req.id') }
  }
  return [{ field: 'req.id', kind: 'field', a: of(ringA, x), b: of(ringB, y), note: id.conflict('id', left, right) }]
}

/** @param shift how many sectors of data A has come further than B at the same sector */
function shiftText(shift: number): string {
  const sectors = Math.abs(shift)
  return `in B the data lies ${count(sectors, 'sector')} too ${shift > 0 ? 'far on' : 'early'}`
}
