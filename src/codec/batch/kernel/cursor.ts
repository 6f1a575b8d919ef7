// Where machine code is in a batch: its row, its segment, its word, its slot; and how it reaches columns and fields from there.
import type { RingGeometry } from '../../ring/geometry.ts'
import type { ScalarName, Struct } from '../../struct/c-types.ts'
import { fieldCode } from '../../struct/compile.ts'
import { fieldOf, layoutOf, sizeOf } from '../../struct/layout.ts'
import { choose, when } from '../../wasm/control.ts'
import { load, store } from '../../wasm/memory.ts'
import type { Local, WasmFunction } from '../../wasm/module.ts'
import { and, lt, shl, shr } from '../../wasm/operators.ts'
import type { Body, Effect, Expr, I32, Operand } from '../../wasm/value.ts'
import { blkifRequest, blkifRequestIndirect, blkifRequestSegment } from '../../xen/blkif.ts'
import { type BatchPlan, OF_RINGS, OF_ROWS, OF_SEGMENTS, type RingColumn, type RowColumnName } from '../columns.ts'
import { KIND_OF, KINDS, OTHER, RW } from '../kinds.ts'
import type { FieldsPart } from '../row-parts.ts'

/** Sizes of elements, as powers of 2. */
export const LOG2: Readonly<Record<ScalarName, 0 | 1 | 2 | 3>> = { u8: 0, u16: 1, s16: 1, u32: 2, u64: 3 }

type SegmentColumn = keyof typeof OF_SEGMENTS
const SEGMENT_COLUMNS = Object.keys(OF_SEGMENTS) as SegmentColumn[]

/** What a ring's header holds. */
export const INDICES = ['req_prod', 'req_event', 'rsp_prod', 'rsp_event'] as const

/** The kinds of requests by the byte of the operation, as `choose` takes them: all beyond are of the last. */
const KIND_PLACES: readonly number[] = Array.from(KIND_OF.subarray(0, KIND_OF.findLastIndex((kind) => kind !== OTHER) + 1))

/** 1 where a number is one of those below 32 that a test holds for. */
export function isOneOf(value: I32, holds: (n: number) => boolean): I32 {
  const bits = Array.from({ length: 32 }, (_, n) => (holds(n) ? 2 ** n : 0)).reduce((all, bit) => all + bit, 0)
  return and(shr(bits, value), lt(value, 32))
}

/** What is to be done of a request, by its operation. Reads and writes, which most are, need no table of jumps. */
export function byKind(operation: I32, code: (kind: (typeof KINDS)[number]) => Body): Body {
  const others = KINDS.map((kind) => (kind === KINDS[RW] ? [] : code(kind)))
  return when(
    isOneOf(operation, (op) => KIND_OF[op] === RW),
    code(KINDS[RW]),
    choose(operation, KIND_PLACES, others),
  )
}

/** What reader and writer need of a batch and its layouts. */
export class Cursor {
  readonly slot: Local<'i32'>
  /** The segment, in elements and in bytes of `gref`. */
  readonly seg: Local<'i32'>
  readonly seg4: Local<'i32'>
  /** The word, in bytes. */
  readonly word4: Local<'i32'>
  /** Bytes from the start of a slot. */
  readonly segments: number
  readonly grefs: number
  readonly segmentSize: number
  readonly plan: BatchPlan
  readonly geometry: RingGeometry
  /** The row, in bytes of columns of 1, 2, 4 and 8 bytes. */
  readonly #row: readonly Local<'i32'>[]

  constructor(f: WasmFunction, geometry: RingGeometry, plan: BatchPlan) {
    const { abi } = geometry
    this.plan = plan
    this.geometry = geometry
    this.#row = Array.from({ length: 4 }, () => f.local())
    this.slot = f.local()
    this.seg = f.local()
    this.seg4 = f.local()
    this.word4 = f.local()
    this.segments = fieldOf(layoutOf(blkifRequest, abi), 'seg').offset
    this.grefs = fieldOf(layoutOf(blkifRequestIndirect, abi), 'indirect_grefs').offset
    this.segmentSize = sizeOf(blkifRequestSegment, abi)
  }

  get row(): I32 {
    return this.#row[0]!
  }

  readonly nextRow = (): Body => this.#row.map((row, log2) => row.add(1 << log2))

  readonly moveTo = (to: I32): Body => this.#row.map((row, log2) => row.set(shl(to, log2)))

  get(column: RowColumnName): Expr {
    const scalar = OF_ROWS[column]
    return load(scalar, this.#row[LOG2[scalar]]!, this.plan.address[column])
  }

  set(column: RowColumnName, value: Operand): Effect {
    const scalar = OF_ROWS[column]
    return store(scalar, this.#row[LOG2[scalar]]!, this.plan.address[column], value)
  }

  /** @param next elements behind the ring's own */
  ofRing(column: RingColumn, ring: I32, next = 0): I32 {
    const scalar = OF_RINGS[column]
    return load(scalar, shl(ring, LOG2[scalar]), this.plan.address[column] + (next << LOG2[scalar]))
  }

  setOfRing(column: RingColumn, ring: I32, value: Operand<'i32'>): Effect {
    const scalar = OF_RINGS[column]
    return store(scalar, shl(ring, LOG2[scalar]), this.plan.address[column], value)
  }

  /** A field of the slot. */
  field(type: Struct, name: string): Expr {
    return fieldCode(type, this.geometry.abi, name).load(this.slot)
  }

  fieldsToColumns({ type, columns }: FieldsPart): Body {
    return columns.map((name) => this.set(name, this.field(type, name)))
  }

  columnsToFields({ type, columns }: FieldsPart): Body {
    return columns.map((name) => fieldCode(type, this.geometry.abi, name).store(this.slot, this.get(name)))
  }

  /** From the wire to the pools. @param from address of the slot, plus bytes of the segments before @param i of the pool, from the cursor's */
  segmentToPool(from: I32, i = 0): Body {
    return SEGMENT_COLUMNS.map((name) => this.setSegment(name, this.segmentField(name, from, i * this.segmentSize), i))
  }

  segmentField(name: SegmentColumn, from: I32, plus = 0): I32 {
    return fieldCode(blkifRequestSegment, this.geometry.abi, name).load(from, this.segments + plus) as I32
  }

  setSegment(name: SegmentColumn, value: I32, i = 0): Effect {
    const scalar = OF_SEGMENTS[name]
    return store(scalar, this.#segAt(scalar), this.plan.address[name] + (i << LOG2[scalar]), value)
  }

  segmentToWire(to: I32): Body {
    return SEGMENT_COLUMNS.map((name) => {
      const scalar = OF_SEGMENTS[name]
      const value = load(scalar, this.#segAt(scalar), this.plan.address[name])
      return fieldCode(blkifRequestSegment, this.geometry.abi, name).store(to, value, this.segments)
    })
  }

  moveSegments(by: number): Body {
    return [this.seg.add(by), this.seg4.add(by << LOG2[OF_SEGMENTS.gref])]
  }

  #segAt(scalar: (typeof OF_SEGMENTS)[SegmentColumn]): I32 {
    return LOG2[scalar] === 0 ? this.seg : this.seg4
  }
}
