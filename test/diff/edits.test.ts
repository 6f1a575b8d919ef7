// One field of a ring is edited: it is reported as exactly that field, at every level that should see it, and at no other.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { annotateHeader, annotateIndirectPage, annotateSlot, type RingRange } from '../../src/codec/ring/annotate-ring.ts'
import { isUndescribed } from '../../src/codec/ring/request.ts'
import type { RequestSlot, Slot } from '../../src/codec/ring/ring.ts'
import { readScalar } from '../../src/codec/struct/scalar.ts'
import { segmentsInPage } from '../../src/codec/xen/blkif.ts'
import type { SideRing } from '../../src/diff/index.ts'
import { diffOf, drivenRing, pathsOf, sideOf, sideOfRecipe } from './sides.ts'

/** A field that carries a value, in the ring or in an indirect page. */
interface Target extends RingRange {
  readonly page: number | undefined
  readonly slot: Slot | undefined
}

function targetsOf({ ring, indirectPages }: SideRing): Target[] {
  const { geometry, slots } = ring
  const fields = (ranges: readonly RingRange[], page: number | undefined, slot: Slot | undefined) =>
    ranges.filter(({ kind }) => kind === 'field').map((range) => ({ ...range, page, slot }))
  const header = fields(annotateHeader(geometry), undefined, undefined)
  const own = slots.flatMap((slot) => fields(annotateSlot(geometry, slot), undefined, slot))
  const pages = slots.flatMap((slot) => {
    if (slot.state !== 'request' || slot.request.kind !== 'indirect') return []
    const { indirect_grefs, nr_segments } = slot.request
    return indirect_grefs.flatMap((page, k) =>
      indirectPages.get(page)
        ? fields(
            annotateIndirectPage(geometry.abi, segmentsInPage(nr_segments, k), `ring[${slot.slot}].req.indirect_grefs[${k}]`),
            page,
            slot,
          )
        : [],
    )
  })
  return [...header, ...own, ...pages]
}

/** The same side with some bits of one field changed. */
function edited(side: SideRing, { page, offset, size }: Target, mask: number): SideRing {
  const bytes = side.bytes.slice()
  const pages = new Map([...(side.indirectPages as Map<number, Uint8Array>)].map(([gref, content]) => [gref, content.slice()]))
  const target = page === undefined ? bytes : pages.get(page)!
  let bits = mask
  for (let i = 0; i < size; i++, bits >>>= 8) target[offset + i]! ^= bits & 0xff
  return sideOf(bytes, side.ring.geometry.abi, pages)
}

function nameOf({ path }: Target): string {
  return path.slice(path.lastIndexOf('.') + 1).replace(/\[\d+\]/, '')
}

/** A random field of a random ring, and the bits to flip in it. */
const edit = fc
  .tuple(drivenRing, fc.nat(), fc.integer({ min: 1, max: 0xffff }), fc.boolean())
  .map(([recipe, n, mask, small]) => ({ recipe, n, mask: small ? mask & 0xf || 1 : mask }))

function applied({ recipe, n, mask }: { recipe: Parameters<typeof sideOfRecipe>[0]; n: number; mask: number }) {
  const a = sideOfRecipe(recipe)
  const targets = targetsOf(a)
  const target = targets[n % targets.length]!
  const bits = target.size === 1 ? mask & 0xff || 1 : mask
  return { a, target, b: edited(a, target, bits) }
}

test('level bytes: exactly that field', () => {
  fc.assert(
    fc.property(edit, (what) => {
      const { a, b, target } = applied(what)
      expect(pathsOf(diffOf(a, b, { level: 'bytes' }))).toEqual([target.path])
    }),
    { numRuns: 200 },
  )
})

test('level fields: exactly that field; producers move slots into and out of the window', () => {
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(edit, (what) => {
      const { a, b, target } = applied(what)
      const paths = pathsOf(diffOf(a, b, { level: 'fields' }))
      const name = nameOf(target)
      seen.set(name, (seen.get(name) ?? 0) + 1)
      if (name === 'req_prod' || name === 'rsp_prod') {
        expect(paths[0]).toBe(target.path)
        for (const path of paths.slice(1)) expect(path).toMatch(/\.state$/)
      } else expect(paths).toEqual([target.path])
    }),
    { numRuns: 300 },
  )
  for (const name of [
    'req_prod',
    'req_event',
    'id',
    'operation',
    'nr_segments',
    'handle',
    'sector_number',
    'gref',
    'first_sect',
    'last_sect',
    'status',
  ])
    expect(seen.get(name), name).toBeGreaterThan(0)
})

test('level io: exactly that field if it changes what is asked for, else nothing', () => {
  const seen = { visible: 0, invisible: 0, conflicts: 0 }
  fc.assert(
    fc.property(edit, (what) => {
      const { a, b, target } = applied(what)
      const name = nameOf(target)
      fc.pre(target.slot !== undefined)
      const diff = diffOf(a, b, { level: 'io' })
      // A count that wants a page which is not there: nobody can say, and nobody does, unless the count itself cannot be.
      if (diff.unknown.length > 0 && name !== 'operation') {
        const { slot, state } = target.slot!
        const impossible = state === 'request' && isUndescribed((b.ring.slots[slot] as RequestSlot).request)
        expect(pathsOf(diff)).toEqual(impossible ? [target.path] : [])
        return
      }
      const expected = asks(a, b, target)
      expect(pathsOf(diff)).toEqual(expected ? [target.path] : [])
      if (!expected) expect(diff.hunks).toEqual([])
      seen[expected ? (name === 'gref' || name === 'id' ? 'conflicts' : 'visible') : 'invisible']++
    }),
    { numRuns: 500 },
  )
  expect(seen.visible).toBeGreaterThan(50)
  expect(seen.invisible).toBeGreaterThan(100)
  expect(seen.conflicts).toBeGreaterThan(0)
})

/** By the plainest reading of the fields, whether the disk is asked for something else. */
function asks(a: SideRing, b: SideRing, target: Target): boolean {
  if (target.slot!.state !== 'request') return false
  const [x, y] = [a, b].map(({ ring }) => ring.slots[target.slot!.slot] as RequestSlot)
  const name = nameOf(target)
  switch (name) {
    case 'handle':
    case 'indirect_grefs':
      return false
    case 'id': {
      // Another request in flight has it.
      return b.ring.slots.some((s) => s.state === 'request' && s.slot !== y!.slot && s.request.id === y!.request.id)
    }
    case 'gref': {
      const [before, after] = [a, b].map(({ bytes, indirectPages }) => {
        const content = target.page === undefined ? bytes : indirectPages.get(target.page)!
        return readScalar('u32', content, target.offset) as number
      })
      return uses(a, before!) > 1 || uses(b, after!) > 1
    }
    case 'sector_number':
      return x!.request.kind !== 'rw' || x!.request.nr_segments > 0
    case 'flag':
      return x!.request.kind === 'discard' && y!.request.kind === 'discard' && (x!.request.flag & 1) !== (y!.request.flag & 1)
    default:
      return true
  }
}

function uses({ ring }: SideRing, gref: number): number {
  return ring.slots
    .flatMap((s) => (s.state === 'request' && 'segments' in s.request ? (s.request.segments ?? []) : []))
    .filter((segment) => segment.gref === gref).length
}
