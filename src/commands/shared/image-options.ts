// What the flags for memory images mean.
import type { ImageOptions } from '../../inputs/loaded-image.ts'

const GIB = 2 ** 30

/** What can be given beside an image. */
export const IMAGE_FLAGS = ['grant-table', 'xenstore', 'first-frame', 'limit'] as const satisfies readonly (keyof ImageFlags)[]

export interface ImageFlags {
  readonly 'grant-table'?: string | undefined
  readonly xenstore?: string | undefined
  readonly 'first-frame'?: number | undefined
  readonly limit?: number | undefined
}

export function imageOptions(flags: ImageFlags): ImageOptions {
  return {
    grantTable: flags['grant-table'],
    xenstore: flags.xenstore,
    firstFrame: flags['first-frame'],
    limit: flags.limit === undefined ? undefined : flags.limit * GIB,
  }
}
