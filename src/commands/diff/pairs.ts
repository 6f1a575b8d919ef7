// The work of `diff`: two inputs to pairs of moments to text, one pair in memory at a time.
import { realpathSync, statSync } from 'node:fs'
import { DumpError } from '../../capture/dump-error.ts'
import { type DiffOptions, diffDevices, type SideRing } from '../../diff/index.ts'
import { commonFolder } from '../../inputs/display-name.ts'
import { isSecondStdin, secondStdin } from '../../inputs/inputs.ts'
import { EXIT_CLEAN, EXIT_FAILED, EXIT_FINDINGS } from '../../terminal/exit-codes.ts'
import { warn } from '../../terminal/failure.ts'
import type { DiffPrinter } from './printers.ts'
import { DiffSide, type SideMoment, type SideOptions } from './sides.ts'

export interface DiffInput extends SideOptions {
  readonly path: string
}

/** Compares two inputs moment by moment, and returns the exit code. */
export async function diffInputs(first: DiffInput, second: DiffInput, options: DiffOptions, printer: DiffPrinter): Promise<number> {
  const same = isSame(first.path, second.path) && first.ring?.number === second.ring?.number
  if (same) warn(`${second.path}: both sides are the same input`)
  const base = commonFolder(first.path, second.path)
  const a = await DiffSide.open(first.path, 'A', { ...first, base })
  const b = await DiffSide.open(second.path, 'B', { ...second, base })
  if (first.ring && !a.isImage && !b.isImage && !a.failed && !b.failed)
    throw new Error(`--ring ${first.ring.number}: neither input is a memory image`)
  let differs = false
  // Two moments are what there is to compare, whatever their files are called.
  const onePair = a.atLast && b.atLast && !a.failed && !b.failed
  const nothing = (side: DiffSide) => side.failed && side.ended
  while (!(a.ended && b.ended) && !nothing(a) && !nothing(b)) {
    const number = Math.min(a.number, b.number)
    const x = onePair || a.number === number ? a.take() : undefined
    const y = onePair || b.number === number ? b.take() : undefined
    // Of a side that could not be read to the end, nobody knows what it lacks.
    if ((x && !a.isWhole(x)) || (y && !b.isWhole(y))) continue
    if (x && y) differs = compare(x, y, a, same ? a : b, options, printer) || differs
    else if (x && !b.failed) differs = alone('A', x, printer)
    else if (y && !a.failed) differs = alone('B', y, printer)
  }
  printer.end()
  a.warn()
  b.warn()
  if (a.failed || b.failed) return EXIT_FAILED
  return differs ? EXIT_FINDINGS : EXIT_CLEAN
}

function compare(x: SideMoment, y: SideMoment, a: DiffSide, b: DiffSide, options: DiffOptions, printer: DiffPrinter): boolean {
  const diff = diffDevices(...sidesOf(x.rings, y.rings), options)
  for (const unknown of diff.unknown)
    if (unknown.side === 'a') a.noteUnknown(unknown, x.name.source)
    else b.noteUnknown(unknown, y.name.source)
  if (diff.coverage && !printer.showsCoverage(diff)) {
    a.noteCoverage(diff.coverage.a, x.name.source)
    if (a !== b) b.noteCoverage(diff.coverage.b, y.name.source)
  }
  printer.compared(x, y, diff)
  return diff.hunks.length > 0
}

/** One ring of either side is what there is to compare, whatever queue each belongs to. */
function sidesOf(a: readonly SideRing[], b: readonly SideRing[]): [readonly SideRing[], readonly SideRing[]] {
  if (a.length !== 1 || b.length !== 1 || a[0]!.queue === b[0]!.queue) return [a, b]
  return [[{ ...a[0]!, queue: undefined }], [{ ...b[0]!, queue: undefined }]]
}

function alone(side: 'A' | 'B', moment: SideMoment, printer: DiffPrinter): boolean {
  printer.alone(side, moment)
  return true
}

function isSame(first: string, second: string): boolean {
  if (isSecondStdin([first, second], 1)) throw secondStdin()
  if (first === '-' || second === '-' || real(first) !== real(second)) return false
  const stat = statSync(first, { throwIfNoEntry: false })
  if (stat && !stat.isFile() && !stat.isDirectory()) throw new DumpError(first, 'can be read only once')
  return true
}

function real(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    // It is missing, which reading it says.
    return path
  }
}
