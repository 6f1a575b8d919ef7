import { fstatSync } from 'node:fs'
import { colourStyle, plainStyle, type Style } from '../render/style.ts'

const STDOUT = 1

/** Columns that every form of `inspect` keeps to. */
export const LEAST_WIDTH = 60

/**
 * Colours where standard output shows them: NO_COLOR (no-color.org) and FORCE_COLOR are obeyed. Chalk is loaded only
 * where it may be needed, which spares pipes and files its start-up time.
 */
export async function terminalStyle(): Promise<Style> {
  const { NO_COLOR, FORCE_COLOR } = process.env
  if (NO_COLOR || !(FORCE_COLOR || fstatSync(STDOUT).isCharacterDevice())) return plainStyle
  const { Chalk, supportsColor } = await import('chalk')
  if (!supportsColor) return plainStyle
  const chalk = new Chalk({ level: supportsColor.level })
  return colourStyle(chalk, supportsColor.has256)
}

/** Columns of the terminal; 80 for pipes and files. */
export function terminalWidth(): number {
  return (fstatSync(STDOUT).isCharacterDevice() && process.stdout.columns) || 80
}
