/** An expression that cannot be read: the message says where, what was expected, and the word that was most likely meant. */
export class WhereError extends Error {
  /** Counted from 1. */
  readonly column: number

  constructor(column: number, problem: string) {
    super(`--where, column ${column}: ${problem}`)
    this.name = 'WhereError'
    this.column = column
  }
}
