// Memory images, of which --ring takes a ring.
import type { Capture } from '../../capture/capture.ts'
import { DumpError } from '../../capture/dump-error.ts'
import { MAX_RING } from '../../capture/raw-ring.ts'
import { isKnownImage } from '../../image/map-image.ts'
import type { Kind } from './kind.ts'

export const IMAGE: Kind = {
  looks: ({ head }) => isKnownImage(head),
  // More than a ring has may well be an image.
  inPages: (_, size) =>
    size > MAX_RING
      ? undefined
      : 'no more pages than a ring has; they begin like a memory image, in which blkring find looks for rings',
  open({ path }) {
    throw new DumpError(
      path,
      'a memory image',
      `blkring find ${path} lists its rings, and with --extract DIR writes a dump folder of each`,
    )
  },
  async openLater(found, options, { loadImage }) {
    const { ring } = options
    if (!loadImage || (!ring && !options.statements)) return IMAGE.open(found, options)
    const { captureOfRing } = await import('../../capture/image-ring.ts')
    const image = await loadImage(() => found.packed, ring?.options ?? options.image ?? {})
    if (image.problem && image.rings.length <= (ring?.number ?? 0)) throw image.problem
    await (ring?.onLoaded ?? options.onImage)?.(image)
    const numbers = ring ? [ring.number] : image.rings.keys()
    return { queues: [capturesOf(image, numbers, captureOfRing)] }
  },
}

/** One at a time: an image may have thousands. */
function* capturesOf<I>(image: I, numbers: Iterable<number>, captureOf: (image: I, n: number) => Capture): Generator<Capture> {
  for (const number of numbers) yield captureOf(image, number)
}
