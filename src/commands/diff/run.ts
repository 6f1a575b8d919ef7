// From the flags of `diff` to its work.
import { FIELD_NAMES, type Level, type MatchBy } from '../../diff/index.ts'
import type { InputOptions } from '../../inputs/open-options.ts'
import { nearest } from '../../print/nearest.ts'
import { terminalStyle, terminalWidth } from '../../terminal/terminal-style.ts'
import { type DiffInput, diffInputs } from './pairs.ts'
import { diffPrinter } from './printers.ts'
import { snapshotInputs } from './snapshots.ts'

export interface DiffFlags {
  readonly level: Level
  readonly by: MatchBy | undefined
  readonly strict: boolean
  readonly all: boolean
  readonly ignore?: readonly string[] | undefined
  readonly snapshots: boolean
  readonly stat: boolean
  readonly renames: boolean
  readonly json: boolean
  /** How A and B are read. */
  readonly inputs: readonly [InputOptions, InputOptions]
}

/** Compares the inputs and returns the exit code. */
export async function runDiff(paths: readonly string[], flags: DiffFlags): Promise<number> {
  const { json, stat, renames, inputs } = flags
  const [style, width] = [await terminalStyle(), terminalWidth()]
  const input = (path: string, side: 0 | 1): DiffInput => ({ path, ...inputs[side] })
  if (flags.snapshots && paths.length === 0) throw new Error('name the moments: blkring diff --snapshots BEFORE AFTER')
  if (flags.snapshots)
    return snapshotInputs(
      paths.map((path) => input(path, 0)),
      { json, style, width },
    )
  const [a, b, ...more] = paths
  if (a === undefined || b === undefined || more.length > 0)
    throw new Error(
      `two inputs are compared, not ${paths.length}: blkring diff A B; --snapshots takes any number as moments of one ring`,
    )
  const { level, by, strict, all } = flags
  const printer = diffPrinter({ format: json ? 'json' : stat ? 'stat' : 'text', style, width, renames })
  return diffInputs(input(a, 0), input(b, 1), { level, by, strict, all, ignore: ignored(flags.ignore) }, printer)
}

function ignored(names: readonly string[] = []): ReadonlySet<string> {
  for (const name of names) {
    if (FIELD_NAMES.has(name)) continue
    const near = nearest(name, [...FIELD_NAMES])
    throw new Error(
      `--ignore ${name}: no such field${near === undefined ? '' : `; did you mean ${near}?`} (they are ${[...FIELD_NAMES].join(', ')})`,
    )
  }
  return new Set(names)
}
