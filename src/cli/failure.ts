import { printable } from '../render/text.ts'
import { EXIT_FAILED } from './exit-codes.ts'
import { flush, writeAll } from './output.ts'

const STDERR = 2

/** Prints an error as one line on stderr, after what was already decoded, and returns the exit code. */
export function report(error: unknown, command?: string): number {
  const message = error instanceof Error ? error.message : String(error)
  const [first = '', ...rest] = message.split('\n').filter((line) => line.trim() !== '' && !/See more help/.test(line))
  const usage = isUsage(error) ? ` (see blkring ${command ? `${command} ` : ''}--help)` : ''
  try {
    flush()
    writeAll(STDERR, Buffer.from(`blkring: ${printable([first, ...rest.map((line) => line.trim())].join(' '))}${usage}\n`))
  } catch {
    // Nobody reads stderr, or stdout: the exit code says it all.
  }
  return EXIT_FAILED
}

/** oclif's own errors: unknown flags, missing arguments, unknown commands. */
function isUsage(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'oclif' in error
}
