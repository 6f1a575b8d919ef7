// What many rings have in common, for people.
import type { Sheet } from '../../print/style.ts'
import { type Column, tableOf } from '../../print/table.ts'
import { count, hexNumber, printable } from '../../print/text.ts'
import type { Example, Tally } from './tally.ts'

const RULE_COLUMNS: readonly Column[] = [
  { title: 'severity', align: 'left' },
  { title: 'rule', align: 'left' },
  { title: 'rings', align: 'right' },
  { title: 'findings', align: 'right' },
  { title: 'first', align: 'left', words: true },
]

const KIND_COLUMNS: readonly Column[] = [
  { title: 'rings', align: 'right' },
  { title: 'first', align: 'left' },
  { title: 'rules', align: 'left', words: true },
]

/** Kinds that a text lists. */
const MAX_SHOWN = 40

/** Findings by rule, with the first of each. */
export function rulesTallyText({ rules }: Tally, { style, width }: Sheet): string {
  if (rules.length === 0) return ''
  const paint = { error: style.bad, warning: style.unsure, note: style.dim }
  const rows = rules.map(({ rule, rings, findings, example }) => [
    { text: rule.severity, paint: paint[rule.severity] },
    { text: rule.id },
    { text: String(rings) },
    { text: String(findings) },
    { text: exampleText(example) },
  ])
  return linesOf(tableOf(RULE_COLUMNS, rows, style.dim, width))
}

/** Rings by what they break. */
export function kindsText({ kinds, others }: Tally, { style, width }: Sheet): string {
  if (kinds.length === 0) return ''
  const rows = kinds
    .slice(0, MAX_SHOWN)
    .map(({ rings, first, rules }) => [{ text: String(rings) }, { text: ringText(first) }, { text: rules.join(', ') }])
  const more = kinds.length - rows.length
  const below = [
    ...(more > 0 ? [`${count(more, 'kind')} more, which --json lists`] : []),
    ...(others > 0 ? [`${count(others, 'ring')} of kinds that are not told apart`] : []),
  ]
  return linesOf(tableOf(KIND_COLUMNS, rows, style.dim, width), below)
}

function ringText({ source, queue }: Pick<Example, 'source' | 'queue'>): string {
  return printable(source) + (queue === undefined ? '' : ` (queue ${queue})`)
}

function exampleText(example: Example): string {
  const { slot, offset, message } = example
  const at = [slot === undefined ? '' : ` slot ${slot}`, offset === undefined ? '' : ` at ${hexNumber(offset)}`].join('')
  return `${ringText(example)}${at}: ${printable(message)}`
}

function linesOf({ titles, rows }: ReturnType<typeof tableOf>, below: readonly string[] = []): string {
  return `${[...titles, ...rows.flat(), ...below].join('\n')}\n\n`
}
