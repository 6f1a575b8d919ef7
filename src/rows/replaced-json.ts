// A ring that was replaced, as JSON: sectors, of 512 bytes, are decimal strings.
import type { AskedAgain, NewPlace, Redone, SectorRange } from '../codec/ring/asked-again.ts'
import type { Replacement } from '../codec/ring/replaced.ts'
import { type Json, slotJson } from './ring-json.ts'

export function replacedJson({ evidence, why }: Replacement, redone: Redone): Json {
  return { evidence, why, ...redoneJson(redone) }
}

export function redoneJson({ requests, hidden }: Redone): { readonly inFlight: Json; readonly hidden: number } {
  return { inFlight: requests.map(requestJson), hidden }
}

function requestJson({ slot, again, by, perhaps, missing, uncovered }: AskedAgain): Json {
  return {
    ...(slotJson(slot) as object),
    again,
    by: by.map(placeJson),
    perhaps: perhaps.map(placeJson),
    missing: missing.map(rangeJson),
    uncovered: uncovered.map(rangeJson),
  }
}

function placeJson({ queue, index }: NewPlace): Json {
  return { ...(queue === undefined ? {} : { queue }), index }
}

function rangeJson({ from, to }: SectorRange): Json {
  return { from: String(from), to: String(to) }
}
