// What a Parquet file ends with: the schema, and what is known of every row group.
import type { RowGroup as RowGroupMetaData } from 'hyparquet'
import { ByteWriter } from 'hyparquet-writer'
import { writeMetadata } from 'hyparquet-writer/src/metadata.js'
import { SCHEMA_VERSION, type Schema } from './schema.ts'

/** In Thrift's compact protocol: a list in the field behind the last one; a list of structs, below its length. */
const NEXT_IS_LIST = 0x19
const LIST_OF_STRUCTS = 0x0c
/** Of the header of the list of groups, where it is short. */
const LIST_BYTES = 2
/** A list as long is followed by its length. */
const LONG_LIST = 15
/** Of the footer's length, at its end. */
const LENGTH_BYTES = 4

/**
 * A footer whose row groups are held as the bytes that they become: 2 to 3 KiB each, where the objects that the library makes
 * them of take ten times as much and more. It never makes them of more than one group.
 */
export class Footer {
  readonly #schema: Schema
  readonly #out = new ByteWriter()
  readonly #groups: Uint8Array[] = []
  /** What stands before the number of rows, and behind the groups. */
  readonly #head: Uint8Array
  readonly #tail: Uint8Array

  constructor(schema: Schema) {
    this.#schema = schema
    const none = this.#encoded([]).slice()
    // Nothing but the number of rows differs, which is one byte in both.
    const at = this.#encoded([], 1n).findIndex((byte, i) => byte !== none[i])
    this.#head = none.subarray(0, at)
    this.#tail = none.subarray(at + 1 + LIST_BYTES)
  }

  /** The group behind those before. */
  add(group: RowGroupMetaData): void {
    const bytes = this.#encoded([group])
    this.#groups.push(bytes.slice(this.#head.length + 1 + LIST_BYTES, bytes.length - this.#tail.length))
  }

  /** Gives the whole footer to `put`, piece by piece, with its length at the end. @param rows of all groups */
  write(put: (bytes: Uint8Array) => void, rows: number): void {
    const list = new ByteWriter()
    const count = this.#groups.length
    list.appendZigZag(BigInt(rows))
    list.appendUint8(NEXT_IS_LIST)
    // hyparquet-writer 0.17.0 gives an empty list no type of elements; arrow-rs refuses what is no list of structs.
    list.appendUint8((Math.min(count, LONG_LIST) << 4) | LIST_OF_STRUCTS)
    if (count >= LONG_LIST) list.appendVarInt(count)
    const pieces = [this.#head, list.getBytes(), ...this.#groups, this.#tail]
    for (const piece of pieces) put(piece)
    const length = new ByteWriter()
    length.appendUint32(pieces.reduce((sum, piece) => sum + piece.length, 0))
    put(length.getBytes())
  }

  /** The library's footer without its length. It holds until the next. */
  #encoded(row_groups: RowGroupMetaData[], num_rows = 0n): Uint8Array {
    const out = this.#out
    out.index = 0
    out.offset = 0
    writeMetadata(out, {
      version: 2,
      schema: [...this.#schema.elements],
      num_rows,
      row_groups,
      key_value_metadata: [{ key: 'blkring.schema', value: SCHEMA_VERSION }],
      created_by: 'blkring',
      metadata_length: 0,
    })
    return out.getBytes().subarray(0, -LENGTH_BYTES)
  }
}
