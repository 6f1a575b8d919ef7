// A difference between two devices for people, in hunks as diff -u has them.
import type { Coverage, DeviceDiff, Hunk, PlacedSlot, Renames } from '../../diff/index.ts'
import { changeOf } from '../../diff/index.ts'
import { requestWords, slotPhrase } from '../../print/slot-words.ts'
import type { Style } from '../../print/style.ts'
import { count, printable, wrapped } from '../../print/text.ts'
import { differenceLines } from './lines.ts'

/** What a side is called. */
export interface SideName {
  readonly source: string
  /** `x86_64-abi, 1 page`. */
  readonly about: string
}

export interface DiffTextOptions {
  readonly style: Style
  /** Columns of the output. */
  readonly width: number
}

/** Hunk by hunk; nothing where nothing differs. */
export function* diffText(a: SideName, b: SideName, diff: DeviceDiff, { style, width }: DiffTextOptions): Generator<string> {
  if (diff.hunks.length === 0) return
  const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('')
  yield text([
    style.removed(`--- A  ${printable(a.source)}  (${a.about})`),
    style.added(`+++ B  ${printable(b.source)}  (${b.about})`),
    style.dim(`level ${diff.level}, ${diff.level === 'io' ? 'requests' : 'slots'} matched by ${diff.by}`),
  ])
  for (const lines of hunkLines(diff, style, width)) yield text(lines)
  yield text([
    ...(diff.renames ? renameLines(diff.renames, style, width) : []),
    ...(diff.coverage
      ? [...coverageLines('A', diff.coverage.a, style, width), ...coverageLines('B', diff.coverage.b, style, width)]
      : []),
  ])
}

function* hunkLines({ hunks, level }: DeviceDiff, style: Style, width: number): Generator<string[]> {
  let before: string | undefined
  for (const hunk of hunks) {
    const change = changeOf(hunk)
    // Requests that only one side has, one after another, share a headline.
    const alone = change === 'changed' ? undefined : `@@ only in ${change === 'removed' ? 'A' : 'B'} @@`
    const title = alone === undefined ? hunkTitle(hunk, style, width) : alone === before ? [] : [style.place(alone)]
    before = alone
    const body = alone === undefined ? differenceLines(hunk.differences, level, style, width) : aloneLines(hunk, style)
    yield [...title, ...body]
  }
}

function aloneLines({ a, b }: Hunk, style: Style): string[] {
  const words = ({ slot }: PlacedSlot) => slotPhrase(slot)
  return [
    ...a.map((placed) => style.removed(`- ${placeText(placed)}: ${words(placed)}`)),
    ...b.map((placed) => style.added(`+ ${placeText(placed)}: ${words(placed)}`)),
  ]
}

/** Where it is and, if both sides say the same, what; else what each side has, on lines of their own. */
function hunkTitle({ part, queue, a, b }: Hunk, style: Style, width: number): string[] {
  if (part !== 'slots') return [style.place(`@@ ${queue === undefined ? '' : `queue ${queue} `}${part} @@`)]
  const [placeA, placeB] = [placesText(a), placesText(b)]
  const place = style.place(`@@ ${placeA === placeB ? placeA : `${placeA} | ${placeB}`} @@`)
  const [wordsA, wordsB] = [a.map(titleWords), b.map(titleWords)]
  if (wordsA.join() === wordsB.join()) return [`${place} ${wordsA.join(', ')}`]
  const lines = [...wrapped('  A  ', wordsA, ', ', width), ...wrapped('  B  ', wordsB, ', ', width)]
  return [place, ...lines.map((line) => style.dim(line))]
}

function titleWords({ slot }: PlacedSlot): string {
  return slot.state === 'request' ? requestWords(slot.request) : slotPhrase(slot)
}

/** `queue 1 slots 12 and 13, index 44 and 45`. */
function placesText(placed: readonly PlacedSlot[]): string {
  const [first] = placed
  if (placed.length === 1 || placed.some(({ queue }) => queue !== first!.queue)) return placed.map(placeText).join(' and ')
  const [slots, indices] = [placed.map(({ slot }) => slot.slot), placed.map(({ slot }) => slot.index)]
  return `${queueText(first!)}slots ${numbersText(slots)}, index ${numbersText(indices)}`
}

/** `2 and 3`, `2 to 5`. */
function numbersText(numbers: readonly number[]): string {
  const [first] = numbers
  const ascend = numbers.length > 2 && numbers.every((n, i) => n === first! + i)
  return ascend ? `${first} to ${numbers.at(-1)}` : numbers.join(' and ')
}

function placeText(placed: PlacedSlot): string {
  return `${queueText(placed)}slot ${placed.slot.slot}, index ${placed.slot.index}`
}

function queueText({ queue }: PlacedSlot): string {
  return queue === undefined ? '' : `queue ${queue} `
}

/** `150..153 = 161..164`: successive names that are successive on the other side, too. */
export function renameLines({ gref, id }: Renames, style: Style, width: number): string[] {
  const rows = [
    ['grefs', ...grefRuns(gref)],
    ['ids', ...id.filter(([a, b]) => a !== b).map(([a, b]) => `${a} = ${b}`)],
  ]
  const lines = rows.flatMap(([name, ...pairs]) => (pairs.length > 0 ? wrapped(`  ${name!.padEnd(5)}  `, pairs, ', ', width) : []))
  return lines.length > 0 ? [style.bold('renamed, A = B'), ...lines] : []
}

function grefRuns(pairs: Renames['gref']): string[] {
  const runs: { a: number; b: number; length: number; step: number }[] = []
  for (const [a, b] of pairs) {
    if (a === b) continue
    const run = runs.at(-1)
    const step = run && run.length > 1 ? run.step : run && b < run.b ? -1 : 1
    if (run && a === run.a + run.length && b === run.b + step * run.length) {
      run.length++
      run.step = step
    } else runs.push({ a, b, length: 1, step: 1 })
  }
  return runs.map(({ a, b, length, step }) => {
    if (length === 1) return `${a} = ${b}`
    return `${a}..${a + length - 1} = ${b}..${b + step * (length - 1)}`
  })
}

/** What a side names wrongly; nothing where it names each sector once. */
export function coverageLines(name: string, { faults }: Coverage, style: Style, width: number): string[] {
  if (faults.length === 0) return []
  const texts = faults.flatMap(({ kind, slots, message }) => {
    return wrapped(`  ${kind.padEnd(7)}  `, `${placesText(slots)}: ${message}`.split(' '), ' ', width)
  })
  return [style.bad(`${name} does not name every sector once: ${count(faults.length, 'fault')}`), ...texts]
}
