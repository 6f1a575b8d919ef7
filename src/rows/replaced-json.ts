// A ring that was replaced, as JSON: sectors, of 512 bytes, are decimal strings.
import type { AskedAgain, NewPlace, Redone, SectorRange } from '../codec/ring/asked-again.ts'
import type { Replacement } from '../codec/ring/replaced.ts'
import type { JsonOf } from '../print/shape.ts'
import { slotJson } from './ring-json.ts'
import type { ASKED_AGAIN, REPLACED } from './shapes.ts'

type ReplacedJson = JsonOf<typeof REPLACED>

export function replacedJson({ evidence, why }: Replacement, redone: Redone): ReplacedJson {
  return { evidence, why, ...redoneJson(redone) }
}

export function redoneJson({ requests, hidden }: Redone): Pick<ReplacedJson, 'inFlight' | 'hidden'> {
  return { inFlight: requests.map(requestJson), hidden }
}

function requestJson({ slot, again, by, perhaps, missing, uncovered }: AskedAgain): JsonOf<typeof ASKED_AGAIN> {
  return {
    ...slotJson(slot),
    again,
    by: by.map(placeJson),
    perhaps: perhaps.map(placeJson),
    missing: missing.map(rangeJson),
    uncovered: uncovered.map(rangeJson),
  }
}

function placeJson({ queue, index }: NewPlace) {
  return { ...(queue === undefined ? {} : { queue }), index }
}

function rangeJson({ from, to }: SectorRange) {
  return { from: String(from), to: String(to) }
}
