// Whether requests that look like halves are: what a ring tells of it, and when it tells nothing.
import type { PageSize } from '../../blkfront/index.ts'
import type { Ring } from '../../codec/ring/ring.ts'
import { SECTORS_PER_XEN_PAGE } from '../../codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import type { RingIo } from './ring-io.ts'

/** Only of such pages is one more than a slot holds. */
export const LARGEST_PAGE: PageSize = 65536

/**
 * `two-slots`: a driver of 64 KiB pages sent them. `either`: that, or a driver of 4 KiB pages that cut I/O to 11 segments and the rest.
 * Undefined: there are no pairs, or such a driver cannot have sent the ring.
 */
export type PairsTell = 'two-slots' | 'either' | undefined

/** What a user says himself, before any evidence. */
interface AskedPages {
  readonly page_size?: number | undefined
  readonly max_indirect_segments?: number | undefined
}

/**
 * What pairs of requests that look like halves tell. A driver of 64 KiB pages has no more in flight than half the slots, each request lies
 * in one page, and none is indirect. Only where the first half begins inside a grant does it cover fewer than the 88 sectors behind which the
 * second starts: a request of its own would start where the other ends. Halves that are full are just what a driver of 4 KiB pages makes
 * of 64 KiB: 44 and 20.
 * @param whole the ring's I/O with its halves joined (`joinHalves`)
 * @param mayHaveLargePages the guest is not known to be of x86, which has pages of 4 KiB alone
 */
export function tellOfPairs(
  whole: readonly RingIo[],
  { geometry, slots }: Ring,
  mayHaveLargePages: boolean,
  { page_size, max_indirect_segments }: AskedPages = {},
): PairsTell {
  if ((page_size ?? (mayHaveLargePages ? LARGEST_PAGE : XEN_PAGE_SIZE)) !== LARGEST_PAGE || (max_indirect_segments ?? 0) > 0)
    return undefined
  const pairs = whole.filter(({ carriedAs }) => carriedAs === 'two-slots')
  if (pairs.length === 0 || whole.length > geometry.nr_ents / 2 || !whole.every(({ pieces }) => isOfOnePage(pieces)))
    return undefined
  // Also those whose segments are not in the input, which are not among the I/O.
  if (slots.some((slot) => slot.state === 'request' && slot.request.kind === 'indirect')) return undefined
  return page_size !== undefined || pairs.some(({ pieces }) => pieces[0]!.first_sect > 0) ? 'two-slots' : 'either'
}

function isOfOnePage(pieces: RingIo['pieces']): boolean {
  const last = pieces.length - 1
  return (
    pieces.length <= LARGEST_PAGE / XEN_PAGE_SIZE &&
    pieces.every(
      ({ first_sect, sectors }, i) =>
        (i === 0 || first_sect === 0) && (i === last || first_sect + sectors === SECTORS_PER_XEN_PAGE),
    )
  )
}
