// Input after input, each in a process that is watched, until the time is over or enough was found.
import { Child, LIMITS, type Limits, type Verdict } from './child.ts'
import type { Answer, TargetName, Task } from './protocol.ts'

export interface Campaign {
  readonly targets: readonly TargetName[]
  /** Of the first input; the n-th of a target has seed + n, so that each can be made again. */
  readonly seed: number
  readonly seconds: number
  readonly count: number
  /** The bundled worker.ts. */
  readonly worker: string
  /** Where the dist is that is fuzzed. */
  readonly packageRoot: string
  readonly limits?: Limits
  /** Added to that of the processes. */
  readonly environment?: NodeJS.ProcessEnv
  /** It ends with so many; 20 without it. */
  readonly mostFailures?: number
}

const MAX_FAILURES = 20
/** A process has a heap that grows lazily: what an input takes shall not be what those before it left. */
const RESTED_MB = 170
/** Nor shall one input be judged by what thousands before it left open. */
const MAX_INPUTS = 400

/** @returns the number of different failures */
export async function campaign(options: Campaign, print: (line: string) => void): Promise<number> {
  const { targets, seed, seconds, count, mostFailures = MAX_FAILURES } = options
  print(`seed ${seed}`)
  const began = Date.now()
  const tried = new Map(targets.map((name) => [name, 0]))
  const seen = new Set<string>()
  const children = new Children(options)
  const most = new Most()
  let inputs = 0
  try {
    for (; inputs < count && Date.now() - began < 1000 * seconds && seen.size < mostFailures; inputs++) {
      const target = targets[inputs % targets.length]!
      const task = { target, seed: seed + Math.floor(inputs / targets.length) }
      tried.set(target, tried.get(target)! + 1)
      const { failure, answer } = await children.try(task)
      if (answer) most.see(task, answer)
      if (failure === undefined) continue
      const kind = failure.replace(/`[^`]*`/g, '').replace(/\d+/g, 'N')
      if (seen.has(kind)) continue
      seen.add(kind)
      print(`${target}, seed ${task.seed}: ${failure.trim()}\n  npm run fuzz -- --target ${target} --seed ${task.seed} --count 1`)
    }
  } finally {
    children.end()
  }
  print(`${inputs} inputs: ${[...tried].map(([name, n]) => `${name} ${n}`).join(', ')}; ${seen.size} failures`)
  print(most.text())
  return seen.size
}

/** What cost most of those that stayed within the limits. */
class Most {
  #cpu = { cost: 0, of: '' }
  #peak = { cost: 0, of: '' }

  see({ target, seed }: Task, { cpu, peak }: Answer): void {
    const of = `${target}, seed ${seed}`
    if (cpu > this.#cpu.cost) this.#cpu = { cost: cpu, of }
    if (peak > this.#peak.cost) this.#peak = { cost: peak, of }
  }

  text(): string {
    return `at the most ${this.#cpu.cost.toFixed(1)} s of CPU time (${this.#cpu.of}), ${this.#peak.cost} MB (${this.#peak.of})`
  }
}

/** One process at a time, replaced where it was killed, ended or grew. */
class Children {
  readonly #options: Campaign
  #child: Child | undefined
  #inputs = 0

  constructor(options: Campaign) {
    this.#options = options
  }

  async try(task: Task): Promise<Verdict> {
    const { worker, packageRoot, limits = LIMITS, environment } = this.#options
    if (!this.#child || this.#child.ended) {
      this.#child = new Child(worker, [packageRoot], limits, environment)
      this.#inputs = 0
    }
    const verdict = await this.#child.try(task)
    if (verdict.failure !== undefined || (verdict.answer?.rss ?? 0) > RESTED_MB || ++this.#inputs >= MAX_INPUTS) this.end()
    return verdict
  }

  end(): void {
    this.#child?.kill()
    this.#child = undefined
  }
}
