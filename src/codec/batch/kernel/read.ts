// The batch reader as machine code: made for one geometry and one place in memory, from the table of rows.

import type { RingGeometry } from '../../ring/geometry.ts'
import {
  advanceCode,
  distanceCode,
  inWindowCode,
  isFirstLapCode,
  producersPossibleCode,
  slotOfCode,
} from '../../ring/ring-idx-code.ts'
import { fieldCode } from '../../struct/compile.ts'
import { offsetsOf } from '../../struct/layout.ts'
import { block, loopWhile, when } from '../../wasm/control.ts'
import { load, store } from '../../wasm/memory.ts'
import type { WasmModule } from '../../wasm/module.ts'
import { add, eq, ge, lt, mul, not, or, select, shr, sub, wide } from '../../wasm/operators.ts'
import type { Body, Effect, I32, I64 } from '../../wasm/value.ts'
import {
  BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST,
  BLKIF_MAX_SEGMENTS_PER_REQUEST,
  blkifRequest,
  blkifRequestIndirect,
  SEGS_PER_INDIRECT_PAGE,
} from '../../xen/blkif.ts'
import { sringHeader } from '../../xen/ring.ts'
import { CLEARED, REQUEST, RESPONSE, UNRESOLVED } from '../batch.ts'
import type { BatchPlan } from '../columns.ts'
import { ROW_SHAPES, type RowPart, type RowShape, type ShapeName } from '../row-parts.ts'
import { byKind, Cursor, INDICES } from './cursor.ts'

const WORD = 4

/** Adds `read(at, rings)`: so many rings at an address, into the columns; returns how many segments they have. */
export function addReader(module: WasmModule, geometry: RingGeometry, plan: BatchPlan): void {
  const { nr_ents, bytes, slotsAt, stride, abi } = geometry
  const f = module.func('read', ['i32', 'i32'], 'i32')
  const [page, rings] = f.params
  const c = new Cursor(f, geometry, plan)
  const [ring, n, used, oldest, index, possible] = [f.local(), f.local(), f.local(), f.local(), f.local(), f.local()]
  const [count, at, end, sum, first, last] = [f.local(), f.local(), f.local(), f.local(), f.local(), f.local()]
  const indices = { req_prod: f.local(), req_event: f.local(), rsp_prod: f.local(), rsp_event: f.local() }
  const { req_prod, rsp_prod } = indices

  /** `segCount` and `wordCount`: the count that is not a literal is left in `count`. */
  function counts({ segments, words }: RowShape): Body {
    const atMost = (value: I32, most: number) => [count.set(value), count.set(select(lt(count, most), count, most))]
    const body: Body[] = []
    if (segments === 'in use') body.push(atMost(c.field(blkifRequest, 'nr_segments') as I32, BLKIF_MAX_SEGMENTS_PER_REQUEST))
    if (words === 'pages in use') {
      const nr = c.field(blkifRequestIndirect, 'nr_segments') as I32
      const pages = shr(add(nr, SEGS_PER_INDIRECT_PAGE - 1), Math.log2(SEGS_PER_INDIRECT_PAGE))
      body.push(atMost(pages, BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST))
    }
    const segCount = { none: 0, all: BLKIF_MAX_SEGMENTS_PER_REQUEST, 'in use': count, unresolved: select(count, UNRESOLVED, 0) }
    const wordCount = {
      none: 0,
      'pages in use': count,
      'all grefs': BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST,
      'whole slot': stride / WORD,
    }
    return [body, c.set('segCount', segCount[segments]), c.set('wordCount', wordCount[words])]
  }

  function part(part: RowPart, { segments, words }: RowShape): Body {
    if (typeof part === 'object') return c.fieldsToColumns(part)
    switch (part) {
      case 'segments':
        return segments === 'in use' ? segmentsInUse() : allSegments()
      case 'indirect_grefs':
        return words === 'pages in use' ? grefsInUse() : copyWords(c.grefs, BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST)
      case 'whole slot':
        return copyWords(0, stride / WORD)
      case 'zeros':
        return []
    }
  }

  function segmentsInUse(): Body {
    return [
      sum.set(0),
      at.set(c.slot),
      end.set(add(c.slot, mul(count, c.segmentSize))),
      loopWhile(lt(at, end), [
        c.setSegment('gref', c.segmentField('gref', at)),
        c.setSegment('first_sect', first.tee(c.segmentField('first_sect', at))),
        c.setSegment('last_sect', last.tee(c.segmentField('last_sect', at))),
        sum.add(select(ge(last, first), add(sub(last, first), 1), 0)),
        c.moveSegments(1),
        at.add(c.segmentSize),
      ]),
      c.set('nr_sectors', wide(sum)),
    ]
  }

  function allSegments(): Body {
    const most = BLKIF_MAX_SEGMENTS_PER_REQUEST
    return [Array.from({ length: most }, (_, i) => c.segmentToPool(c.slot, i)), c.moveSegments(most)]
  }

  function grefsInUse(): Body {
    return [
      c.set('nr_sectors', 0n),
      at.set(c.slot),
      end.set(add(c.slot, mul(count, WORD))),
      loopWhile(lt(at, end), [
        store('u32', c.word4, plan.address.words, load('u32', at, c.grefs)),
        c.word4.add(WORD),
        at.add(WORD),
      ]),
    ]
  }

  /** Two at a time, as long as there are two. */
  function copyWords(from: number, words: number): Body {
    const to = plan.address.words
    const copies: Effect[] = []
    let word = 0
    for (; word + 2 <= words; word += 2)
      copies.push(store('u64', c.word4, to + word * WORD, load('u64', c.slot, from + word * WORD)))
    if (word < words) copies.push(store('u32', c.word4, to + word * WORD, load('u32', c.slot, from + word * WORD)))
    return [copies, c.word4.add(words * WORD)]
  }

  function row(name: ShapeName): Body {
    const shape = ROW_SHAPES[name]
    return [counts(shape), shape.parts.map((each) => part(each, shape))]
  }

  /** As `readsAsCleared`: all is 0 but the id, perhaps, which then is the slot's number. */
  function readsAsCleared(): I32 {
    const { id } = offsetsOf(blkifRequest, abi)
    const { scalar } = fieldCode(blkifRequest, abi, 'id')
    const own = c.field(blkifRequest, 'id') as I64
    const others = Array.from({ length: stride / WORD }, (_, i) => i * WORD).filter((o) => o < id || o >= id + SIZE[scalar])
    const rest = others.map((offset): I32 => load('u32', c.slot, offset)).reduce((all, word) => or(all, word))
    return not(or(rest, not(or(not(own), eq(own, wide(n))))))
  }

  const isRequest = or(not(possible), inWindowCode(index, rsp_prod, req_prod))
  /** Most responses have something in this field: the others are looked at once more. */
  const mayBeCleared = not(c.field(blkifRequest, 'sector_number'))
  f.define(
    [
      loopWhile(lt(ring, rings), [
        INDICES.map((name) => [
          indices[name].set(fieldCode(sringHeader, abi, name).load(page) as I32),
          c.setOfRing(name, ring, indices[name]),
        ]),
        c.setOfRing('rowsAt', ring, c.row),
        c.setOfRing('possible', ring, possible.tee(producersPossibleCode(indices, nr_ents))),
        oldest.set(advanceCode(req_prod, -nr_ents)),
        used.set(select(isFirstLapCode(indices, nr_ents), req_prod, nr_ents)),
        c.slot.set(add(page, slotsAt)),
        n.set(0),
        loopWhile(lt(n, used), [
          index.set(advanceCode(oldest, slotOfCode(distanceCode(oldest, n), nr_ents))),
          c.set('ring', ring),
          c.set('slot', n),
          c.set('index', index),
          c.set('segStart', c.seg),
          c.set('wordStart', shr(c.word4, Math.log2(WORD))),
          when(
            isRequest,
            [c.set('state', REQUEST), byKind(c.field(blkifRequest, 'operation') as I32, row)],
            block((done) => [
              when(mayBeCleared, when(readsAsCleared(), [c.set('state', CLEARED), row('cleared'), done.go])),
              c.set('state', RESPONSE),
              row('response'),
            ]),
          ),
          c.slot.add(stride),
          n.add(1),
          c.nextRow(),
        ]),
        page.add(bytes),
        ring.add(1),
      ]),
      c.setOfRing('rowsAt', ring, c.row),
    ],
    c.seg,
  )
}

const SIZE = { u8: 1, u16: 2, s16: 2, u32: 4, u64: 8 } as const
