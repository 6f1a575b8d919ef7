import { DumpError } from '../capture/dump-error.ts'
import { count } from '../codec/struct/count.ts'
import { printable } from '../print/text.ts'
import { EXIT_FAILED } from './exit-codes.ts'
import { flush, writeAll } from './output.ts'

const STDERR = 2

/** Prints an error as one line on stderr, after what was already decoded, and returns the exit code. */
export function report(error: unknown, command?: string): number {
  try {
    flush()
  } catch (failed) {
    // A reader of stdout that has gone is no error, and hides none.
    if (failed !== error && failed instanceof Error && failed.message !== '') warn(oneLine(failed))
  }
  const usage = isUsage(error) ? ` (see blkring ${command ? `${command} ` : ''}--help)` : ''
  warn(`${oneLine(error)}${usage}`)
  return EXIT_FAILED
}

/** What a reader should know of an input, and what changes neither the result nor the exit code. */
export function note(message: string): void {
  warn(`note: ${message}`)
}

/** One line on stderr, whatever the message holds. */
export function warn(message: string): void {
  try {
    writeAll(STDERR, Buffer.from(`blkring: ${printable(message)}\n`))
  } catch {
    // Nobody reads stderr: the exit code says it all.
  }
}

function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof DumpError) return message
  const lines = message.split('\n').filter((line) => line.trim() !== '' && !/See more help/.test(line))
  const text = lines.map((line) => line.trim()).join(' ')
  // oclif says so before every mistake in flags.
  return text.replace(/^The following errors? occurred: /, '').replaceAll('=true cannot', ' cannot')
}

/** oclif's own errors: unknown flags, missing arguments, unknown commands. */
function isUsage(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'oclif' in error
}

/** Warns of findings where the output has no place for them. */
export function warnOfFindings(findings: number): void {
  warn(`${count(findings, 'finding')}, which --json lists`)
}
