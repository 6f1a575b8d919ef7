// What `find` and `--ring` take beside a memory image.
import * as Flags from '@oclif/core/flags'
import { numberFlag } from './number-flag.ts'

/** The largest size of an image in GiB: 2^53 is the last offset that is exact. */
const MAX_GIB = 2 ** 23

const grantTable = { description: "the guest's grant-table frames, for images that do not hold them", helpValue: 'FILE' }
const xenstore = { description: 'output of xenstore-ls: names devices, protocols and ring pages', helpValue: 'FILE' }
const firstFrame = { description: 'frame number of the first page of raw memory', helpValue: 'N' }
const limit = { min: 1, max: MAX_GIB, description: 'GiB to unpack or to read of a pipe at most (default: 16)', helpValue: 'GIB' }

export const imageFlags = {
  'grant-table': Flags.string(grantTable),
  xenstore: Flags.string(xenstore),
  'first-frame': numberFlag(firstFrame),
  limit: Flags.integer(limit),
}

const group = { helpGroup: 'MEMORY IMAGE' }

/** For commands that take dumps: with --ring an input is a memory image. */
export const ringFlags = {
  ring: numberFlag({
    ...group,
    description: 'INPUT is a memory image: take the ring of this number, as find counts them',
    helpValue: 'N',
  }),
  'grant-table': Flags.string({ ...grantTable, ...group, dependsOn: ['ring'] }),
  xenstore: Flags.string({ ...xenstore, ...group, dependsOn: ['ring'] }),
  'first-frame': numberFlag({ ...firstFrame, ...group, dependsOn: ['ring'] }),
  limit: Flags.integer({ ...limit, ...group, dependsOn: ['ring'] }),
}
