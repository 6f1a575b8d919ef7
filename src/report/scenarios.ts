// The scenarios of a report's inputs, played again: which ring is of which, and how its requests were cut.
import type { Capture } from '../capture/capture.ts'
import { sameBytes } from '../codec/ring/changed-in-flight.ts'
import type { Input } from '../inputs/inputs.ts'
import { MAX_MOMENT_BYTES, type PlayedRing, ringsPlayed } from '../scenario/input.ts'
import { cutsOfScenario, type ReportCuts } from './cuts.ts'
import type { ScenariosOfRings } from './gather.ts'

/** Scenarios that are played, of a folder of many. */
const MAX_PLAYED = 32

export class PlayedScenarios implements ScenariosOfRings {
  readonly #texts = new Map<string, string>()
  readonly #played: { readonly source: string; readonly rings: readonly PlayedRing[] }[] = []

  add({ path, scenario }: Pick<Input, 'path' | 'scenario'>): void {
    const text = this.#texts.size < MAX_PLAYED ? scenario?.() : undefined
    if (text !== undefined) this.#texts.set(path, text)
  }

  /** Plays all of them. What cannot be played tells nothing: a folder may have any file of that name. */
  async play(): Promise<void> {
    let room = MAX_MOMENT_BYTES
    for (const [source, text] of this.#texts)
      try {
        const rings = await ringsPlayed(text, { yaml: () => import('yaml') }, room)
        this.#played.push({ source, rings })
        for (const { bytes } of rings) room -= bytes.length
      } catch {
        // The ring is there all the same, and nothing is known of how it came to be.
      }
  }

  cutsOf({ source, bytes, missing = [] }: Capture): { readonly cuts: ReportCuts | undefined } | undefined {
    // What is not there, no scenario can be held against.
    if (missing.length > 0) return undefined
    const found = this.#played.flatMap((played) => {
      const ring = played.rings.find((each) => sameBytes(each.bytes, bytes))
      return ring ? [{ source: played.source, ring }] : []
    })
    const own = found.filter((each) => source === each.source || source.startsWith(`${each.source}/`))
    const [first, ...others] = (own.length > 0 ? own : found).map((each) => cutsOfScenario(each.ring.requests, each.source))
    if (found.length === 0) return undefined
    return { cuts: others.every((each) => picturesOf(each) === picturesOf(first)) ? first : undefined }
  }
}

function picturesOf(cuts: ReportCuts | undefined): string {
  return JSON.stringify(cuts?.cuts ?? [])
}
