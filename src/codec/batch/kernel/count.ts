// The counter of findings as machine code. Its sets of ids and grefs are tables in the batch's memory, as `RoundTable` is one outside.
import { hasIndirectForm, ownsGrants, ownsId } from '../../ring/faults.ts'
import type { RingGeometry } from '../../ring/geometry.ts'
import { block, loop, loopWhile, when } from '../../wasm/control.ts'
import { load, store } from '../../wasm/memory.ts'
import type { WasmModule } from '../../wasm/module.ts'
import { add, and, eq, ge, gt, lt, mul, narrow, ne, not, or, shl, shr, sub, xor } from '../../wasm/operators.ts'
import type { Body, I32, I64 } from '../../wasm/value.ts'
import { BLKIF_MAX_SEGMENTS_PER_REQUEST, MAX_INDIRECT_SEGMENTS } from '../../xen/blkif.ts'
import { opName } from '../../xen/operations.ts'
import { CERTAINTIES, REQUEST, RESPONSE } from '../batch.ts'
import { type BatchPlan, type Set64, TABLE_ENTRY } from '../columns.ts'
import type { KINDS } from '../kinds.ts'
import { byKind, Cursor, isOneOf } from './cursor.ts'

/** Spreads neighbouring numbers, as `RoundTable` does. */
const SPREAD = 0x9e37_79b1
/** Of an entry of a set: its key, the row that it was added by, and the round that it was added in. */
const [KEY, ROW, ROUND] = [0, 8, 12]

/**
 * Adds `count(ring, oldest, inPage, round)`: how many findings the rows of a ring have, whose oldest is `oldest`. `inPage` is `sectorsPerPage`,
 * `round` a number that no call had since the sets were 0.
 */
export function addCounter(module: WasmModule, geometry: RingGeometry, plan: BatchPlan): void {
  const f = module.func('count', ['i32', 'i32', 'i32', 'i32'], 'i32')
  const [ring, oldest, inPage, round] = f.params
  const c = new Cursor(f, geometry, plan)
  const [start, end, left, count, holds] = [f.local(), f.local(), f.local(), f.local(), f.local()]
  const [seg, segEnd, first, last] = [f.local(), f.local(), f.local(), f.local()]
  const [fault, shared, gref] = [f.local(), f.local(), f.local()]
  const [at, id] = [f.local(), f.local('i64')]

  /** Adds a key to a set. @param has is done where it was there, its entry being at `at` from the set's address */
  function addTo({ address, places }: Set64, key: I32 | I64, has: Body): Body {
    const [low, type] = key.type === 'i32' ? [key as I32, 'u32' as const] : [narrow(key as I64), 'u64' as const]
    const high = key.type === 'i32' ? 0 : narrow(shr(key as I64, 32n))
    const hash = shr(mul(xor(low, mul(high, SPREAD)), SPREAD), 7)
    const enter = [
      store(type, at, address + KEY, key),
      store('u32', at, address + ROW, c.row),
      store('u32', at, address + ROUND, round),
    ]
    return [
      at.set(mul(and(hash, places - 1), TABLE_ENTRY)),
      block((done) =>
        loop((again) => [
          when(ne(load('u32', at, address + ROUND), round), [enter, done.go]),
          when(eq(load(type, at, address + KEY) as I32, key as I32), [has, done.go]),
          at.set(and(add(at, TABLE_ENTRY), places * TABLE_ENTRY - 1)),
          again.go,
        ]),
      ),
    ]
  }

  function direct(): Body {
    const otherRow = ne(load('u32', at, plan.grefs.address + ROW), c.row)
    return [
      holds.set(isOneOf(c.get('certainty') as I32, (n) => CERTAINTIES[n] !== undefined && ownsGrants(CERTAINTIES[n]))),
      seg.set(c.get('segStart') as I32),
      segEnd.set(add(seg, c.get('segCount') as I32)),
      fault.set(0),
      shared.set(0),
      loopWhile(lt(seg, segEnd), [
        first.set(load('u8', seg, plan.address.first_sect)),
        last.set(load('u8', seg, plan.address.last_sect)),
        fault.set(or(fault, or(ge(last, inPage), gt(first, last)))),
        when(holds, [
          gref.set(load('u32', shl(seg, 2), plan.address.gref)),
          addTo(plan.grefs, gref, shared.set(or(shared, otherRow))),
        ]),
        seg.add(1),
      ]),
      count.add(add(fault, shared)),
      count.add(gt(c.get('nr_segments') as I32, BLKIF_MAX_SEGMENTS_PER_REQUEST)),
    ]
  }

  const indirect = (): Body => [
    count.add(not(isOneOf(c.get('indirect_op') as I32, hasIndirectForm))),
    count.add(gt(c.get('nr_segments') as I32, MAX_INDIRECT_SEGMENTS)),
    // No page of any is at hand.
    count.add(c.get('wordCount') as I32),
  ]

  const isUnknown = not(isOneOf(c.get('operation') as I32, (op) => opName(op) !== 'unknown'))
  const ofKind: Readonly<Record<(typeof KINDS)[number], Body>> = { rw: direct(), discard: [], indirect: indirect(), other: [] }
  const ownsItsId = isOneOf(c.get('certainty') as I32, (n) => CERTAINTIES[n] !== undefined && ownsId(CERTAINTIES[n]))
  const request = [
    byKind(c.get('operation') as I32, (kind) => ofKind[kind]),
    when(ownsItsId, [id.set(c.get('id') as I64), addTo(plan.ids, id, count.add(1))]),
  ]
  f.define(
    [
      start.set(c.ofRing('rowsAt', ring)),
      end.set(c.ofRing('rowsAt', ring, 1)),
      left.set(sub(end, start)),
      c.moveTo(oldest),
      loopWhile(left, [
        // In the order of the indices: which of two requests is the later decides who has the finding.
        when(eq(c.row, end), c.moveTo(start)),
        when(
          isOneOf(c.get('state') as I32, (state) => state === REQUEST || state === RESPONSE),
          count.add(isUnknown),
        ),
        when(eq(c.get('state') as I32, REQUEST), request),
        c.nextRow(),
        left.add(-1),
      ]),
    ],
    count,
  )
}
