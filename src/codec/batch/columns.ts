// Columns in one piece of memory. V8 looks a typed array's map, length and address up at every access; a loop that writes all
// columns through three views of their memory looks up three of these, where it would look up twenty.

/** Columns begin on multiples of so many bytes, the longest element. */
const ALIGNMENT = BigUint64Array.BYTES_PER_ELEMENT

type ColumnType =
  | Uint8ArrayConstructor
  | Uint16ArrayConstructor
  | Int16ArrayConstructor
  | Uint32ArrayConstructor
  | BigUint64ArrayConstructor

export type Columns<Table extends Readonly<Record<string, ColumnType>>> = {
  readonly [Name in keyof Table]: InstanceType<Table[Name]>
}

/** The same memory as three arrays. An element of a column is at `baseOf(column)` and on, in the view as wide as it is. */
export interface Memory {
  readonly u32: Uint32Array
  readonly u16: Uint16Array
  readonly u8: Uint8Array
}

/** Columns of `length` elements each, zeroed. */
export function columnsOf<Table extends Readonly<Record<string, ColumnType>>>(
  table: Table,
  length: number,
): { readonly columns: Columns<Table>; readonly memory: Memory } {
  const sizeOf = (type: ColumnType) => Math.ceil((length * type.BYTES_PER_ELEMENT) / ALIGNMENT) * ALIGNMENT
  const buffer = new ArrayBuffer(Object.values(table).reduce((sum, type) => sum + sizeOf(type), 0))
  let at = 0
  const columns = Object.entries(table).map(([name, type]) => {
    const column = new type(buffer, at, length)
    at += sizeOf(type)
    return [name, column] as const
  })
  return {
    columns: Object.fromEntries(columns) as Columns<Table>,
    memory: { u32: new Uint32Array(buffer), u16: new Uint16Array(buffer), u8: new Uint8Array(buffer) },
  }
}

/** Where in a view with elements as long as the column's it begins. */
export function baseOf(column: Uint8Array | Uint16Array | Int16Array | Uint32Array): number {
  return column.byteOffset / column.BYTES_PER_ELEMENT
}

/** The halves of a column of 64 bits. */
export function halvesOf({ buffer, byteOffset, length }: BigUint64Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, 2 * length)
}
