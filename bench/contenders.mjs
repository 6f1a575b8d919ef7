// How contenders are measured: in CPU time, in alternating rounds, so that a busy machine is busy for all of them.
import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { root } from './setup.mjs'

/**
 * Processes that all stay alive and work in turn: each answers a line of standard input with the CPU seconds of one round, a checksum, and MB if they matter.
 * @param contenders {Record<string, string[] | undefined>} commands
 * @returns {Promise<Record<string, { seconds: number[], megabytes: number[] } | undefined>>}
 */
export async function inTurn(contenders, rounds) {
  const running = Object.entries(contenders).map(([name, command]) => {
    if (command === undefined) return { name }
    const child = spawn(command[0], command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'], cwd: root })
    return { name, child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](), seconds: [], megabytes: [] }
  })
  // Two rounds warm up.
  for (let round = -2; round < rounds; round++)
    for (const { name, child, lines, seconds, megabytes } of running) {
      if (child === undefined) continue
      child.stdin.write('\n')
      const { value } = await lines.next()
      if (value === undefined) throw new Error(`${name} has ended`)
      if (round < 0) continue
      const [cpu, , held = 0] = value.split(' ')
      seconds.push(Number(cpu))
      megabytes.push(Number(held))
    }
  for (const { child } of running) child?.stdin.end()
  return Object.fromEntries(running.map(({ name, seconds, megabytes }) => [name, seconds && { seconds, megabytes }]))
}

/** Whole processes, one after another: CPU seconds and memory of each. What differs from exit code 0 is a mistake, unless `codes` has it. */
export function wholeProcesses(contenders, rounds, usage, codes = [0]) {
  const measured = Object.fromEntries(
    Object.entries(contenders).map(([name, command]) => [name, command && { seconds: [], megabytes: [] }]),
  )
  // The first round fills caches.
  for (let round = -1; round < rounds; round++)
    for (const [name, command] of Object.entries(contenders)) {
      if (command === undefined) continue
      const { stdout, stderr, status } = spawnSync(usage, command, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 })
      if (!codes.includes(status)) throw new Error(`${name}: exit code ${status}: ${stderr.slice(-500)}`)
      const [seconds, kibibytes] = stdout.trim().split(' ').map(Number)
      if (round < 0) continue
      measured[name].seconds.push(seconds)
      measured[name].megabytes.push(kibibytes / 1024)
    }
  return measured
}
