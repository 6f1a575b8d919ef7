// Indirect pages: missing, short, named twice, naming themselves.
import type { BlkifRequestIndirect } from '../../codec/xen/blkif.ts'
import type { Random } from '../../scenario/file/index.ts'
import type { Draft } from '../draft.ts'
import type { FieldPlace } from '../source.ts'
import type { Operator } from './operator.ts'
import { pickOne } from './pick.ts'

type Gref = BlkifRequestIndirect['indirect_grefs'][number]

/** A reference in use of an indirect request. */
function referenceOf(draft: Draft, random: Random): FieldPlace | undefined {
  return pickOne(
    draft.source.requests.flatMap(({ places }) => places.get('indirect_grefs') ?? []),
    random,
  )
}

/** A reference whose page is at hand. */
function pageAtHand(draft: Draft, random: Random): { readonly path: string; readonly gref: Gref } | undefined {
  const place = referenceOf(draft, random)
  const gref = place && (draft.get(place) as Gref)
  return gref !== undefined && draft.source.pages.has(gref) && !draft.pages.has(gref) ? { path: place!.path, gref } : undefined
}

export const PAGE_OPERATORS: readonly Operator[] = [
  {
    name: 'page-aliased',
    about: 'a request names an indirect page that it, or another, names already',
    weight: 1,
    apply(draft, random) {
      const [to, from] = [referenceOf(draft, random), referenceOf(draft, random)]
      return to !== undefined && from !== undefined && draft.set(to, draft.get(from))
    },
  },
  {
    name: 'page-of-data',
    about: 'a request names a page of data, of its own or of another, as an indirect page',
    weight: 1,
    apply(draft, random) {
      const [to, from] = [referenceOf(draft, random), pickOne(draft.source.fields.get('gref') ?? [], random)]
      return to !== undefined && from !== undefined && draft.set(to, draft.get(from))
    },
  },
  {
    name: 'page-missing',
    about: 'an indirect page is not there, or a reference names none',
    weight: 1,
    apply(draft, random) {
      const page = pageAtHand(draft, random)
      if (page) draft.setPage(page.gref, undefined, page.path, 'none')
      const place = page ? undefined : referenceOf(draft, random)
      return page !== undefined || (place !== undefined && draft.set(place, draft.source.freeGref + random.below(100)))
    },
  },
  {
    name: 'page-short',
    about: 'an indirect page ends early',
    weight: 1,
    apply(draft, random) {
      const page = pageAtHand(draft, random)
      if (!page) return false
      const bytes = draft.source.pages.get(page.gref)!
      const length = random.below(bytes.length)
      draft.setPage(page.gref, bytes.slice(0, length), page.path, `its first ${length} bytes`)
      return true
    },
  },
  {
    name: 'page-names-itself',
    about: 'a segment of an indirect page names that page',
    weight: 1,
    apply(draft, random) {
      const place = pickOne(
        (draft.source.fields.get('gref') ?? []).filter(({ page }) => page !== undefined),
        random,
      )
      return place !== undefined && draft.set(place, place.page!)
    },
  },
]
