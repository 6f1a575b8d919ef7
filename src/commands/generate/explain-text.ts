// `generate --explain`: of each request how it was cut into 4 KiB chunks, and where each of them went.
import type { BlockRequest, ConnectOutcome, QueueLimits, RequestPart, RequestPlan, ScenarioConfig } from '../../blkfront/index.ts'
import { SECTOR_SIZE, SECTORS_PER_SLOT } from '../../codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import type { ByteSink } from '../../print/byte-sink.ts'
import { folded } from '../../print/fold.ts'
import type { Sheet, Style } from '../../print/style.ts'
import { count } from '../../print/text.ts'
import { type ExplainedRequest, splitSkips } from '../../scenario/player/index.ts'
import { ChunkTable, CONTINUES_AT } from './chunk-table.ts'

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

/** Writes of each request a headline, the reasons, and for what carries data a table of chunks, an empty line before each. */
export class RequestExplainer {
  readonly #sink: ByteSink
  readonly #sheet: Sheet
  readonly #table: ChunkTable

  /** @param sink takes what is written: words and numbers of ours alone, folded where the sheet ends */
  constructor(sink: ByteSink, sheet: Sheet) {
    this.#sink = sink
    this.#sheet = sheet
    this.#table = new ChunkTable(sink, sheet)
  }

  write(explained: ExplainedRequest): void {
    const { style, width } = this.#sheet
    const isPlaced = explained.plan !== undefined && explained.result === 'queued'
    this.#sink.text(folded(`\n${requestText(explained, style)}`, CONTINUES_AT, width))
    if (isPlaced) this.#table.write(explained)
  }
}

function requestText(explained: ExplainedRequest, style: Style): string {
  const lines = [headline(explained, style)]
  const { plan, result } = explained
  if (explained.fatal !== undefined) lines.push(`  ${style.bad(`the driver dies: ${explained.fatal}`)}`)
  else if (result !== 'queued') lines.push(`  ${style.bad(refusal(explained))}`)
  if (explained.request.part) lines.push(`  ${partText(explained.request.part)}`)
  if (plan && result === 'queued')
    lines.push(`  ${shapeText(explained, plan)}`, `  ${grantsText(explained)}`, ...splitWarning(explained, style))
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

function shapeText({ request }: ExplainedRequest, { shape, reason }: RequestPlan): string {
  return `${shape}: ${count(request.segments.length, 'Linux segment')}; ${reason}`
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
function splitWarning(explained: ExplainedRequest, style: Style): string[] {
  const skips = splitSkips(explained)
  if (skips === 0) return []
  const { sector } = explained.request
  const second = sector + BigInt(SECTORS_PER_SLOT)
  return [
    `  ${style.bad(`the first slot covers ${count(SECTORS_PER_SLOT - skips, 'sector')}, but the second starts at sector ${second} (first + ${SECTORS_PER_SLOT}): ${count(skips, 'sector')} skipped, a bug of Linux`)}`,
  ]
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
