// Captures to the rings of a report, moment by moment, with what the rules find.
import { type DecodedCapture, decodeCapture } from '../capture/decode-capture.ts'
import { createChecker, type DecodedRing } from '../check/index.ts'
import type { ShownRing } from '../gather/moments.ts'
import type { InputOptions } from '../inputs/open-options.ts'
import type { ReportRing } from './model.ts'
import { ReportedRing } from './ring-of.ts'

/** Moments of a ring that a report has, the latest: more make a page that no browser opens at once. */
const MAX_MOMENTS = 4096

/** The moments of one ring. */
interface OwnMoments<K> {
  readonly key: K
  readonly moments: readonly ShownRing[]
  /** The last moment of the ring that it came in the place of: rules hold the new one against it. */
  readonly before?: ShownRing | undefined
}

/** The rings of a report as they come. */
export class RingRecords {
  readonly rings: ReportRing[] = []
  /** The last moment of each. */
  readonly last: DecodedCapture[] = []
  readonly #options: Pick<InputOptions, 'abi' | 'sectorUnit'>
  readonly #onNote: (note: string) => void

  constructor(options: Pick<InputOptions, 'abi' | 'sectorUnit'>, onNote: (note: string) => void) {
    this.#options = options
    this.#onNote = onNote
  }

  /**
   * Takes the rings of one device, a queue each.
   * @param was what they were, where they are no more
   * @returns the place of each in `rings`; undefined where no moment of it is at hand
   */
  ofDevice<K>(queues: readonly OwnMoments<K>[], titleOf: (key: K) => string, was?: string): (number | undefined)[] {
    const checker = createChecker()
    const byCapture = new Map<DecodedRing['capture'], ReportedRing>()
    const records = queues.map(({ moments, before }) => {
      if (moments.length > MAX_MOMENTS)
        this.#onNote(`${moments[0]!.source}: the last ${MAX_MOMENTS} of ${moments.length} snapshots are shown`)
      if (before) checker.ring(this.#decoded(before))
      let record: ReportedRing | undefined
      for (const shown of moments.slice(-MAX_MOMENTS)) {
        const decoded = was === undefined ? this.#decoded(shown) : withoutListing(this.#decoded(shown))
        const { source } = shown
        record ??= new ReportedRing(decoded)
        if (!record.fits(decoded)) {
          this.#onNote(`${source}: left out: it has another size or protocol than the snapshots before it`)
          continue
        }
        record.add(decoded, source, checker.ring(decoded))
        byCapture.set(decoded.capture, record)
      }
      return record
    })
    for (const found of checker.end()) byCapture.get(found.decoded.capture)?.addLater(found)
    return records.map((record, i) => {
      if (!record) return undefined
      this.last.push(record.last)
      return this.rings.push(record.ring(titleOf(queues[i]!.key), was)) - 1
    })
  }

  #decoded({ capture }: ShownRing): DecodedCapture {
    return decodeCapture(capture, this.#options.abi, this.#options.sectorUnit)
  }

  /** Takes a ring that is put to no other. @returns its place in `rings` */
  alone(shown: ShownRing): number {
    return this.ofDevice([{ key: shown.source, moments: [shown] }], (source) => source)[0]!
  }
}

/** XenStore has what was agreed on for the ring that is there now: of the one before it, it tells the protocol and no more. */
function withoutListing({ capture, protocol, ring }: DecodedCapture): DecodedCapture {
  return { ...decodeCapture({ ...capture, xenstore: undefined }, protocol.abi, ring.sectorUnit), protocol }
}
