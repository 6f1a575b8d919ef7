// `generate --explain`: of each request how it was cut into 4 KiB chunks, and where each of them went.
import type { BlockRequest, ConnectOutcome, QueueLimits, RequestPart, RequestPlan, ScenarioConfig } from '../../blkfront/index.ts'
import { BLKIF_MAX_SEGMENTS_PER_REQUEST, SECTOR_SIZE, SECTORS_PER_SLOT, SECTORS_PER_XEN_PAGE } from '../../codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import type { Sheet, Style } from '../../print/style.ts'
import { type Cell, type Column, tableOf } from '../../print/table.ts'
import { count, hexNumber } from '../../print/text.ts'
import type { ExplainedGrant, ExplainedRequest } from '../../scenario/player/index.ts'

/** One line: what is emulated. */
export function explainHeader(config: ScenarioConfig, nr_ents: number, outcome: ConnectOutcome, style: Style): string {
  const perPage = config.pageSize / XEN_PAGE_SIZE
  const facts = [
    `pages of ${sizeText(config.pageSize)}${perPage > 1 ? ` (${perPage} chunks of 4 KiB)` : ''}`,
    `ring of ${count(config.ringPages, 'page')} (${nr_ents} slots)`,
    config.persistent ? 'persistent grants' : config.bounce ? 'copies data (untrusted backend)' : 'no persistent grants',
    config.maxIndirectSegments > 0 ? `indirect up to ${config.maxIndirectSegments} segments` : 'no indirect requests',
    config.queues === undefined ? ringText(outcome.ringGrefs) : queuesText(outcome),
  ]
  return `${style.bold(`${config.driver} driver, ${config.abi}`)}: ${facts.join(', ')}\n${limitsText(outcome)}`
}

/** What the block layer cuts by; nothing where the driver died before it told. */
function limitsText({ limits, phase }: ConnectOutcome): string {
  return phase === 'done' ? `block layer: ${limitNames(limits).join(', ')}\n` : ''
}

/** The limits by the names that Linux has for them. */
export function limitNames({ maxHwSectors, maxSegments, maxSegmentSize, queueDepth }: QueueLimits): string[] {
  return [
    `max_hw_sectors ${maxHwSectors}`,
    `max_segments ${maxSegments}`,
    `max_segment_size ${sizeText(maxSegmentSize)}`,
    `queue depth ${queueDepth}`,
  ]
}

function queuesText({ rings }: ConnectOutcome): string {
  return `${rings.length} queues, rings at ${rings.map(({ ringGrefs }) => `gref ${ringGrefs.length > 1 ? span(ringGrefs) : ringGrefs[0]}`).join(', ')}`
}

function ringText(grefs: readonly number[]): string {
  if (grefs.length === 0) return 'no reference for the ring'
  return `ring at ${grefs.length > 1 ? `grefs ${span(grefs)}` : `gref ${grefs[0]}`}`
}

/** A headline, the reasons, and for what carries data a table of chunks. */
export function explainText(explained: ExplainedRequest, { style, width }: Sheet): string {
  const lines = [headline(explained, style)]
  const { plan, result } = explained
  if (explained.fatal !== undefined) lines.push(`  ${style.bad(`the driver dies: ${explained.fatal}`)}`)
  else if (result !== 'queued') lines.push(`  ${style.bad(refusal(explained))}`)
  if (explained.request.part) lines.push(`  ${partText(explained.request.part)}`)
  if (plan && result === 'queued') {
    lines.push(
      `  ${shapeText(plan)}`,
      `  ${grantsText(explained)}`,
      ...splitWarning(explained, style),
      ...chunkLines(explained, style, width),
    )
  }
  return `${lines.join('\n')}\n`
}

/** Which part of an I/O it is, and what cut it off. */
function partText({ number, of, bytes, endedBy }: RequestPart): string {
  const end = endedBy === undefined ? 'the rest' : `cut at ${endedBy}`
  return `part ${number} of ${of} of an I/O of ${sizeText(bytes)}, by the block layer: ${end}`
}

/** Why a request did not get into the ring. */
function refusal({ result, disabled }: ExplainedRequest): string {
  const why = {
    queued: '',
    busy: disabled ? 'the driver has disabled the device' : 'the driver is busy (no grant references, or a full ring)',
    ringFull: 'it is full',
    invalid: 'the backend supports no such operation',
    fatal: 'the driver dies',
  }
  return `not put in the ring: ${why[result]}`
}

const OPS: Readonly<Record<BlockRequest['op'], string>> = {
  read: 'read',
  write: 'write',
  flush: 'flush',
  discard: 'discard',
  secdiscard: 'secure discard',
}

function headline({ request, queue, slots, ids, plan }: ExplainedRequest, style: Style): string {
  const { op, fua, sector } = request
  const paint = style.ops[op === 'secdiscard' ? 'discard' : op]
  const what = paint(`${OPS[op]}${fua ? ' FUA' : ''}`)
  const how = op === 'flush' && !plan ? '' : ` ${sizeText(bytesOf(request))} at sector ${sector}`
  const to =
    slots.length === 0
      ? ''
      : ` -> ${queue === undefined ? '' : `queue ${queue}, `}${shapeName(plan)}${place('slot', slots)}, ${place('id', ids)}`
  return `${style.bold(`request ${request.serial}`)}  ${what}${how}${to}`
}

/** Unchecked, a length may be no whole number of sectors. */
function bytesOf({ op, nrSectors, segments }: BlockRequest): number {
  if (op === 'discard' || op === 'secdiscard') return nrSectors * SECTOR_SIZE
  return segments.reduce((sum, [, , length]) => sum + length, 0)
}

function place(noun: string, numbers: readonly number[]): string {
  return `${numbers.length > 1 ? `${noun}s` : noun} ${numbers.join(' and ')}`
}

function shapeName(plan: RequestPlan | undefined): string {
  if (!plan || plan.shape === 'refused') return ''
  return plan.shape === 'two-slots' ? 'split over ' : `${plan.shape} in `
}

function shapeText({ shape, reason, segments }: RequestPlan): string {
  return `${shape}: ${count(segments.length, 'Linux segment')}; ${reason}`
}

function grantsText({ plan, reserved, grants, indirectGrefs, bounce, pageSize }: ExplainedRequest): string {
  const { wanted, idle, taken, fresh } = reserved
  const used = grants.length + indirectGrefs.length
  const indirect = indirectGrefs.length > 0 ? ` and ${count(indirectGrefs.length, 'indirect page')}` : ''
  const covered = taken < wanted ? `, ${count(idle, 'persistent grant')} idle, ${taken} reserved` : ', all reserved'
  const kept = used - fresh
  const parts = [kept > 0 ? `${kept} kept from before` : '', fresh > 0 ? `${fresh} new` : ''].filter(Boolean).join(', ')
  const origin = parts === '' ? '' : ` (${parts})`
  const back = taken - fresh
  const returned = back > 0 ? `; ${back} reserved for nothing` : ''
  const copied = bounce ? `; data is copied, each chunk to a ${sizeText(pageSize)} page of the driver's own` : ''
  return `grants: ${wanted} counted on${covered}; ${used} used for ${count(plan!.nr_segments, 'chunk')}${indirect}${origin}${returned}${copied}`
}

/** Linux takes a full first half for granted. */
function splitWarning({ plan, request, grants, slots }: ExplainedRequest, style: Style): string[] {
  if (plan?.shape !== 'two-slots') return []
  const first = grants.filter((g) => g.slot === slots[0])
  const covers = first.reduce((sum, g) => sum + g.last_sect - g.first_sect + 1, 0)
  if (covers === SECTORS_PER_SLOT) return []
  const second = request.sector + BigInt(SECTORS_PER_SLOT)
  return [
    `  ${style.bad(`the first slot covers ${count(covers, 'sector')}, but the second starts at sector ${second} (first + ${SECTORS_PER_SLOT}): ${count(SECTORS_PER_SLOT - covers, 'sector')} skipped, a bug of Linux`)}`,
  ]
}

const COLUMNS: readonly Column[] = [
  { title: 'Linux page', align: 'left' },
  { title: 'offset', align: 'right' },
  { title: 'length', align: 'right' },
  { title: 'chunk', align: 'right' },
  { title: 'seg', align: 'right' },
  { title: 'gref', align: 'left' },
  { title: 'gfn', align: 'left' },
  { title: 'first..last', align: 'left' },
  { title: 'disk sectors', align: 'left' },
]

/** A chunk of a Linux page with its grant. */
interface Row {
  readonly segment: number
  readonly chunk: number
  readonly grant: ExplainedGrant
  /** First sector on the disk, and how many: none where the chunk is shorter than one. */
  readonly sector: bigint
  readonly sectors: number
}

function chunkLines(explained: ExplainedRequest, style: Style, width: number): string[] {
  const { plan, indirectGrefs, pageSize } = explained
  const rows = rowsOf(explained)
  const cells: Cell[][] = indirectGrefs.map(({ gref, gfn }) =>
    dimmed(['indirect page', '', '', '', '', String(gref), hexNumber(gfn)], style),
  )
  let at = 0
  for (const { chunks, skipped, segment } of plan!.segments) {
    const [page, offset, length] = segment
    // The segment's own numbers stand once, on its first row.
    let head = [hexNumber(page), String(offset), String(length)]
    for (const run of runsOf(rows.slice(at, at + chunks.length), pageSize)) {
      cells.push(runCells(head, run, explained))
      head = ['', '', '']
    }
    at += chunks.length
    if (skipped.length > 0 && (pageSize > XEN_PAGE_SIZE || chunks.length === 0))
      cells.push(dimmed([...head, spans(skipped), '', '', '', '', 'none: empty, no grant'], style))
  }
  if (cells.length === 0) return []
  const { titles, rows: table } = tableOf(COLUMNS, cells, style.dim, width - 2)
  return ['', ...[...titles, ...table.flat()].map((line) => `  ${line}`)]
}

function dimmed(texts: readonly string[], style: Style): Cell[] {
  return texts.map((text) => ({ text, paint: style.dim }))
}

function rowsOf({ plan, grants, request, slots }: ExplainedRequest): Row[] {
  const rows: Row[] = []
  let sector = request.sector
  for (const { chunks } of plan!.segments)
    for (const { chunk, first_sect, last_sect } of chunks) {
      const grant = grants[rows.length]
      if (!grant) return rows
      const n = rows.length
      if (n > 0 && grant.slot !== grants[n - 1]!.slot && slots.length > 1) sector = request.sector + BigInt(SECTORS_PER_SLOT)
      const sectors = last_sect - first_sect + 1
      rows.push({ segment: n, chunk, grant, sector: BigInt.asUintN(64, sector), sectors })
      sector += BigInt(sectors)
    }
  return rows
}

/** Whole chunks one behind the other, whose grants step evenly, are one row. */
function runsOf(rows: readonly Row[], pageSize: number): Row[][] {
  const runs: Row[][] = []
  for (const row of rows) {
    const run = runs.at(-1)
    if (run && joins(run, row, pageSize / XEN_PAGE_SIZE)) run.push(row)
    else runs.push([row])
  }
  return runs
}

/** @param perPage frames of a Linux page: the driver's own pages hold one chunk each */
function joins(run: readonly Row[], row: Row, perPage: number): boolean {
  const last = run.at(-1)!
  const whole = ({ grant }: Row) => grant.first_sect === 0 && grant.last_sect === SECTORS_PER_XEN_PAGE - 1
  if (!whole(last) || !whole(row) || last.grant.slot !== row.grant.slot) return false
  const step = row.grant.gref - last.grant.gref
  const frames = row.grant.gfn - last.grant.gfn
  if (run.length === 1) return Math.abs(step) === 1 && [1, perPage].includes(Math.abs(frames))
  const before = run.at(-2)!
  return step === last.grant.gref - before.grant.gref && frames === last.grant.gfn - before.grant.gfn
}

function runCells(head: readonly string[], run: readonly Row[], { slots }: ExplainedRequest): Cell[] {
  const [first, last] = [run[0]!, run.at(-1)!]
  const slot = slots.length > 1 ? `slot ${first.grant.slot} ` : ''
  const inSlot = ({ segment, grant }: Row) =>
    slots.length > 1 && grant.slot !== slots[0] ? segment - BLKIF_MAX_SEGMENTS_PER_REQUEST : segment
  const end = BigInt.asUintN(64, last.sector + BigInt(last.sectors - 1))
  return [
    ...head,
    range(first.chunk, last.chunk),
    `${slot}${range(inSlot(first), inSlot(last))}`,
    range(first.grant.gref, last.grant.gref),
    framesText(run),
    `${first.grant.first_sect}..${first.grant.last_sect}`,
    last.sectors > 0 ? `${first.sector}..${end}` : 'none: less than a sector',
  ].map((text) => ({ text }))
}

/** `0x141f-0x141d`, `0x141e0-0x14100 by -0x10`. */
function framesText(run: readonly Row[]): string {
  const [first, second = first] = run.map(({ grant }) => grant.gfn) as [number, number?]
  const step = second - first
  const by = Math.abs(step) > 1 ? ` by ${step < 0 ? '-' : ''}${hexNumber(Math.abs(step))}` : ''
  return `${range(hexNumber(first), hexNumber(run.at(-1)!.grant.gfn))}${by}`
}

function range(first: number | string, last: number | string): string {
  return first === last ? String(first) : `${first}-${last}`
}

/** Numbers as runs: `0-2,5`. */
function spans(numbers: readonly number[]): string {
  const parts: [number, number][] = []
  for (const n of numbers) {
    const part = parts.at(-1)
    if (part && n === part[1] + 1) part[1] = n
    else parts.push([n, n])
  }
  return parts.map(([a, b]) => range(a, b)).join(',')
}

function span(numbers: readonly number[]): string {
  return `${numbers[0]}..${numbers.at(-1)}`
}

/** `64 KiB`, `60.5 KiB`, `512 bytes`, `1025 bytes`. */
export function sizeText(bytes: number): string {
  if (bytes < 1024 || bytes % SECTOR_SIZE !== 0) return count(bytes, 'byte')
  if (bytes < 2 ** 20) return `${bytes / 1024} KiB`
  return Number.isInteger(bytes / 2 ** 20) ? `${bytes / 2 ** 20} MiB` : `${bytes / 1024} KiB`
}
