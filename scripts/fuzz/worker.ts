// Runs in the process that tries inputs: takes one after another and says what came of each.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as yaml from 'yaml'
import { Random } from '../../src/scenario/file/index.ts'
import type { Answer, Task } from './protocol.ts'
import { Scratch, targetsOf } from './targets.ts'

const MB = 2 ** 20
const [packageRoot] = process.argv.slice(2)
const scratch = new Scratch(dirname(process.argv[1]!))
const targets = targetsOf(scratch, async () => yaml, packageRoot!)

process.on('message', async ({ target, seed }: Task) => {
  forgetPeak()
  const before = process.cpuUsage()
  const failure = await tryOne(target, seed)
  const peak = Math.round(peakMemory() / MB)
  const { user, system } = process.cpuUsage(before)
  globalThis.gc?.()
  const answer: Answer = { failure, peak, cpu: (user + system) / 1e6, rss: Math.round(process.memoryUsage.rss() / MB) }
  process.send!(answer)
})
process.on('exit', () => scratch.remove())
process.on('disconnect', () => process.exit())

/** @returns what went wrong, without what differs from input to input */
async function tryOne(name: Task['target'], seed: number): Promise<string | undefined> {
  try {
    await targets[name](new Random(seed))
    return undefined
  } catch (error) {
    const { message, stack } = error as Error
    const frame = stack?.split('\n').find((line) => /^\s+at /.test(line)) ?? ''
    const place = frame
      .trim()
      .replace(/\(.*[/\\]/, '(')
      .replace(/:\d+/g, '')
    return `${message.slice(0, 400)} ${place}`
  }
}

/** Linux: the peak begins anew. */
function forgetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {
    // Then it is that of all inputs so far.
  }
}

function peakMemory(): number {
  try {
    return 1024 * Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'latin1'))![1])
  } catch {
    return 0
  }
}
