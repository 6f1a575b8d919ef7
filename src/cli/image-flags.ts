// What `find` and `--ring` take beside a memory image.
import * as Flags from '@oclif/core/flags'
import type { ImageOptions } from '../dump/image-dumps.ts'
import { numberFlag } from './number-flag.ts'

const GIB = 2 ** 30
/** Where 2^53 is the last offset that is exact. */
const MOST_GIB = 2 ** 23

const grantTable = { description: "the guest's grant-table frames, for images that do not hold them", helpValue: 'FILE' }
const xenstore = { description: 'output of xenstore-ls: names devices, protocols and ring pages', helpValue: 'FILE' }
const firstFrame = { description: 'frame number of the first page of raw memory', helpValue: 'N' }
const limit = { min: 1, max: MOST_GIB, description: 'GiB to unpack or to read of a pipe at most (default: 16)', helpValue: 'GIB' }

export const imageFlags = {
  'grant-table': Flags.string(grantTable),
  xenstore: Flags.string(xenstore),
  'first-frame': numberFlag(firstFrame),
  limit: Flags.integer(limit),
}

/** For commands that take dumps: with --ring an input is a memory image. */
export const ringFlags = {
  ring: numberFlag({ description: 'INPUT is a memory image: take the ring of this number, as find counts them', helpValue: 'N' }),
  'grant-table': Flags.string({ ...grantTable, dependsOn: ['ring'] }),
  xenstore: Flags.string({ ...xenstore, dependsOn: ['ring'] }),
  'first-frame': numberFlag({ ...firstFrame, dependsOn: ['ring'] }),
  limit: Flags.integer({ ...limit, dependsOn: ['ring'] }),
}

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
