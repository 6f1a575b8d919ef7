// Requests by the number: sequential or by chance, of one kind or a mix, made one by one while the scenario runs.
import { type BlockOp, type BlockRequest, cutByLimits } from '../../blkfront/index.ts'
import { SECTOR_SIZE } from '../../codec/xen/blkif.ts'
import { formatQuantity, U64_MAX } from './quantity.ts'
import type { Random } from './random.ts'
import { checkBuffer, cutIntoPages, cutRequest, RequestMaker, type Terms } from './requests.ts'
import { ScenarioError } from './scenario-error.ts'
import type { WorkloadValue } from './step-table.ts'
import { Work } from './work.ts'

export interface Workload {
  readonly count: number
  readonly inFlight: number | undefined
  readonly batch: number
  readonly order: WorkloadValue['order']
  requests(): Generator<BlockRequest, void>
}

/** Pages after which the data of a workload begins again at the first. */
const WORKLOAD_PAGES = 2 ** 18

/** @param maker numbers its requests @param random from its beginning, for this workload alone */
export function workloadOf(value: WorkloadValue, terms: Terms, maker: RequestMaker, random: () => Random, path: string): Workload {
  if (!terms.unchecked) check(value, terms, path)
  // A later step may resume to other terms.
  const now = { ...terms }
  const serial = maker.takeSerials(value.count * partsOf(value, terms))
  const moved = value.op === 'flush' || value.op === 'discard' ? 0 : value.bs
  terms.work.requests(value.count, moved, `${path}.count`)
  return {
    count: value.count,
    inFlight: value.in_flight,
    batch: value.batch,
    order: value.order,
    requests: () => generate(value, now, serial, random()),
  }
}

function* generate(
  value: WorkloadValue,
  { config, dataPfn, limits, maxSectors }: Terms,
  serial: number,
  random: Random,
): Generator<BlockRequest, void> {
  let next = serial
  const sectors = Math.floor(value.bs / SECTOR_SIZE)
  const places = Math.max(1, Math.floor(value.range / value.bs))
  const pages = Math.ceil((value.offset + value.bs) / config.pageSize)
  const buffers = Math.max(1, Math.floor(WORKLOAD_PAGES / pages))
  const buffer = (i: number) => cutIntoPages(dataPfn + (i % buffers) * pages, value.offset, value.bs, config.pageSize)
  for (let i = 0; i < value.count; i++) {
    const op = opOf(value, random)
    const place = value.random ? random.below(places) : i % places
    const sector = op === 'flush' ? U64_MAX : BigInt.asUintN(64, value.sector + BigInt(place) * BigInt(sectors))
    const data = op === 'read' || op === 'write'
    const request = {
      op,
      fua: value.fua && op === 'write',
      sector,
      nrSectors: op === 'flush' ? 0 : sectors,
      segments: data ? buffer(i) : [],
    }
    if (!data || !limits) yield { serial: next++, ...request }
    else for (const part of cutRequest(request, limits, maxSectors)) yield { serial: next++, ...part }
  }
}

/** Requests that each I/O becomes: all of a workload have the same length and begin at the same place of a page. */
function partsOf({ op, bs, offset }: WorkloadValue, { config, dataPfn, limits, maxSectors }: Terms): number {
  if (!limits || op === 'flush' || op === 'discard') return 1
  return cutByLimits(cutIntoPages(dataPfn, offset, bs, config.pageSize), limits, maxSectors).length
}

function opOf({ op, read_percent }: WorkloadValue, random: Random): BlockOp {
  if (op !== 'mix') return op
  return random.below(100) < read_percent ? 'read' : 'write'
}

/** All requests are alike but for their sector, so that one stands for all. */
function check(value: WorkloadValue, terms: Terms, path: string): void {
  const { bs, offset, range, sector } = value
  checkBuffer(bs, offset, terms.config.pageSize, path, 'bs')
  if (range < bs)
    throw new ScenarioError(`${path}.range`, `${formatQuantity(range)} is less than one request of ${formatQuantity(bs)}`)
  if (sector + BigInt(Math.floor(range / SECTOR_SIZE)) > U64_MAX)
    throw new ScenarioError(`${path}.range`, `${formatQuantity(range)} from sector ${sector} on end beyond 2^64`)
  const maker = new RequestMaker({ ...terms, work: new Work(Number.POSITIVE_INFINITY) })
  const ops = value.op === 'mix' ? (['read', 'write'] as const) : [value.op]
  for (const op of ops) {
    try {
      if (op === 'flush') maker.make({ key: op, value: { sector: U64_MAX, segments: undefined, queue: undefined } }, path)
      else if (op === 'discard')
        maker.make({ key: op, value: { sector, sectors: undefined, bytes: bs, secure: false, queue: undefined } }, path)
      else {
        const buffer = { sector, bytes: bs, offset, page: 0, vectors: undefined, segments: undefined, queue: undefined }
        maker.make(op === 'read' ? { key: op, value: buffer } : { key: op, value: { ...buffer, fua: value.fua } }, path)
      }
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error
      // The mistake of a request, in the workload's own words.
      throw new ScenarioError(error.path.replace(/\.bytes$/, '.bs'), error.message.slice(error.path.length + 2))
    }
  }
}
