// The batch writer as machine code: the inverse of the reader, from the same table.
import type { RingGeometry } from '../../ring/geometry.ts'
import { fieldCode } from '../../struct/compile.ts'
import { loopWhile, when } from '../../wasm/control.ts'
import { fillBytes, load, store } from '../../wasm/memory.ts'
import type { WasmModule } from '../../wasm/module.ts'
import { add, eq, lt, mul, select } from '../../wasm/operators.ts'
import type { Body, I32 } from '../../wasm/value.ts'
import { BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST, BLKIF_MAX_SEGMENTS_PER_REQUEST } from '../../xen/blkif.ts'
import { sringHeader } from '../../xen/ring.ts'
import { CLEARED, REQUEST, RESPONSE } from '../batch.ts'
import type { BatchPlan } from '../columns.ts'
import { ROW_SHAPES, type RowPart, type ShapeName } from '../row-parts.ts'
import { byKind, Cursor, INDICES } from './cursor.ts'

const WORD = 4

/** Adds `write(at, rings)`: lays the columns of so many rings over what is at an address. */
export function addWriter(module: WasmModule, geometry: RingGeometry, plan: BatchPlan): void {
  const { bytes, slotsAt, stride, abi } = geometry
  const f = module.func('write', ['i32', 'i32'])
  const [page, rings] = f.params
  const c = new Cursor(f, geometry, plan)
  const [ring, rows, at, end, count] = [f.local(), f.local(), f.local(), f.local(), f.local()]

  function part(part: RowPart): Body {
    if (typeof part === 'object') return c.columnsToFields(part)
    switch (part) {
      case 'segments':
        return segments()
      case 'indirect_grefs':
        return words(c.grefs, BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST)
      case 'whole slot':
        return words(0, stride / WORD)
      case 'zeros':
        return fillBytes(c.slot, 0, stride)
    }
  }

  /** No more than a slot holds: a request over several slots has more, which lie in slots without rows. */
  const atMost = (column: 'segCount' | 'wordCount', most: number): Body => [
    count.set(c.get(column) as I32),
    count.set(select(lt(count, most), count, most)),
  ]

  function segments(): Body {
    return [
      c.seg.set(c.get('segStart') as I32),
      c.seg4.set(mul(c.seg, WORD)),
      atMost('segCount', BLKIF_MAX_SEGMENTS_PER_REQUEST),
      at.set(c.slot),
      end.set(add(c.slot, mul(count, c.segmentSize))),
      loopWhile(lt(at, end), [c.segmentToWire(at), c.moveSegments(1), at.add(c.segmentSize)]),
    ]
  }

  function words(to: number, most: number): Body {
    return [
      c.word4.set(mul(c.get('wordStart') as I32, WORD)),
      atMost('wordCount', most),
      at.set(c.slot),
      end.set(add(c.slot, mul(count, WORD))),
      loopWhile(lt(at, end), [store('u32', at, to, load('u32', c.word4, plan.address.words)), c.word4.add(WORD), at.add(WORD)]),
    ]
  }

  const row = (name: ShapeName): Body => ROW_SHAPES[name].parts.map(part)
  const request = byKind(c.get('operation') as I32, row)
  /** Requests first: most are. Of an unknown slot nothing is written. */
  const state = c.get('state') as I32
  const slot = when(
    eq(state, REQUEST),
    request,
    when(eq(state, RESPONSE), row('response'), when(eq(state, CLEARED), row('cleared'))),
  )
  f.define([
    loopWhile(lt(ring, rings), [
      INDICES.map((name) => fieldCode(sringHeader, abi, name).store(page, c.ofRing(name, ring))),
      rows.set(c.ofRing('rowsAt', ring, 1)),
      loopWhile(lt(c.row, rows), [c.slot.set(add(add(page, slotsAt), mul(c.get('slot') as I32, stride))), slot, c.nextRow()]),
      page.add(bytes),
      ring.add(1),
    ]),
  ])
}
