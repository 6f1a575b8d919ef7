// Which way round words are read where neither the tool nor a text column says it: as bytes in their order, or as numbers.

import { beginsRing } from '../codec/recognise/header.ts'
import { guessAbi, shareWithCleared } from '../codec/recognise/score.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { fittingSegments } from './classify-pages.ts'
import type { WordOrder } from './formats.ts'

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

/** 0 where no ring begins; more where its slots read well. */
function ringScore(bytes: Uint8Array): number {
  if (!beginsRing(firstPage(bytes))) return 0
  return 1 + Math.max(...guessAbi(bytes).scores.map(shareWithCleared))
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
