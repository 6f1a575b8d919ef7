// What `doctor` would say of each ring of an image, in its first words.
import { decodeCapture } from '../../capture/decode-capture.ts'
import { DumpError } from '../../capture/dump-error.ts'
import { captureOfRing, type SearchedImage } from '../../capture/image-ring.ts'
import { diagnose, type Verdict } from '../../doctor/index.ts'

/** The main verdict on each ring, by the image alone; undefined of a ring of which the indices are not there. */
export function verdictsOn(image: SearchedImage): (Verdict | undefined)[] {
  return image.rings.map((_, n) => {
    try {
      return diagnose(decodeCapture(captureOfRing(image, n)))[0]?.verdicts[0]
    } catch (error) {
      if (!(error instanceof DumpError)) throw error
      return undefined
    }
  })
}
