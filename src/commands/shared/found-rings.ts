// `--ring N`: rings of memory images, taken before the commands that take dumps look at their inputs.

import type { Capture } from '../../capture/capture.ts'
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import { warn } from '../../terminal/failure.ts'
import { type ImageFlags, imageOptions } from './image-options.ts'

/** Of each input its ring of that number; undefined without --ring. */
export async function foundRings(
  inputs: readonly string[],
  flags: ImageFlags & { readonly ring?: number | undefined },
): Promise<ReadonlyMap<string, Capture> | undefined> {
  if (flags.ring === undefined) return undefined
  const { dumpOfRing, loadImage } = await import('../../node/read/image-dumps.ts')
  const found = new Map<string, Capture>()
  for (const input of new Set(inputs)) {
    const image = await loadImage(input, imageOptions(flags))
    if (image.problem && image.rings.length <= flags.ring) throw image.problem
    if (image.problem) warn(image.problem.message)
    else if (image.unread.bytes >= XEN_PAGE_SIZE || image.unread.more) {
      const { unreadWords } = await import('../find/words.ts')
      warn(`${input}: not read: ${unreadWords(image.unread)}`)
    }
    found.set(input, dumpOfRing(image, flags.ring))
  }
  return found
}
