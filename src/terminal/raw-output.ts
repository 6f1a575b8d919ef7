import { writeAll } from './output.ts'

const STDOUT = 1
const BATCH = 64 * 1024

/** Bytes to standard output in batches: what is written may change afterwards. */
export class RawOutput {
  readonly #batch = new Uint8Array(BATCH)
  #length = 0

  write(bytes: Uint8Array): void {
    if (this.#length + bytes.length > BATCH) this.flush()
    this.#batch.set(bytes, this.#length)
    this.#length += bytes.length
  }

  flush(): void {
    writeAll(STDOUT, this.#batch.subarray(0, this.#length))
    this.#length = 0
  }
}
