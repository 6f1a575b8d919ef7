// Rings at once, for programs that have nothing else to do meanwhile.

import type { Capture } from '../../capture/capture.ts'
import type { DeviceMoment } from '../../capture/moments.ts'
import type { OpenOptions } from '../../inputs/open-options.ts'
import { openInputNow } from './inputs.ts'

/** How an input is read, and who is told of what is wrong with it. */
export type LoadOptions = Pick<OpenOptions, 'pages' | 'readAs' | 'onError' | 'onNote'>

/**
 * The rings of an input, one at a time: a dump folder, a file of raw pages or a hexdump, or `-`. A ring.bin or ring-NNN.bin that is
 * named itself has the indirect pages and the XenStore text of its folder.
 */
export function* loadDumps(input: string, options: LoadOptions = {}): Generator<Capture> {
  yield* openInputNow({ name: input, place: 0 }, options).rings()
}

/** The moments of an input, one in memory at a time. A moment of which nothing can be read is left out. */
export function* loadMoments(input: string, options: LoadOptions = {}): Generator<DeviceMoment> {
  yield* openInputNow({ name: input, place: 0 }, options).moments()
}
