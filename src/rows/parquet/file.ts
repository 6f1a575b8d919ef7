// A Parquet file, row group by row group: https://github.com/apache/parquet-format.
import { ByteWriter } from 'hyparquet-writer'
import { writeChunk } from './chunk.ts'
import { Footer } from './footer.ts'
import type { RowGroup } from './row-group.ts'
import type { Schema } from './schema.ts'

const MAGIC = new TextEncoder().encode('PAR1')

// Of all files, one chunk after the other: of a dataset with many parts, each would leave as much to the collector of garbage.
const chunk = new ByteWriter()

export class ParquetFile {
  readonly #write: (bytes: Uint8Array) => void
  readonly #footer: Footer
  /** Bytes that were written. */
  #offset = 0
  rows = 0

  /** @param write takes the bytes, which change afterwards */
  constructor(schema: Schema, write: (bytes: Uint8Array) => void) {
    this.#footer = new Footer(schema)
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
    this.#footer.add({
      columns,
      total_byte_size: columns.reduce((sum, { meta_data }) => sum + meta_data.total_uncompressed_size, 0n),
      num_rows: BigInt(rows),
      total_compressed_size: BigInt(this.#offset - start),
    })
    this.rows += rows
  }

  /** Writes the footer. */
  end(): void {
    this.#footer.write((bytes) => this.#put(bytes), this.rows)
    this.#put(MAGIC)
  }

  /** Empty, and knows where in the file it writes. */
  #writer(): ByteWriter {
    chunk.index = 0
    chunk.offset = this.#offset
    return chunk
  }

  #put(bytes: Uint8Array): void {
    this.#write(bytes)
    this.#offset += bytes.length
  }
}
