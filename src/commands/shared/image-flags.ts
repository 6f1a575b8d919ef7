// What `find` and `--ring` take beside a memory image.
import * as Flags from '@oclif/core/flags'
import { numberFlag } from './number-flag.ts'

/** The largest size of an image in GiB: 2^53 is the last offset that is exact. */
const MAX_GIB = 2 ** 23

/** @param more what holds of all of them */
const beside = (more: { readonly helpGroup?: string; readonly dependsOn?: string[] }) => ({
  'grant-table': Flags.string({
    ...more,
    description: "the guest's grant-table frames, for images that do not hold them, or what xl debug-keys g prints of it",
    helpValue: 'FILE',
  }),
  xenstore: Flags.string({
    ...more,
    description: 'output of xenstore-ls: names devices, protocols and ring pages',
    helpValue: 'FILE',
  }),
  'first-frame': numberFlag({ ...more, description: 'frame number of the first page of raw memory', helpValue: 'N' }),
  limit: Flags.integer({
    ...more,
    min: 1,
    max: MAX_GIB,
    description: 'GiB to unpack or to read of a pipe at most (default: 16)',
    helpValue: 'GIB',
  }),
})

export const imageFlags = beside({})

const helpGroup = 'MEMORY IMAGE'

/** For commands that take dumps: with --ring an input is a memory image. */
export const ringFlags = {
  ring: numberFlag({
    helpGroup,
    description: 'INPUT is a memory image: take the ring of this number, as find counts them',
    helpValue: 'N',
  }),
  ...beside({ helpGroup, dependsOn: ['ring'] }),
}
