// Indirect pages that several requests of a ring name. A driver gives each request in flight pages of its own; a ring of 100 KiB that names
// one page again and again stands for two million segments.
import type { Finding } from './finding.ts'

/** Segments that are read from pages which an earlier request of the ring named as well: 32 whole pages, or 1024 requests of 32. */
export const MAX_SHARED_SEGMENTS = 2 ** 14

/**
 * Says of the pages of one ring which are read again. It is asked for each page that is at hand, in the order of the requests' indices,
 * oldest first, and of the references in a request: objects and columns have the same segments.
 */
export class SharedPages {
  readonly #read = new Set<number>()
  #left = MAX_SHARED_SEGMENTS
  #refused: { readonly where: Pick<Finding, 'slot' | 'offset'>; readonly what: string; more: number } | undefined

  /** @returns false where the segments of the page are not to be read again */
  allows(gref: number, segments: number): boolean {
    if (!this.#read.has(gref)) {
      this.#read.add(gref)
      return true
    }
    if (segments > this.#left) return false
    this.#left -= segments
    return true
  }

  /** Notes a request that is not read. @param what the reference that was not allowed */
  refuse(what: string, where: Pick<Finding, 'slot' | 'offset'>): void {
    if (this.#refused) this.#refused.more++
    else this.#refused = { what, where, more: 0 }
  }

  /** Of all requests that were refused, one. */
  finding(): Finding | undefined {
    if (!this.#refused) return undefined
    const { what, where, more } = this.#refused
    const whose = more === 0 ? 'the segments of the request are' : `the segments of the request and of ${more} more are`
    const message = `${what}, a page that was named before: ${whose} not read, being more than ${MAX_SHARED_SEGMENTS} in such pages`
    return { code: 'indirect-segments-unread', message, ...where }
  }
}
