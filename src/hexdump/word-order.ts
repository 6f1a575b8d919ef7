// Which way round words are read where neither the tool nor a text column says it: as bytes in their order, or as numbers.

import { headerMarks } from '../codec/recognise/header.ts'
import { guessAbi, shareWithCleared } from '../codec/recognise/score.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { fittingSegments } from './classify-pages.ts'
import type { WordOrder } from './formats.ts'

/** Zeros of the 48 bytes of padding behind a ring's indices. */
const MIN_PADDING = 36
/** What an event of its producer + 1 counts, and slots that all read well: words of 8 bytes the wrong way round exchange event and producer. */
const EXACT = 2
const SLOTS = 10
/** A larger ring is not needed to tell. */
const MAX_PAGES = 16

/**
 * The way round in which the bytes read better, as a ring or as the segments of an indirect page.
 * @param read the bytes from the beginning of a page on, by the way round
 * @returns undefined where both read as well
 */
export function orderOfContent(read: (order: WordOrder) => Uint8Array): WordOrder | undefined {
  const [memory, little] = [wholePages(read('memory')), wholePages(read('little'))]
  if (memory.length === 0) return undefined
  const score = ringScore(memory) - ringScore(little) || fittingSegments(firstPage(memory)) - fittingSegments(firstPage(little))
  return score === 0 ? undefined : score > 0 ? 'memory' : 'little'
}

/**
 * How well the bytes read as a ring, or as one that is damaged: what of its indices can be, and how well its slots read, where
 * the padding is a ring's but for a few bytes; and events just past their producers, which are no chance.
 */
function ringScore(bytes: Uint8Array): number {
  const { padding, possible, exact } = headerMarks(firstPage(bytes))
  if (padding < MIN_PADDING) return EXACT * exact
  return possible + EXACT * exact + SLOTS * Math.max(...guessAbi(bytes).scores.map(shareWithCleared))
}

function firstPage(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, XEN_PAGE_SIZE)
}

/** As many pages as a ring can have, the last filled up with zeros. */
function wholePages(bytes: Uint8Array): Uint8Array {
  const pages = Math.min(MAX_PAGES, Math.ceil(bytes.length / XEN_PAGE_SIZE))
  const count = pages === 0 ? 0 : 2 ** Math.floor(Math.log2(pages))
  const whole = new Uint8Array(count * XEN_PAGE_SIZE)
  whole.set(bytes.subarray(0, whole.length))
  return whole
}

/** Most numbers of a ring are small: written as numbers, they begin with zeros; as bytes in their order, they end with them. */
export function orderOfZeros(bodies: readonly string[]): WordOrder | undefined {
  let leading = 0
  for (const body of bodies)
    for (const [word] of body.matchAll(/[^ \t]+/g)) leading += Number(word.startsWith('00')) - Number(word.endsWith('00'))
  return leading === 0 ? undefined : leading > 0 ? 'little' : 'memory'
}
