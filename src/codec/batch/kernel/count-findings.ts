// The findings of rows as machine code, as `interpretedFindings` counts them. What was seen in a ring is in tables that are emptied in no
// time: a place holds something only if it was written in this round.

import type { RingGeometry } from '../../ring/geometry.ts'
import { sectorsPerPage } from '../../ring/sector-unit.ts'
import { block, choose, loop, loopWhile, when } from '../../wasm/control.ts'
import { compileWasm, wasmFunctions } from '../../wasm/instance.ts'
import { fillBytes, load, store } from '../../wasm/memory.ts'
import { WasmModule } from '../../wasm/module.ts'
import { add, and, eq, ge, gt, lt, mul, narrow, ne, not, or, shl, shr, sub, wide, xor } from '../../wasm/operators.ts'
import type { Body, I32 } from '../../wasm/value.ts'
import { BLKIF_MAX_SEGMENTS_PER_REQUEST, BLKIF_OP_READ, BLKIF_OP_WRITE, MAX_INDIRECT_SEGMENTS } from '../../xen/blkif.ts'
import { type Batch, REQUEST, RESPONSE } from '../batch.ts'
import { IS_UNKNOWN, OWNS_GRANTS, OWNS_ID, type RowFindings } from '../row-findings.ts'
import { KIND_PLACES } from './cursor.ts'
import { RowCursor } from './row-cursor.ts'

/** Spreads neighbouring numbers (Knuth's multiplicative hash). */
const SPREAD = 0x9e37_79b1

/** Of an entry: a key of 64 bits, and 32 bits beside it. */
const ENTRY = 16
const BESIDE = 8

/** Of the number of the round. */
const CELL = 64

const idPlaces = ({ nr_ents }: RingGeometry) => placesFor(nr_ents)
const grefPlaces = ({ nr_ents }: RingGeometry) => placesFor(nr_ents * BLKIF_MAX_SEGMENTS_PER_REQUEST)

/** Twice as many as there are keys at the most. */
function placesFor(most: number): number {
  return 2 ** Math.ceil(Math.log2(2 * most))
}

/** Bytes of scratch that it needs. */
export function findingRoom(geometry: RingGeometry): number {
  return CELL + IS_UNKNOWN.length + ENTRY * (idPlaces(geometry) + grefPlaces(geometry))
}

/** Undefined where machine code may not be made. */
export function compiledFindings(batch: Batch, room: Uint8Array<ArrayBuffer>): RowFindings | undefined {
  const { memory, geometry, plan } = batch
  if (!memory.wasm) return undefined
  const unknown = room.subarray(CELL, CELL + IS_UNKNOWN.length)
  unknown.set(IS_UNKNOWN)
  const tables = room.subarray(CELL + IS_UNKNOWN.length)
  const ids = { at: tables.byteOffset, places: idPlaces(geometry) }
  const grefs = { at: tables.byteOffset + ENTRY * ids.places, places: grefPlaces(geometry) }
  const module = new WasmModule()
  const f = module.func('findings', ['i32', 'i32', 'i32', 'i32'], 'i32')
  const [start, oldest, end, inPage] = f.params
  const row = new RowCursor(f, plan)
  const [round, count, left, i, last] = [f.local(), f.local(), f.local(), f.local(), f.local()]
  const [fault, shared, place, n] = [f.local(), f.local(), f.local(), f.local()]
  const [id, key] = [f.local('i64'), f.local('i64')]
  const { address } = plan
  const certainty = row.column('certainty')

  /** Looks for a place that holds the key, or where it belongs. */
  const find = (table: Table, hash: I32, isFree: I32, isIt: I32): Body => [
    place.set(shr(mul(hash, SPREAD), 32 - Math.log2(table.places))),
    block((found) =>
      loop((again) => [
        n.set(shl(place, Math.log2(ENTRY))),
        found.when(isFree),
        found.when(isIt),
        place.set(and(add(place, 1), table.places - 1)),
        again.go,
      ]),
    ),
  ]
  const isIdFree = ne(load('u32', n, ids.at + BESIDE), round)
  const ofId: Body = [
    id.set(row.wide('id')),
    find(ids, xor(narrow(id), mul(narrow(shr(id, 32n)), SPREAD)), isIdFree, eq(load('u64', n, ids.at), id)),
    when(isIdFree, [store('u64', n, ids.at, id), store('u32', n, ids.at + BESIDE, round)], count.add(1)),
  ]
  // Of a gref the round is in the upper half of the key, and the row beside it.
  const isGrefFree = ne(load('u32', n, grefs.at + 4), round)
  const ofGref: Body = [
    key.set(or(wide(load('u32', shl(i, 2), address.gref)), shl(wide(round), 32n))),
    find(grefs, narrow(key), isGrefFree, eq(load('u64', n, grefs.at), key)),
    when(
      isGrefFree,
      [store('u64', n, grefs.at, key), store('u32', n, grefs.at + BESIDE, row.row)],
      shared.set(or(shared, ne(load('u32', n, grefs.at + BESIDE), row.row))),
    ),
  ]
  const [first, second] = [load('u8', i, address.first_sect), load('u8', i, address.last_sect)]
  // As `isSegmentFaulty`.
  const isFaulty = or(ge(second, inPage), gt(first, second))
  const eachSegment = (body: Body): Body => [i.set(row.column('segStart')), loopWhile(lt(i, last), [body, i.add(1)])]
  const ofDirect: Body = [
    last.set(add(row.column('segStart'), row.column('segCount'))),
    fault.set(0),
    shared.set(0),
    eachSegment(fault.set(or(fault, isFaulty))),
    when(isOneOf(OWNS_GRANTS, certainty), eachSegment(ofGref)),
    count.add(add(add(fault, shared), gt(row.column('nr_segments'), BLKIF_MAX_SEGMENTS_PER_REQUEST))),
  ]
  // As `hasIndirectForm`.
  const hasForm = or(eq(row.column('indirect_op'), BLKIF_OP_READ), eq(row.column('indirect_op'), BLKIF_OP_WRITE))
  const ofIndirect = count.add(
    add(add(not(hasForm), gt(row.column('nr_segments'), MAX_INDIRECT_SEGMENTS)), row.column('wordCount')),
  )
  const isUnknown = load('u8', row.column('operation'), unknown.byteOffset)
  f.define(
    [
      round.set(add(load('u32', 0, room.byteOffset), 1)),
      when(not(round), [fillBytes(tables.byteOffset, 0, tables.length), round.set(1)]),
      store('u32', 0, room.byteOffset, round),
      row.goTo(oldest),
      left.set(sub(end, start)),
      loopWhile(left, [
        when(eq(row.row, end), row.goTo(start)),
        when(eq(row.column('state'), RESPONSE), count.add(isUnknown)),
        when(eq(row.column('state'), REQUEST), [
          count.add(isUnknown),
          choose(row.column('operation'), KIND_PLACES, [ofDirect, [], ofIndirect, []]),
          when(isOneOf(OWNS_ID, certainty), ofId),
        ]),
        row.goOn(),
        left.add(-1),
      ]),
    ],
    count,
  )
  const code = compileWasm(module.bytes())
  if (!code) return undefined
  const { findings } = wasmFunctions<{ findings(start: number, oldest: number, end: number, inPage: number): number }>(
    code,
    memory.wasm,
  )
  return (start, oldest, end) => findings(start, oldest, end, sectorsPerPage(batch.sectorUnit))
}

interface Table {
  readonly at: number
  readonly places: number
}

/** A number from 0 to 31 is one of those that hold. */
function isOneOf(holds: readonly boolean[], number: I32): I32 {
  return and(
    shr(
      holds.reduce((mask, each, i) => mask | (each ? 1 << i : 0), 0),
      number,
    ),
    1,
  )
}
