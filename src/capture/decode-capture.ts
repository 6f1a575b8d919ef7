import { decodeRing } from '../codec/ring/decode-ring.ts'
import type { Finding } from '../codec/ring/finding.ts'
import type { Ring } from '../codec/ring/ring.ts'
import type { SectorUnit, SectorUnitChoice } from '../codec/ring/sector-unit.ts'
import type { Abi } from '../codec/struct/abi.ts'
import { count } from '../codec/struct/count.ts'
import { requireAbi } from '../codec/struct/require-abi.ts'
import { sectorUnitOfDisk } from '../xenstore/disk.ts'
import { queueCount, ringRefs } from '../xenstore/queues.ts'
import { maxRequestSegments } from '../xenstore/segments.ts'
import type { Capture } from './capture.ts'
import { DumpError } from './dump-error.ts'
import { indirectName } from './dump-names.ts'
import { chooseProtocol, type ProtocolChoice } from './protocol.ts'

/** A capture and everything that was made of it. */
export interface DecodedCapture {
  readonly capture: Capture
  readonly protocol: ProtocolChoice
  readonly ring: Ring
  /** `ring.sectorUnit` was asked for; else it is 512 because nobody said so. */
  readonly sectorUnitGiven: boolean
  /** Of the capture as a whole first, then those of the ring by offset. */
  readonly findings: readonly Finding[]
}

/**
 * @param forced the ABI to decode with; undefined chooses one (`chooseProtocol`)
 * @param unit what sectors count in; undefined is 512 bytes
 * @throws DumpError where the unit is the disk's, and XenStore does not say it
 */
export function decodeCapture(capture: Capture, forced?: Abi, unit?: SectorUnitChoice): DecodedCapture {
  if (forced !== undefined) requireAbi(forced, 'decodeCapture')
  const protocol = chooseProtocol(capture, forced)
  const sectorUnit = unit === 'disk' ? unitOfDisk(capture) : unit
  const { bytes, indirectPages, missing } = capture
  const ring = decodeRing(bytes, protocol.abi, {
    indirectPages,
    missing,
    sectorUnit,
    maxSegments: capture.xenstore && maxRequestSegments(capture.xenstore),
  })
  return {
    capture,
    protocol,
    ring,
    sectorUnitGiven: unit !== undefined,
    findings: [...capture.findings, ...protocol.findings, ...pageFindings(capture, ring), ...ring.findings.map(withFile)],
  }
}

/** The codec knows no files: in which one a page would be that is not at hand, is said here. */
function withFile(finding: Finding): Finding {
  const { code, message, gref } = finding
  if (code !== 'indirect-page-missing' || gref === undefined) return finding
  return { ...finding, message: `${message}: no readable ${indirectName(gref)} beside the ring` }
}

/** Decodes a capture as `decodeCapture` does; where it cannot be, the error goes to `onError`, and the result is undefined. */
export function tryDecodeCapture(
  capture: Capture,
  options: { readonly abi: Abi | undefined; readonly sectorUnit?: SectorUnitChoice | undefined },
  onError: (error: DumpError) => void,
): DecodedCapture | undefined {
  try {
    return decodeCapture(capture, options.abi, options.sectorUnit)
  } catch (error) {
    if (!(error instanceof DumpError)) throw error
    onError(error)
    return undefined
  }
}

/** The unit of rings that nothing lies beside. @throws DumpError for that of the disk, which is not known */
export function unitOfStream(source: string, unit: SectorUnitChoice | undefined): SectorUnit | undefined {
  return unit === 'disk' ? unitOfDisk({ source, xenstore: undefined }) : unit
}

/** @throws DumpError */
function unitOfDisk({ source, xenstore }: Pick<Capture, 'source' | 'xenstore'>): SectorUnit {
  const unit = xenstore && sectorUnitOfDisk(xenstore)
  if (unit !== undefined) return unit
  const size = xenstore?.backend.get('sector-size')
  const problem =
    size === undefined
      ? "the disk's sector size is not known: no sector-size in XenStore"
      : `the disk's sector-size is ${JSON.stringify(size.slice(0, 40))}, and no sector of that size fits a page`
  throw new DumpError(source, problem, 'say it in bytes: --sector-unit 4096')
}

function pageFindings({ xenstore, queue }: Capture, { geometry }: Ring): Finding[] {
  if (!xenstore) return []
  const queues = ringRefs(xenstore)
  const named = queueCount(xenstore)
  if (queue !== undefined && queue >= named && named > 0)
    return [
      { code: 'queues-contradict-xenstore', message: `XenStore names ${count(named, 'queue')}, but the dump has a queue ${queue}` },
    ]
  if (queue === undefined && named > 1)
    return [{ code: 'queues-contradict-xenstore', message: `XenStore names ${named} queues, but the dump has one ring` }]
  const pages = queues[queue ?? 0]?.length ?? 0
  if (pages === 0 || pages === geometry.pages) return []
  const message = `XenStore names ${count(pages, 'ring page')}, but the dump has ${geometry.pages}`
  return [{ code: 'pages-contradict-xenstore', message }]
}
