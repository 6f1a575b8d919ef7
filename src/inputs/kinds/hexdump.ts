// Texts with hexdumps in them: of one ring or several, and of the pages that their requests name.

import { pagesByXenstore } from '../../capture/beside.ts'
import { dumpsOf } from '../dumps-of.ts'
import { MAX_TEXT } from '../sizes.ts'
import { readText } from '../text-rings.ts'
import type { Kind } from './kind.ts'

/** What is said of whole pages that read like a text. */
export const LIKE_TEXT = "whole pages, which are a ring's; they read like text, and --text reads them as such"

export const HEXDUMP: Kind = {
  isText: true,
  ahead: MAX_TEXT + 1,
  looks: ({ encoding }) => encoding !== undefined,
  inPages: () => LIKE_TEXT,
  open(found, options) {
    const pages = options.pages ?? pagesByXenstore(found.around)
    const { rings, said, inWords } = readText(found.source, found.encoding ?? 'utf-8', { ...options, pages })
    return {
      queues: rings.length > 0 ? [dumpsOf(found, rings, rings.length > 1, options)] : [],
      said,
      ...(inWords?.testimonies.length ? { inWords: () => ({ path: found.path, ...inWords }) } : {}),
    }
  },
}
