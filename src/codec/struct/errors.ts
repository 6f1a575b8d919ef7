/** Decoding or encoding cannot go on. The message names the field's path and its byte offset. */
export class CodecError extends Error {
  readonly path: string
  /** Bytes from the start of the buffer given. */
  readonly offset: number

  constructor(path: string, offset: number, problem: string) {
    super(`${path} at 0x${offset.toString(16)}: ${problem}`)
    this.name = 'CodecError'
    this.path = path
    this.offset = offset
  }
}
