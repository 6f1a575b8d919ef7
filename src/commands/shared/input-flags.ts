// What the inputs are, whatever they look like, and how they are read.
import * as Flags from '@oclif/core/flags'
import type { OpenOptions, RingOfImage } from '../../node/read/kinds/kind.ts'
import { type ImageFlags, imageOptions } from './image-options.ts'

export const readAsFlags = {
  raw: Flags.boolean({ description: 'read the input as raw pages, whatever it looks like', exclusive: ['text'] }),
  text: Flags.boolean({ description: 'read the input as text, whatever it looks like: whole pages are never text without it' }),
}

/** How inputs are read, as far as flags say it. */
export type InputOptions = Pick<OpenOptions, 'pages' | 'readAs' | 'ring'>

interface InputFlags extends ImageFlags {
  readonly pages?: number | undefined
  readonly raw: boolean
  readonly text: boolean
  readonly ring?: number | undefined
}

/** @param more of memory images: whether the inputs can be dumps as well */
export function inputOptions(flags: InputFlags, more: Pick<RingOfImage, 'sparesDumps'> = {}): InputOptions {
  const { pages, raw, text, ring } = flags
  return {
    pages,
    readAs: raw ? 'raw' : text ? 'text' : undefined,
    ring: ring === undefined ? undefined : { number: ring, options: imageOptions(flags), ...more },
  }
}
