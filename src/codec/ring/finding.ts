/** Something wrong with what was decoded. Decoding goes on; nothing that was read is lost. */
export interface Finding {
  /** Stable, for scripts: `indirect-page-missing`. */
  readonly code: string
  readonly message: string
  readonly slot?: number
  /** Bytes from the start of the ring. */
  readonly offset?: number
  /** Reference of the indirect page that it is about. */
  readonly gref?: number
}
