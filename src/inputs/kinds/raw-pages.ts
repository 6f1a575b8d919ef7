// Raw pages: one ring, or with --pages one ring after another.

import { pagesByXenstore } from '../../capture/beside.ts'
import { DumpError } from '../../capture/dump-error.ts'
import { MAX_RING, MIN_RING_BYTES } from '../../capture/raw-ring.ts'
import { beginsRing } from '../../codec/recognise/header.ts'
import { dumpsOf } from '../dumps-of.ts'
import { readRings } from '../raw-pages.ts'
import type { Kind } from './kind.ts'

/** What everything is that is nothing else. */
export const RAW_PAGES: Kind = {
  ahead: MAX_RING + 1,
  looks: ({ isFolder }) => !isFolder,
  open(found, options) {
    const { source, around } = found
    if (options.mustBegin && (found.head.length < MIN_RING_BYTES || !beginsRing(found.head)))
      throw new DumpError(found.path, 'no text, no memory image, and no ring')
    const rings = readRings(source, options.pages, (ring) => pagesByXenstore(around, ring))
    return { queues: [dumpsOf(found, rings, options.pages !== undefined, options)] }
  },
}
