// `generate --from-ring`: a ring to the scenario of a Linux driver that is asked for the same, and what there is to know of the way.

import { DRIVER_MODELS, type DriverName, type PageSize } from '../../blkfront/index.ts'
import { decodeCapture } from '../../capture/decode-capture.ts'
import { DumpError } from '../../capture/dump-error.ts'
import { mayHaveLargePages } from '../../capture/protocol.ts'
import type { ByteSpan } from '../../codec/ring/missing.ts'
import { count } from '../../print/text.ts'
import { scriptOf } from '../../scenario/file/index.ts'
import {
  type AskedTerms,
  bytesOf,
  type LinuxRing,
  linuxRing,
  type RingToEmit,
  ringToEmit,
  sameAs,
  type WrittenBytes,
  writesRing,
} from '../../scenario/from-ring/index.ts'
import { warn } from '../../terminal/failure.ts'
import { chooseRing, type RingChoice } from '../shared/choose-ring.ts'
import { configOfFlags, workloadOfFlags } from './flags.ts'
import { type FromRingReport, termWords } from './ring-report.ts'

/** Flags of the driver that a ring leaves open; the others it says itself. */
const OPEN: ReadonlySet<string> = new Set([
  'driver',
  'abi',
  'page_size',
  'features.persistent',
  'features.max_indirect_segments',
  'features.flush',
  'features.barrier',
  'features.discard',
  'features.bounce',
  'handle',
])

export interface RingSource {
  readonly plain: LinuxRing['plain']
  readonly notes: readonly string[]
  readonly ringReport: FromRingReport
}

/** @throws DumpError where no ring can be read, or nobody knows what is in flight; ScenarioError of a driver that dies */
export async function fromRing(name: string, choice: RingChoice, flags: Readonly<Record<string, unknown>>): Promise<RingSource> {
  const { driver, asked } = askedOf(flags)
  const { dump, more, errors } = await chooseRing(name, choice)
  for (const { message } of errors) warn(message)
  if (more !== undefined) warn(`${dump.source}: ${more}`)
  const { ring, protocol } = decodeCapture(dump, choice.abi, choice.sectorUnit)
  if (ring.indices !== 'possible')
    throw new DumpError(
      dump.source,
      `its indices are ${ring.indices}, so that nobody knows which requests are in flight`,
      'blkring check says more',
    )
  const { bytes, indirectPages, xenstore, queue } = dump
  const emit = ringToEmit(ring, { bytes, indirectPages, xenstore, queue, mayHaveLargePages: mayHaveLargePages(protocol) })
  const linux = linuxRing(emit, driver, asked)
  const written = bytesOf(linux)
  const source = dump.source === '-' ? 'standard input' : dump.source
  const report = {
    source,
    linux,
    others: othersThan(linux, written, emit, asked),
    equal: writesRing(written, emit),
    missing: bytesIn(ring.missing.spans),
  }
  const [first, ...rest] = linux.leftOut
  if (first)
    warn(
      `${source}: slot ${first.slot} is left out: ${first.reason}${rest.length > 0 ? `; and ${rest.length} more` : ''}; requests behind it move up (blkring diff --by sector)`,
    )
  if (linux.requests === 0 && !first) warn(`${source}: no request is in flight in it, and so none is asked for`)
  return { plain: linux.plain, notes: notesOf(report), ringReport: report }
}

function bytesIn(spans: readonly ByteSpan[]): number {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0)
}

/** The values are checked as a scenario's are. */
function askedOf(flags: Readonly<Record<string, unknown>>): { readonly driver: DriverName; readonly asked: AskedTerms } {
  if (workloadOfFlags(flags)) throw new Error('--from-ring: the ring says what is asked for: no flag of a workload goes with it')
  const given = configOfFlags(flags)
  for (const path of given.keys())
    if (!OPEN.has(path)) throw new Error(`--from-ring: the ring says its ${path.replaceAll('_', ' ')} itself`)
  const features: Record<string, unknown> = {}
  const plain: Record<string, unknown> = { features, unchecked: true }
  for (const [path, value] of given)
    if (path.startsWith('features.')) features[path.slice('features.'.length)] = value
    else if (!(path === 'abi' && value === 'auto')) plain[path] = value
  const { config } = scriptOf(plain)
  const own = <T>(path: string, value: T): T | undefined => (given.has(path) ? value : undefined)
  return {
    driver: config.driver,
    asked: {
      page_size: own<PageSize>('page_size', config.pageSize),
      persistent: own('features.persistent', config.persistent),
      max_indirect_segments: own('features.max_indirect_segments', config.maxIndirectSegments),
      flush: own('features.flush', features['flush'] === true),
      barrier: own('features.barrier', features['barrier'] === true),
      discard: own('features.discard', config.featureDiscard),
      bounce: own('features.bounce', features['bounce'] === true),
      handle: own('handle', config.handle),
    },
  }
}

/** Which of the other drivers write the same, and which do not. */
function othersThan(linux: LinuxRing, written: WrittenBytes, emit: RingToEmit, asked: AskedTerms): FromRingReport['others'] {
  const others = (Object.keys(DRIVER_MODELS) as DriverName[]).filter((driver) => driver !== linux.driver)
  return others.map((driver) => ({ driver, same: sameAs(linux, written, emit, driver, asked) }))
}

function notesOf({ source, linux, others, equal, missing }: FromRingReport): string[] {
  const { requests, leftOut, answered, otherwise, driver } = linux
  const same = others.filter((other) => other.same).map((other) => other.driver)
  const differ = others.filter((other) => !other.same).map((other) => other.driver)
  return [
    `${source}: ${count(requests, 'request')} read, ${leftOut.length} left out${answered > 0 ? `; of ${answered} answered operation and length are lost` : ''}`,
    ...termWords(linux.terms),
    ...leftOut.map(({ slot, reason }) => `left out  slot ${slot}: ${reason}`),
    ...otherwise.map(
      ({ slots, request, linux: words }) =>
        `${slots.length === 0 ? 'header' : `slot${slots.length > 1 ? 's' : ''} ${slots.join(', ')}`}: ${request}; ${driver}: ${words}`,
    ),
    ...(requests > 0 || equal === false
      ? [...othersWords(driver, same, differ), ringWords(driver, equal, missing)]
      : ['no request says how its driver writes']),
  ]
}

function othersWords(driver: string, same: readonly string[], differ: readonly string[]): string[] {
  return [
    ...(same.length > 0 ? [`${same.join(' and ')} ${same.length > 1 ? 'write' : 'writes'} the same as ${driver}`] : []),
    ...differ.map((other) => `${other} does not write the same as ${driver}: --driver ${other}`),
  ]
}

function ringWords(driver: string, equal: boolean | undefined, missing: number): string {
  if (equal === false) return `${driver} does not write what the ring has: blkring diff shows where`
  return equal
    ? `${driver} writes what the ring has, byte for byte`
    : `${driver} writes the bytes of the ring that are in the input; ${count(missing, 'byte')} ${missing === 1 ? 'is' : 'are'} not in it`
}
