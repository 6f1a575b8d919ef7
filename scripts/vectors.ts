// The vectors that ship with the package: moments of recorded and captured rings, as text.
import { CAPTURED, RECORDED } from './vectors/moments.ts'
import { capturedRing, recordedRing, type VectorRing } from './vectors/read-moment.ts'
import { vectorText } from './vectors/vector-text.ts'

export function vectorRings(): VectorRing[] {
  return [...RECORDED.map((moment) => recordedRing(moment)), ...CAPTURED.map(capturedRing)]
}

/** Contents by path below the repository's root. */
export function vectorFiles(): ReadonlyMap<string, string> {
  return new Map(vectorRings().map((vector) => [`vectors/${vector.name}.txt`, vectorText(vector)]))
}
