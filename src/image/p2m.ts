// The p2m of a PV guest, which lies in its own memory: the frame that grants name for each frame as the guest counts them.

/** All ones mark a page that is none, and the highest bits what is foreign or no memory: no frame number is as large. */
const LIMIT = 2 ** 52

export class P2m {
  /** By the guest's own frame number; NaN where there is no page. */
  readonly #gmfns: Float64Array

  /** @param pages of the table, in order; undefined for one that is not at hand @param width bytes of an entry */
  constructor(pages: readonly (Uint8Array | undefined)[], width: 4 | 8, pageSize: number) {
    const entries = pageSize / width
    this.#gmfns = new Float64Array(pages.length * entries).fill(Number.NaN)
    for (const [n, page] of pages.entries()) {
      if (!page) continue
      const words = new DataView(page.buffer, page.byteOffset, page.byteLength)
      for (let i = 0; i < entries; i++) {
        const low = words.getUint32(i * width, true)
        const gmfn = width === 4 ? (low === 2 ** 32 - 1 ? LIMIT : low) : words.getUint32(i * width + 4, true) * 2 ** 32 + low
        if (gmfn < LIMIT) this.#gmfns[n * entries + i] = gmfn
      }
    }
  }

  /** The frame that grants name; undefined of a page that is none. */
  gmfnOf(pfn: number): number | undefined {
    const gmfn = this.#gmfns[pfn]
    return gmfn === undefined || Number.isNaN(gmfn) ? undefined : gmfn
  }

  /** The guest's own numbers of frames that grants name: one pass over the table. */
  pfnsOf(gmfns: ReadonlySet<number>): Map<number, number> {
    const pfns = new Map<number, number>()
    for (const [pfn, gmfn] of this.#gmfns.entries()) if (gmfns.has(gmfn) && !pfns.has(gmfn)) pfns.set(gmfn, pfn)
    return pfns
  }
}
