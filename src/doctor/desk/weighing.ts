// What is said of one ring beside its indices, held against the verdicts that these allow.
import type { Statement } from '../../evidence/statement.ts'
import { isSurer, type Sureness } from '../sureness.ts'
import { inOrder, type Verdict, type VerdictName } from '../verdict.ts'

/** What one statement means for a device or a queue, in a sentence or two. */
export interface Remark {
  readonly source: string
  readonly line: number | undefined
  readonly text: string
  /** It speaks against what the ring, or another statement, says of the same moment. */
  readonly contradicts: boolean
}

/** What the indices of the rings that are meant say together; undefined where no ring is at hand, or its indices cannot be. */
export interface RingSums {
  readonly outstanding: number
  readonly untaken: number
  /** Responses that the frontend has not taken, as bounds. */
  readonly unseenAtLeast: number
  readonly unseenAtMost: number
  /** Flushes among those that wait; undefined where no ring is shown. */
  readonly flushes: number | undefined
  readonly nr_ents: number
}

/** Verdicts in the making. */
export class Weighing {
  readonly remarks: Remark[] = []
  readonly sums: RingSums | undefined
  #verdicts: readonly Verdict[]

  constructor(verdicts: readonly Verdict[], sums: RingSums | undefined) {
    this.#verdicts = verdicts
    this.sums = sums
  }

  /** The main one first; none where no ring is at hand, and nothing said is a sign of anything. */
  get verdicts(): readonly Verdict[] {
    return inOrder(this.#verdicts)
  }

  has(name: VerdictName): boolean {
    return this.#verdicts.some(({ verdict }) => verdict === name)
  }

  /** How sure a verdict is; undefined for one that is not there. */
  surenessOf(name: VerdictName): Sureness | undefined {
    return this.#verdicts.find(({ verdict }) => verdict === name)?.sureness
  }

  remark({ source, line }: Pick<Statement, 'source' | 'line'>, text: string, contradicts = false): void {
    if (this.remarks.some((other) => other.text === text)) return
    this.remarks.push({ source, line, text, contradicts })
  }

  /** Says of a verdict that is there something more, and where it is less sure than the statement makes it, makes it so sure. */
  raise(name: VerdictName, to: Sureness, because: string): void {
    this.#change(name, (v) => ({ ...v, sureness: isSurer(to, v.sureness) ? to : v.sureness, text: `${v.text} ${because}` }))
  }

  /** Makes a verdict no surer than it can be by the statement. */
  lower(name: VerdictName, to: Sureness, because: string): void {
    this.#change(name, (v) => ({ ...v, sureness: isSurer(v.sureness, to) ? to : v.sureness, text: `${v.text} ${because}` }))
  }

  /** A cause that something shows comes before those that are thought of. */
  cause(name: VerdictName, cause: string): void {
    this.#change(name, (v) => ({ ...v, causes: [cause, ...v.causes] }))
  }

  add(verdict: Verdict): void {
    this.#verdicts = [...this.#verdicts.filter((v) => v.verdict !== verdict.verdict), verdict]
  }

  /** What is seen stays, under the name that the statement leaves it; of two of that name the one that was there. */
  rename(name: VerdictName, to: VerdictName, because: string): void {
    if (!this.has(name)) return
    if (this.has(to)) {
      this.drop(name)
      this.raise(to, 'may', because)
    } else this.#change(name, (v) => ({ ...v, verdict: to, sureness: 'may', text: `${v.text} ${because}` }))
  }

  drop(name: VerdictName): void {
    this.#verdicts = this.#verdicts.filter((v) => v.verdict !== name)
  }

  #change(name: VerdictName, change: (verdict: Verdict) => Verdict): void {
    this.#verdicts = this.#verdicts.map((v) => (v.verdict === name ? change(v) : v))
  }
}
