// Raw pages: one ring, or with --pages one ring after another.

import { pagesByXenstore } from '../../../capture/beside.ts'
import { MAX_RING } from '../../../capture/raw-ring.ts'
import { dumpsOf } from '../dumps-of.ts'
import { readRings } from '../raw-pages.ts'
import type { Kind } from './kind.ts'

/** What everything is that is nothing else. */
export const RAW_PAGES: Kind = {
  ahead: MAX_RING + 1,
  looks: ({ isFolder }) => !isFolder,
  open(found, options) {
    const { source, around } = found
    const rings = readRings(source, options.pages, (ring) => pagesByXenstore(around, ring))
    return { queues: [dumpsOf(found, rings, options.pages !== undefined, options)] }
  },
}
