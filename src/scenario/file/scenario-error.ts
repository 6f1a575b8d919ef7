/** A mistake in a scenario. The message is one line: where, and what is wrong. */
export class ScenarioError extends Error {
  /** The key, such as `steps[3].write.bytes`; empty for the file as a whole. */
  readonly path: string

  constructor(path: string, problem: string) {
    super(path === '' ? problem : `${path}: ${problem}`)
    this.name = 'ScenarioError'
    this.path = path
  }
}
