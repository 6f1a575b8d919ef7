// The columns of a batch as a table, and where each lies: all in one memory, so that machine code finds every one at a literal address.
import type { RingGeometry } from '../ring/geometry.ts'
import type { ScalarName } from '../struct/c-types.ts'
import { type WasmMemory, wasmMemory } from '../wasm/instance.ts'
import { BLKIF_MAX_SEGMENTS_PER_REQUEST } from '../xen/blkif.ts'

/** Of rings. `rowsAt` has one element more: the end of the last ring's rows. */
export const OF_RINGS = {
  req_prod: 'u32',
  req_event: 'u32',
  rsp_prod: 'u32',
  rsp_event: 'u32',
  rowsAt: 'u32',
  possible: 'u8',
} as const satisfies ColumnTable

/** Of rows. */
export const OF_ROWS = {
  id: 'u64',
  sector_number: 'u64',
  nr_sectors: 'u64',
  index: 'u32',
  segStart: 'u32',
  wordStart: 'u32',
  ring: 'u16',
  slot: 'u16',
  nr_segments: 'u16',
  handle: 'u16',
  status: 's16',
  segCount: 'u16',
  answeredBy: 's16',
  state: 'u8',
  operation: 'u8',
  indirect_op: 'u8',
  flag: 'u8',
  wordCount: 'u8',
  certainty: 'u8',
  holds: 'u8',
} as const satisfies ColumnTable

/** Of segments. */
export const OF_SEGMENTS = { gref: 'u32', first_sect: 'u8', last_sect: 'u8' } as const satisfies ColumnTable

/** Of words. */
export const OF_WORDS = { words: 'u32' } as const satisfies ColumnTable

/** Columns by their names: their elements. */
type ColumnTable = Readonly<Record<string, ScalarName>>

/** The arrays of columns. */
const ARRAY = { u8: Uint8Array, u16: Uint16Array, s16: Int16Array, u32: Uint32Array, u64: BigUint64Array } as const

type ViewsOf<Table extends ColumnTable> = { readonly [Name in keyof Table]: InstanceType<(typeof ARRAY)[Table[Name]]> }

/** A column of rings. */
export type RingColumn = keyof typeof OF_RINGS
/** A column of rows. */
export type RowColumnName = keyof typeof OF_ROWS
type Column = RingColumn | RowColumnName | keyof typeof OF_SEGMENTS | keyof typeof OF_WORDS

/** Columns begin on multiples of a line of the processor's cache. */
const ALIGNMENT = 64

/** Bytes of an entry of a set: a key of 64 bits, and two numbers. */
export const TABLE_ENTRY = 16

/** A set of numbers that machine code keeps. */
export interface Set64 {
  readonly address: number
  /** How many entries it has room for, a power of two: some four times as many as it ever has. */
  readonly places: number
}

/** The next such place. */
export function aligned(address: number): number {
  return Math.ceil(address / ALIGNMENT) * ALIGNMENT
}

/** Where in the memory of a batch everything lies, in bytes from its start. */
export interface BatchPlan {
  readonly address: Readonly<Record<Column, number>>
  /** Room for the rings that are read, end to end. */
  readonly input: number
  /** Room for whoever works on the columns. */
  readonly scratch: number
  /** What a ring's requests name, while its findings are counted. */
  readonly ids: Set64
  readonly grefs: Set64
  /** Bytes in all. */
  readonly bytes: number
}

/** @param scratch bytes of room beside the columns */
export function planBatch({ nr_ents, bytes, stride }: RingGeometry, capacity: number, scratch = 0): BatchPlan {
  const rows = capacity * nr_ents
  const address: Record<string, number> = {}
  let end = 0
  const take = (length: number) => {
    const at = end
    end = aligned(end + length)
    return at
  }
  for (const [table, length] of [
    [OF_RINGS, capacity + 1],
    [OF_ROWS, rows],
    [OF_SEGMENTS, rows * BLKIF_MAX_SEGMENTS_PER_REQUEST],
    [OF_WORDS, (rows * stride) / ARRAY.u32.BYTES_PER_ELEMENT],
  ] as const)
    for (const [name, scalar] of Object.entries(table)) address[name] = take(length * ARRAY[scalar].BYTES_PER_ELEMENT)
  const input = take(capacity * bytes)
  const setOf = (most: number): Set64 => {
    const places = 2 ** Math.ceil(Math.log2(4 * most))
    return { address: take(places * TABLE_ENTRY), places }
  }
  const sets = { ids: setOf(nr_ents), grefs: setOf(nr_ents * BLKIF_MAX_SEGMENTS_PER_REQUEST) }
  return { address: address as BatchPlan['address'], input, ...sets, scratch: take(scratch), bytes: end }
}

/** The memory of a batch, with what it is WebAssembly's by, where it is. */
export interface BatchMemory {
  readonly buffer: ArrayBuffer
  readonly wasm: WasmMemory | undefined
}

/** @param plain whether not even to ask for a memory of WebAssembly's */
export function batchMemory(bytes: number, plain: boolean): BatchMemory {
  const wasm = plain ? undefined : wasmMemory(bytes)
  return { buffer: wasm?.buffer ?? new ArrayBuffer(bytes), wasm }
}

/** Columns of `length` elements each, as arrays over the memory. */
export function viewsOf<Table extends ColumnTable>(
  table: Table,
  { buffer }: BatchMemory,
  { address }: BatchPlan,
  length: number,
): ViewsOf<Table> {
  const views = Object.entries(table).map(([name, scalar]) => [name, new ARRAY[scalar](buffer, address[name as Column], length)])
  return Object.fromEntries(views) as ViewsOf<Table>
}

/** The halves of a column of 64 bits. */
export function halvesOf({ buffer, byteOffset, length }: BigUint64Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  return new Uint32Array(buffer, byteOffset, 2 * length)
}
