// The scenarios of a report's inputs, played again: which ring is of which, and how its requests were cut.
import type { Input } from '../inputs/inputs.ts'
import { type PlayedRing, ringsPlayed } from '../scenario/input.ts'
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
    for (const [source, text] of this.#texts)
      try {
        this.#played.push({ source, rings: await ringsPlayed(text, { yaml: () => import('yaml') }) })
      } catch {
        // The ring is there all the same, and nothing is known of how it came to be.
      }
  }

  cutsOf(bytes: Uint8Array): ReportCuts | undefined {
    for (const { source, rings } of this.#played)
      for (const ring of rings) if (isSame(ring.bytes, bytes)) return cutsOfScenario(ring.requests, source)
    return undefined
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at])
}
