/** An input that cannot be read, or an output that cannot be written. The message is one line: the file, what is wrong, the cure. */
export class DumpError extends Error {
  /** The input or output as the user named it. */
  readonly source: string

  constructor(source: string, problem: string, cure?: string) {
    super(`${source || "''"}: ${problem}${cure === undefined ? '' : `; ${cure}`}`)
    this.name = 'DumpError'
    this.source = source
  }
}
