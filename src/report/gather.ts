// Inputs to a report: what the doctor says of each device, and its rings moment by moment with what the rules find.
import type { Capture } from '../capture/capture.ts'
import type { DumpError } from '../capture/dump-error.ts'
import { mayHaveLargePages } from '../capture/protocol.ts'
import { caseOf, compareVerdicts, type DeviceCase, deskOf, type History, type KnownDevice } from '../doctor/index.ts'
import { gather, type InputOpener } from '../gather/gather.ts'
import type { ShownRing } from '../gather/moments.ts'
import { deviceTitle } from '../gather/titles.ts'
import type { Input } from '../inputs/inputs.ts'
import type { InputOptions } from '../inputs/open-options.ts'
import { cutsOfRing, type ReportCuts } from './cuts.ts'
import { deviceOf, deviceUnjudged } from './device-of.ts'
import type { ReportDevice, RingLink, RingReport } from './model.ts'
import { RingRecords } from './records.ts'
import { rulesOf } from './ring-of.ts'

/** What there is to say where no input has anything for a report. */
export const NO_BLOCK_DEVICE = 'nothing in it says anything of a block device'

/** Rings that were replaced, of one device, that a report has: the latest. */
const MAX_REPLACED = 16

export interface GatheredReport {
  readonly report: RingReport
  /** Inputs of which something is known. */
  readonly known: number
}

/** What was seen of a ring. */
interface Seen {
  readonly moments: ShownRing[]
  /** The rings that it came in the place of. */
  readonly replaced: History[]
}

/** The scenarios of inputs, played again. */
export interface ScenariosOfRings {
  add(input: Pick<Input, 'path' | 'scenario'>): void
  play(): Promise<void>
  /**
   * How the requests of a ring were cut that is all there, where a scenario leaves just these bytes: that of its own input, else any.
   * No pictures where its pages are single grants, or where scenarios of the same bytes cut otherwise; undefined where none leaves them.
   */
  cutsOf(capture: Capture): { readonly cuts: ReportCuts | undefined } | undefined
}

interface GatherReportOptions extends InputOptions {
  readonly open: InputOpener
  readonly onError: (error: DumpError) => void
  /** Without it nothing is known of scenarios. */
  readonly scenarios?: ScenariosOfRings | undefined
}

export async function gatherReport(names: readonly string[], options: GatherReportOptions): Promise<GatheredReport> {
  const { scenarios } = options
  const seen = new Map<History, Seen>()
  const unjudged: { readonly shown: ShownRing; readonly problem: string }[] = []
  const gathered = await gather(names, {
    ...options,
    known: {},
    interval: undefined,
    onShown(history, shown, replaced) {
      const own = seen.get(history) ?? { moments: [], replaced: [] }
      seen.set(history, own)
      own.moments.push(shown)
      own.replaced.push(...replaced)
    },
    onScenario: (input) => scenarios?.add(input),
    onUnjudged: (shown, problem) => unjudged.push({ shown, problem }),
  })
  const desk = deskOf(gathered.devices, gathered.statements, gathered.parts)
  const judged = desk.places.map((place) => ({ place, judged: caseOf(place) }))
  judged.sort((a, b) => compareVerdicts(a.judged.verdicts[0]!, b.judged.verdicts[0]!))
  const notes = [...gathered.notes, ...desk.notes]
  const records = new RingRecords(options, (note) => notes.push(note))
  const devices = [
    ...judged.map((one) => withRings(one, seen, records, notes)),
    ...unjudged.map(({ shown, problem }) => deviceUnjudged(shown.source, problem, records.alone(shown))),
  ]
  const { rings } = records
  await scenarios?.play()
  const cuts = records.last.map(({ capture, ring, protocol }) => {
    const played = scenarios?.cutsOf(capture)
    return played ? played.cuts : cutsOfRing(ring, capture.bytes, mayHaveLargePages(protocol))
  })
  return { report: { devices, rings, cuts, rules: rulesOf(rings), notes }, known: gathered.known + unjudged.length }
}

function withRings(
  { place, judged }: { readonly place: KnownDevice; readonly judged: DeviceCase },
  seen: ReadonlyMap<History, Seen>,
  records: RingRecords,
  notes: string[],
): ReportDevice {
  const { queues } = place
  const title = deviceTitle(place)
  const own = (history: History) => {
    const { moments = [], replaced = [] } = seen.get(history) ?? {}
    const old = replaced.find(({ last }) => last.queue === history.last.queue)
    return { key: history, moments, before: old && seen.get(old)?.moments.at(-1) }
  }
  const places = records.ofDevice(queues.map(own), ({ last, firstSource }) =>
    queues.length > 1 ? `queue ${last.queue}: ${last.source}` : firstSource === last.source ? last.source : title,
  )
  const replaced = replacedBy(queues, seen)
  if (replaced.length > MAX_REPLACED)
    notes.push(`${title}: of ${replaced.length} rings that were replaced the last ${MAX_REPLACED} are shown`)
  const old = replaced.slice(0, MAX_REPLACED).flatMap(({ history, by }): RingLink[] => {
    const { last, firstSource } = history
    const name = firstSource === last.source ? last.source : `${firstSource} to ${last.source}`
    const was = `This ring is no more: that of ${by.firstSource} came in its place${by.replaced ? ` (${by.replaced.why})` : ''}. The verdict is of the new one.`
    const [ring] = records.ofDevice([own(history)], () => `${last.queue === undefined ? '' : `queue ${last.queue}: `}${name}`, was)
    return ring === undefined ? [] : [{ text: `replaced: ${name}`, ring }]
  })
  return deviceOf(title, judged, places, old)
}

/** The rings before those of a device, the latest first, each with the one that came in its place. */
function replacedBy(
  now: readonly History[],
  seen: ReadonlyMap<History, Seen>,
): { readonly history: History; readonly by: History }[] {
  const found: { readonly history: History; readonly by: History }[] = []
  const add = (by: History) => found.push(...(seen.get(by)?.replaced ?? []).map((history) => ({ history, by })))
  for (const history of now) add(history)
  for (let i = 0; i < found.length; i++) add(found[i]!.history)
  return found
}
