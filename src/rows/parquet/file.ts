// A Parquet file, row group by row group: https://github.com/apache/parquet-format.
import type { RowGroup as RowGroupMetaData } from 'hyparquet'
import { ByteWriter } from 'hyparquet-writer'
import { writeMetadata } from 'hyparquet-writer/src/metadata.js'
import { writeChunk } from './chunk.ts'
import type { RowGroup } from './row-group.ts'
import { SCHEMA_VERSION, type Schema } from './schema.ts'

const MAGIC = new TextEncoder().encode('PAR1')

export class ParquetFile {
  readonly #schema: Schema
  readonly #write: (bytes: Uint8Array) => void
  readonly #groups: RowGroupMetaData[] = []
  readonly #out = new ByteWriter()
  /** Bytes that were written. */
  #offset = 0
  rows = 0

  /** @param write takes the bytes, which change afterwards */
  constructor(schema: Schema, write: (bytes: Uint8Array) => void) {
    this.#schema = schema
    this.#write = write
    this.#put(MAGIC)
  }

  /** Appends the rows of a group of the same schema. */
  add(group: RowGroup): void {
    const { rows } = group
    const start = this.#offset
    const columns = group.leaves.map(({ leaf, values }) => {
      const out = this.#writer()
      const file_offset = BigInt(this.#offset)
      const meta_data = writeChunk(out, leaf, values, rows)
      this.#put(out.getBytes())
      return { file_offset, meta_data }
    })
    this.#groups.push({
      columns,
      total_byte_size: columns.reduce((sum, { meta_data }) => sum + meta_data.total_uncompressed_size, 0n),
      num_rows: BigInt(rows),
      total_compressed_size: BigInt(this.#offset - start),
    })
    this.rows += rows
  }

  /** Writes the footer. */
  end(): void {
    const out = this.#writer()
    writeMetadata(out, {
      version: 2,
      schema: [...this.#schema.elements],
      num_rows: BigInt(this.rows),
      row_groups: this.#groups,
      key_value_metadata: [{ key: 'blkring.schema', value: SCHEMA_VERSION }],
      created_by: 'blkring',
      metadata_length: 0,
    })
    out.appendBytes(MAGIC)
    const footer = out.getBytes()
    if (this.#groups.length === 0) nameEmptyList(footer)
    this.#put(footer)
  }

  /** Empty, and knows where in the file it writes. */
  #writer(): ByteWriter {
    const out = this.#out
    out.index = 0
    out.offset = this.#offset
    return out
  }

  #put(bytes: Uint8Array): void {
    this.#write(bytes)
    this.#offset += bytes.length
  }
}

/** In Thrift's compact protocol: num_rows (i64 0), then row_groups (field header of a list), an empty list of no type. */
const NO_GROUPS = [0x16, 0x00, 0x19, 0x00]
const LIST_OF_STRUCTS = 0x0c

/** hyparquet-writer 0.17.0 gives an empty list no type of elements; arrow-rs refuses what is no list of structs. */
function nameEmptyList(footer: Uint8Array): void {
  // Only names and empty structs come behind it.
  for (let at = footer.length - NO_GROUPS.length; at >= 0; at--)
    if (NO_GROUPS.every((byte, i) => footer[at + i] === byte)) {
      footer[at + NO_GROUPS.length - 1] = LIST_OF_STRUCTS
      return
    }
}
