// Each input runs in a child process: a loop ends by the watchdog and memory by its limit, and both name the input.
import { type ChildProcess, fork } from 'node:child_process'

export interface Order {
  readonly target: string
  readonly seed: number
}

/** What one input may make the process grow by, in KiB. */
const MAX_GROWTH = 256 * 1024
const HEAP = '--max-old-space-size=512'

/** Runs inputs one after another in a child that is replaced when it dies. */
export class Child {
  readonly #script: string
  readonly #watchdog: number
  #process: ChildProcess | undefined

  /** @param watchdog milliseconds for one input */
  constructor(script: string, watchdog: number) {
    this.#script = script
    this.#watchdog = watchdog
  }

  /** @returns what went wrong */
  run(order: Order): Promise<string | undefined> {
    this.#process ??= fork(this.#script, { execArgv: [HEAP], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    const child = this.#process
    return new Promise((resolve) => {
      const end = (failure: string | undefined, dead: boolean) => {
        clearTimeout(timer)
        child.removeAllListeners()
        if (dead) this.stop()
        resolve(failure)
      }
      const timer = setTimeout(() => end(`takes longer than ${this.#watchdog / 1000} s`, true), this.#watchdog)
      child.on('message', ({ failure }: { failure?: string }) => end(failure, false))
      child.on('exit', (code, signal) => end(`the process died (${signal ?? code}): out of memory, or worse`, true))
      child.send(order)
    })
  }

  stop(): void {
    this.#process?.kill('SIGKILL')
    this.#process = undefined
  }
}

/** In the child: answers each order. @param run returns what went wrong */
export function serve(run: (order: Order) => Promise<string | undefined>): void {
  process.on('message', async (order: Order) => {
    const before = process.resourceUsage().maxRSS
    const failure = await run(order)
    const grown = process.resourceUsage().maxRSS - before
    process.send!({ failure: failure ?? (grown > MAX_GROWTH ? `takes more than ${MAX_GROWTH / 1024} MiB` : undefined) })
  })
}
