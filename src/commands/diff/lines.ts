// The differences of a hunk as pairs of lines, old above new, values below one another.
import { idText } from '../../codec/ring/id-text.ts'
import { opName, statusName } from '../../codec/xen/operations.ts'
import type { Difference, Level, SideValue } from '../../diff/index.ts'
import type { Paint, Style } from '../../print/style.ts'
import { hexNumber } from '../../print/text.ts'

const NONE = '(none)'
const BYTES_A_LINE = 16

/** Fields of one name in successive parts of a request, as `req.seg[0..3].gref`. */
interface Run {
  readonly label: string
  readonly a: readonly string[]
  readonly b: readonly string[]
  readonly notes: readonly string[]
}

/** @param width columns that a line should not pass */
export function differenceLines(differences: readonly Difference[], level: Level, style: Style, width: number): string[] {
  const runs = level === 'bytes' ? differences.flatMap(byteRuns) : fieldRuns(differences)
  const labelWidth = Math.max(0, ...runs.map(({ label }) => label.length))
  return runs.flatMap((run) => runLines(run, labelWidth, style, width))
}

interface Part {
  /** The field with its number left out: `req.seg[].gref`. */
  readonly name: string
  readonly head: string
  readonly number: number
  readonly tail: string
}

const NUMBERED = /^(.*)\[(\d+)\]([^[]*)$/
const parts = new Map<string, Part | undefined>()

/** The last number in a field's path; the paths are few, and come again and again. */
function partOf(field: string): Part | undefined {
  if (parts.has(field)) return parts.get(field)
  const match = NUMBERED.exec(field)
  const part = match ? { name: `${match[1]}[]${match[3]}`, head: match[1]!, number: Number(match[2]), tail: match[3]! } : undefined
  if (parts.size < 2 ** 14) parts.set(field, part)
  return part
}

/** Fields of one name stand together, successive parts on one line. */
function fieldRuns(differences: readonly Difference[]): Run[] {
  const groups = new Map<string, Difference[]>()
  for (const difference of differences) {
    const name = partOf(difference.field)?.name ?? difference.field
    const group = groups.get(name)
    if (group) group.push(difference)
    else groups.set(name, [difference])
  }
  return [...groups.values()].flatMap(runsOfGroup)
}

function runsOfGroup(differences: readonly Difference[]): Run[] {
  const runs: { first: Difference; last: Difference; a: string[]; b: string[]; notes: string[] }[] = []
  for (const difference of differences) {
    const { field, a, b, note } = difference
    const run = runs.at(-1)
    const notes = note === undefined ? [] : [note]
    const [left, right] = [valueText(field, a), valueText(field, b)]
    if (run && follows(run.last.field, field)) {
      run.last = difference
      run.a.push(left)
      run.b.push(right)
      run.notes.push(...notes)
    } else runs.push({ first: difference, last: difference, a: [left], b: [right], notes })
  }
  return runs.map(({ first, last, ...run }) => ({ label: joined(first.field, last.field), ...run }))
}

/** `seg[3].gref` follows `seg[2].gref`. */
function follows(last: string, next: string): boolean {
  return partOf(next)?.number === (partOf(last)?.number ?? Number.NaN) + 1
}

function joined(first: string, last: string): string {
  if (first === last) return first
  const { head, number, tail } = partOf(first)!
  return `${head}[${number}..${partOf(last)!.number}]${tail}`
}

function valueText(field: string, reading: SideValue | undefined): string {
  if (!reading) return NONE
  const { value } = reading
  if (value instanceof Uint8Array) return hexWords(value).join(' ')
  if (typeof value === 'bigint' && field.endsWith('.id')) return idText(value)
  const meaning = typeof value === 'number' ? meaningOf(field, value) : undefined
  return meaning === undefined ? String(value) : `${value} (${meaning})`
}

function meaningOf(field: string, value: number): string | undefined {
  if (field.endsWith('.operation') || field.endsWith('.indirect_op')) return opName(value)
  return field.endsWith('.status') ? statusName(value) : undefined
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

function hexWords(bytes: Uint8Array, from = 0, to = bytes.length): string[] {
  const words: string[] = []
  for (let i = from; i < Math.min(to, bytes.length); i++) words.push(HEX[bytes[i]!]!)
  return words
}

/** The lines of many bytes, those in which one differs. */
function byteRuns({ field, kind, a, b, note }: Difference): Run[] {
  const [left, right] = [a, b].map((reading) => (reading ? below(reading.path) : field))
  const names = left === right ? left : `${left} | ${right}`
  const name = kind === 'field' || kind === 'beneath' ? names : `${names} (${kind})`
  const notes = note === undefined ? [] : [note]
  const runs: Run[] = []
  for (let from = 0; from < Math.max(lengthOf(a), lengthOf(b)); from += BYTES_A_LINE) {
    const [x, y] = [bytesOf(a, from), bytesOf(b, from)]
    if (x.length === y.length && x.every((word, i) => word === y[i])) continue
    runs.push({ label: `${offsetText(a, b, from)} ${name}`, a: x, b: y, notes })
  }
  return runs
}

/** What stands behind the slot in a path; `slot` for bytes of no struct. */
function below(path: string): string {
  return path.replace(/^ring\[\d+\]\.?/, '') || 'slot'
}

function offsetText(a: SideValue | undefined, b: SideValue | undefined, from: number): string {
  if (!a || !b || a.offset === b.offset) return hexNumber((a ?? b)!.offset + from)
  return `${hexNumber(a.offset + from)} | ${hexNumber(b.offset + from)}`
}

function lengthOf(reading: SideValue | undefined): number {
  return reading?.value instanceof Uint8Array ? reading.value.length : 0
}

function bytesOf(reading: SideValue | undefined, from: number): string[] {
  return reading?.value instanceof Uint8Array ? hexWords(reading.value, from, from + BYTES_A_LINE) : [NONE]
}

function runLines({ label, a, b, notes }: Run, labelWidth: number, style: Style, width: number): string[] {
  const lines: string[] = []
  const count = Math.max(a.length, b.length)
  let name = label.padEnd(labelWidth)
  for (let from = 0; from < count; ) {
    const to = fitting(a, b, from, count, width - labelWidth - 4)
    const columns = Array.from({ length: to - from }, (_, i) => [a[from + i] ?? '', b[from + i] ?? ''] as const)
    lines.push(
      line(
        '-',
        name,
        columns.map(([x, y]) => cell(x, y, style.removed, style.removedWord)),
        style.removed,
      ),
      line(
        '+',
        name,
        columns.map(([x, y]) => cell(y, x, style.added, style.addedWord)),
        style.added,
      ),
    )
    name = ' '.repeat(labelWidth)
    from = to
  }
  return [...lines, ...[...new Set(notes)].map((note) => style.dim(`  ${' '.repeat(labelWidth)}  ${note}`))]
}

function line(sign: string, name: string, cells: readonly string[], paint: Paint): string {
  return `${paint(`${sign} ${name} `)} ${cells.join('  ')}`.trimEnd()
}

/** The number of values that fit on a line, one at the least. */
function fitting(a: readonly string[], b: readonly string[], from: number, count: number, width: number): number {
  let used = 0
  let to = from
  while (to < count) {
    used += Math.max(a[to]?.length ?? 0, b[to]?.length ?? 0) + 2
    if (to > from && used > width) break
    to++
  }
  return to
}

/** A value as wide as its counterpart; the words of it that differ stand out. */
function cell(text: string, other: string, paint: Paint, word: Paint): string {
  const space = ' '.repeat(Math.max(0, other.length - text.length))
  if (!text.includes(' ')) return word(text) + space
  const [words, others] = [text.split(' '), other.split(' ')]
  const alike = words.length === others.length
  const painted = words.map((w, i) => (alike && w === others[i] ? paint(w) : word(w))).join(' ')
  return painted + space
}
