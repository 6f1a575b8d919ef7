// Pages of a ring that were laid end to end in the wrong order: slots lie across the ends of pages, and then read badly.
import { scoreAbi, shareWithCleared } from '../../codec/recognise/score.ts'
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import type { Found, Rule } from '../rule.ts'
import type { RingSubject } from '../subject.ts'

/** Slots that read badly before other orders are tried: each try costs about as much as decoding does. */
const MIN_BAD_SLOTS = 3
/** Of a ring with two pages exchanged the others read well: below this share it is something else. */
const REST_READS = 0.3
/** Another order must read this much better, as a share of the slots. */
const MIN_GAIN = 0.2

/** Every exchange of two pages of a small ring, of a larger one those of neighbours. Page 0 has the indices: it is known. */
function exchanges(pages: number): (readonly [number, number])[] {
  const farthest = pages <= 4 ? pages : 1
  const firsts = Array.from({ length: pages - 1 }, (_, i) => i + 1)
  return firsts.flatMap((a) => firsts.filter((b) => b > a && b - a <= farthest).map((b) => [a, b] as const))
}

function exchanged(bytes: Uint8Array, a: number, b: number): Uint8Array {
  const pageAt = (page: number) => bytes.subarray(page * XEN_PAGE_SIZE, (page + 1) * XEN_PAGE_SIZE)
  const other = Uint8Array.from(bytes)
  other.set(pageAt(b), a * XEN_PAGE_SIZE)
  other.set(pageAt(a), b * XEN_PAGE_SIZE)
  return other
}

function wrongOrder({ ring, bytes, requests }: RingSubject): Found[] {
  const { abi, pages } = ring.geometry
  const bad = new Set(ring.findings.flatMap(({ slot }) => slot ?? []))
  for (const { slot, request } of requests)
    if (request.kind === 'rw' && request.nr_segments === 0 && request.op !== 'flush') bad.add(slot)
  if (pages < 3 || ring.indices !== 'possible' || ring.missing.spans.length > 0 || bad.size < MIN_BAD_SLOTS) return []
  const own = shareWithCleared(scoreAbi(bytes, abi))
  if (own < REST_READS) return []
  let best: { readonly share: number; readonly pair: readonly [number, number] } | undefined
  for (const pair of exchanges(pages)) {
    const share = shareWithCleared(scoreAbi(exchanged(bytes, ...pair), abi))
    if (share - own >= MIN_GAIN && share > (best?.share ?? 0)) best = { share, pair }
  }
  if (!best) return []
  const percent = (share: number) => `${Math.round(share * 100)}%`
  const message = `with pages ${best.pair.join(' and ')} exchanged, ${percent(best.share)} of the slots read well; as it is, ${percent(own)}`
  return [{ message, offset: best.pair[0] * XEN_PAGE_SIZE }]
}

export const PAGE_ORDER_RULES: readonly Rule[] = [
  {
    id: 'page-order-wrong',
    severity: 'warning',
    summary: 'The pages of the ring read clearly better in another order.',
    source: 'xen/include/public/io/blkif.h, ring-ref%u: pages in the order of their numbers',
    explain: {
      means: 'Slots lie across the ends of pages. Laid end to end in another order, more of them make sense.',
      why: 'Most of what is said of the slots of these pages is about nothing.',
      todo: 'Capture again, or lay the pages together in ring-ref order.',
    },
    ring: wrongOrder,
  },
]
