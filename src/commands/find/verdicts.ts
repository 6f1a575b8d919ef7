// What `doctor` would say of each ring of an image, in its first words.
import { decodeCapture } from '../../capture/decode-capture.ts'
import { DumpError } from '../../capture/dump-error.ts'
import { captureOfRing, type SearchedImage } from '../../capture/image-ring.ts'
import { diagnose, type Verdict } from '../../doctor/index.ts'
import type { FoundRing } from '../../image/index.ts'

/** The main verdict on each ring, by the image alone; undefined of a ring of which the indices are not there. */
export function verdictsOn(image: SearchedImage): (Verdict | undefined)[] {
  const verdicts: (Verdict | undefined)[] = []
  for (const [n, ring] of image.rings.entries()) {
    const original = ring.doubts.find((doubt) => doubt.kind === 'copy')?.of
    const isKnown =
      original !== undefined && isAll(ring) && isAll(image.rings[original]!) && ring.score.abi === image.rings[original]!.score.abi
    verdicts.push(isKnown ? verdicts[original] : verdictOn(image, n))
  }
  return verdicts
}

/** Whether the bytes of a ring are all that is known of it, so that a copy of them is judged alike. */
function isAll({ offsets, named, indirect }: FoundRing): boolean {
  return named === undefined && indirect.size === 0 && !offsets.includes(undefined)
}

function verdictOn(image: SearchedImage, n: number): Verdict | undefined {
  try {
    return diagnose(decodeCapture(captureOfRing(image, n)))[0]?.verdicts[0]
  } catch (error) {
    if (!(error instanceof DumpError)) throw error
    return undefined
  }
}
