import { fstatSync, statSync } from 'node:fs'
import { colourStyle, plainStyle, type Style } from '../print/style.ts'
import { allowColours } from './output.ts'

const STDOUT = 1

/** Columns that every form of `inspect` keeps to. */
export const MIN_WIDTH = 60

/**
 * Colours where standard output shows them: NO_COLOR (no-color.org) and FORCE_COLOR are obeyed. Chalk is loaded only
 * where it may be needed, which spares pipes and files its start-up time.
 */
export async function terminalStyle(): Promise<Style> {
  const { NO_COLOR, FORCE_COLOR } = process.env
  if (NO_COLOR || !(FORCE_COLOR || mayBeTerminal())) return plainStyle
  const { Chalk, supportsColor } = await import('chalk')
  if (!supportsColor) return plainStyle
  allowColours()
  const chalk = new Chalk({ level: supportsColor.level })
  return colourStyle(chalk, supportsColor.has256)
}

/** Whether standard output is a device, and not the null device of a script that asks for the exit code: what shows nothing loads nothing. */
function mayBeTerminal(): boolean {
  const output = fstatSync(STDOUT)
  return output.isCharacterDevice() && output.rdev !== statSync('/dev/null', { throwIfNoEntry: false })?.rdev
}

/** Columns of the terminal. In a pipe or a file those that $COLUMNS says, else undefined. */
function columns(): number | undefined {
  if (mayBeTerminal() && process.stdout.columns > 0) return process.stdout.columns
  const { COLUMNS = '' } = process.env
  return /^[1-9]\d{0,5}$/.test(COLUMNS) ? Number(COLUMNS) : undefined
}

/** Columns of what is always folded; 80 where nothing says how many there are. */
export function terminalWidth(): number {
  return columns() ?? 80
}

/** Columns of what is folded for a terminal only, so that lines in pipes and files are whole. */
export function foldingWidth(): number {
  return columns() ?? Number.POSITIVE_INFINITY
}
