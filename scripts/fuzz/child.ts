// The process in which inputs are tried, watched from outside: what it cannot say of itself (that it loops, that it takes all memory,
// that it ended) is seen here.
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Answer, Said, Task } from './protocol.ts'

export interface Limits {
  /** Seconds of CPU time that one input may take; where no /proc tells it, only the other counts. */
  readonly cpuSeconds: number
  /** Seconds by the clock, for what waits for ever: much, as the machine may do other things. */
  readonly wallSeconds: number
  /** MB of memory in use at once, of the process and of what it starts. */
  readonly memory: number
}

export const LIMITS: Limits = { cpuSeconds: 5, wallSeconds: 120, memory: 300 }

/** Of V8's heap: what lies in it must fit beside all else. */
const HEAP_MB = 220
/** Beyond MB in use: memory that was asked for and not touched yet, with the stacks of a dozen threads. */
const ROOM_MB = 150
const LOOK_EVERY = 100
/** Ticks of /proc/PID/stat in a second: Linux says so to every program, whatever its own clock is. */
const TICKS = 100

/** What came of an input: undefined where nothing was wrong. */
export interface Verdict {
  readonly failure: string | undefined
  /** What the process said of itself, where it answered. */
  readonly answer?: Answer
}

export class Child {
  readonly #process: ChildProcess
  readonly #limits: Limits
  #said: Said | undefined
  #stderr = ''

  /** @param worker the bundled script @param environment added to the child's own */
  constructor(worker: string, args: readonly string[], limits: Limits, environment: NodeJS.ProcessEnv = {}) {
    this.#limits = limits
    const node = [process.execPath, `--max-old-space-size=${HEAP_MB}`, '--expose-gc', worker, ...args]
    // Memory that is asked for and never touched is in no count of memory in use: the kernel refuses it.
    const limited = ['-c', 'ulimit -d "$0" 2>/dev/null; exec "$@"', String(1024 * (limits.memory + ROOM_MB)), ...node]
    this.#process = spawn('/bin/sh', limited, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // oclif warns developers, whom it knows by that.
      env: { ...process.env, NODE_ENV: undefined, ...environment },
      detached: true,
    })
    this.#process.stderr!.on('data', (text) => {
      this.#stderr = `${this.#stderr}${text}`.slice(-4000)
    })
    this.#process.on('error', () => {})
  }

  get ended(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null || !this.#process.connected
  }

  /** Tries one input. The process is gone after a limit was passed. */
  async try(task: Task): Promise<Verdict> {
    this.#said = undefined
    const began = Date.now()
    const cpu = cpuSeconds(this.#process.pid!)
    return await new Promise<Verdict>((resolve) => {
      const done = (failure: string | undefined, answer?: Answer) => {
        clearInterval(timer)
        this.#process.removeAllListeners('message').removeAllListeners('exit')
        if (failure !== undefined) this.kill()
        resolve({ failure: failure === undefined ? undefined : `${failure}${this.#where()}`, ...(answer ? { answer } : {}) })
      }
      const look = () => {
        const { cpuSeconds: mostCpu, wallSeconds, memory } = this.#limits
        const used = cpuSeconds(this.#process.pid!) - cpu
        const inUse = treeMemory(this.#process.pid!)
        if (inUse > memory) done(`takes ${inUse} MB of memory`)
        else if (used > mostCpu) done(`gives no answer within ${mostCpu} s of CPU time`)
        else if (Date.now() - began > 1000 * wallSeconds) done(`gives no answer within ${wallSeconds} s`)
      }
      const timer = setInterval(look, LOOK_EVERY)
      this.#process.on('message', (message: Said | Answer) => {
        if ('doing' in message) {
          this.#said = message
          return
        }
        const { failure, peak } = message
        if (failure !== undefined) done(failure)
        else if (peak > this.#limits.memory) done(`takes ${peak} MB of memory`)
        else done(undefined, message)
      })
      this.#process.once('exit', (code, signal) => done(`ends the process: ${this.#lastWords(code, signal)}`))
      this.#process.send(task, (error) => error && done(`ends the process: ${error.message}`))
    })
  }

  kill(): void {
    if (this.#process.pid === undefined || this.ended) return
    try {
      process.kill(-this.#process.pid, 'SIGKILL')
    } catch {
      this.#process.kill('SIGKILL')
    }
  }

  #where(): string {
    if (!this.#said) return ''
    const { doing, printed } = this.#said
    return `, in \`${doing}\`, ${printed ? 'after' : 'before'} its first output`
  }

  #lastWords(code: number | null, signal: string | null): string {
    const said = /FATAL ERROR: .*|^\w*Error: .*/m.exec(this.#stderr)?.[0]
    return said ?? (signal ? `by ${signal}` : `exit code ${code}`)
  }
}

/** CPU time of a process and of those that it waited for; 0 where it cannot be told. */
function cpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')
    return [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0) / TICKS
  } catch {
    return 0
  }
}

/** MB in use at the most, of a process and of those that it runs; 0 where it cannot be told. */
function treeMemory(pid: number): number {
  try {
    const own = Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) / 1024
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').filter(Boolean)
    return Math.round(children.reduce((most, child) => Math.max(most, treeMemory(Number(child))), own))
  } catch {
    return 0
  }
}
