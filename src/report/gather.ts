// Inputs to a report: what the doctor says of each device, and its rings moment by moment with what the rules find.
import type { Capture } from '../capture/capture.ts'
import { decodeCapture } from '../capture/decode-capture.ts'
import type { DumpError } from '../capture/dump-error.ts'
import { createChecker, type DecodedRing } from '../check/index.ts'
import { caseOf, compareVerdicts, type DeviceCase, deskOf, type History, type KnownDevice } from '../doctor/index.ts'
import { gather, type InputOpener } from '../gather/gather.ts'
import { deviceTitle } from '../gather/titles.ts'
import type { InputOptions } from '../inputs/open-options.ts'
import { deviceOf } from './device-of.ts'
import type { ReportDevice, ReportRing, RingReport } from './model.ts'
import { ReportedRing, rulesOf } from './ring-of.ts'

/** Moments of a ring that a report has, the latest: more make a page that no browser opens at once. */
export const MAX_MOMENTS = 4096

/** A ring at a moment, and what its input calls it. */
interface Shown {
  readonly source: string
  readonly capture: Capture
}

export interface GatheredReport {
  readonly report: RingReport
  /** Inputs of which something is known. */
  readonly known: number
}

export async function gatherReport(
  names: readonly string[],
  options: InputOptions & { readonly open: InputOpener; readonly onError: (error: DumpError) => void },
): Promise<GatheredReport> {
  const shown = new Map<History, Shown[]>()
  const gathered = await gather(names, {
    ...options,
    known: {},
    interval: undefined,
    onShown(history, source, capture) {
      const own = shown.get(history) ?? []
      shown.set(history, own)
      own.push({ source, capture })
    },
  })
  const desk = deskOf(gathered.devices, gathered.statements, gathered.parts)
  const judged = desk.places.map((place) => ({ place, judged: caseOf(place) }))
  judged.sort((a, b) => compareVerdicts(a.judged.verdicts[0]!, b.judged.verdicts[0]!))
  const rings: ReportRing[] = []
  const notes = [...gathered.notes, ...desk.notes]
  const devices = judged.map((one) => withRings(one, shown, { rings, notes, options }))
  return { report: { devices, rings, rules: rulesOf(rings), notes }, known: gathered.known }
}

interface Into {
  readonly rings: ReportRing[]
  readonly notes: string[]
  readonly options: InputOptions
}

function withRings(
  { place, judged }: { readonly place: KnownDevice; readonly judged: DeviceCase },
  shown: ReadonlyMap<History, readonly Shown[]>,
  { rings, notes, options }: Into,
): ReportDevice {
  const checker = createChecker()
  const records = new Map<History, ReportedRing>()
  const byCapture = new Map<DecodedRing['capture'], ReportedRing>()
  for (const history of place.queues) {
    const moments = shown.get(history) ?? []
    if (moments.length > MAX_MOMENTS)
      notes.push(`${moments[0]!.source}: the last ${MAX_MOMENTS} of ${moments.length} snapshots are shown`)
    for (const { source, capture } of moments.slice(-MAX_MOMENTS)) {
      const decoded = decodeCapture(capture, options.abi, options.sectorUnit)
      const record = records.get(history) ?? new ReportedRing(decoded)
      if (!record.fits(decoded)) {
        notes.push(`${source}: left out: it has another size or protocol than the snapshots before it`)
        continue
      }
      records.set(history, record)
      record.add(decoded, source, checker.ring(decoded))
      byCapture.set(capture, record)
    }
  }
  for (const found of checker.end()) byCapture.get(found.decoded.capture)?.addLater(found)
  const places = place.queues.map((history) => {
    const record = records.get(history)
    if (!record) return undefined
    const { firstSource, last } = history
    return (
      rings.push(
        record.ring(
          place.queues.length > 1
            ? `queue ${last.queue}: ${last.source}`
            : firstSource === last.source
              ? last.source
              : deviceTitle(place),
        ),
      ) - 1
    )
  })
  return deviceOf(deviceTitle(place), judged, places)
}
