// Rules for people: a table of them, and one explained.
import type { Rule } from '../../check/index.ts'
import type { Message } from '../../evidence/messages/message.ts'
import type { Style } from '../../print/style.ts'
import { type Column, tableOf } from '../../print/table.ts'
import { hanging, labelled } from '../../print/text.ts'

const COLUMNS: readonly Column[] = [
  { title: 'rule', align: 'left' },
  { title: 'severity', align: 'left' },
  { title: 'summary', align: 'left', words: true },
]

export function rulesText(rules: readonly Rule[], style: Style, width: number): string {
  const paint = { error: style.bad, warning: style.unsure, note: style.dim }
  const rows = rules.map(({ id, severity, summary }) => [
    { text: id },
    { text: severity, paint: paint[severity] },
    { text: summary },
  ])
  const table = tableOf(COLUMNS, rows, style.dim, width)
  return text([...table.titles, ...table.rows.flat()])
}

export function ruleText({ id, severity, summary, source, explain }: Rule, style: Style, width: number): string {
  const rows = [
    ['means', explain.means],
    ['matters', explain.why],
    ['to do', explain.todo],
    ['source', source],
  ] as const
  const [first = '', ...more] = hanging(`${id} (${severity}): ${summary}`, 2, width)
  return text([style.bold(id) + first.slice(id.length), ...more, '', ...labelled(rows, style.dim, width)])
}

/** A line of a log, explained. */
export function messageText({ name, speaker, example, means, next, source }: Message, style: Style, width: number): string {
  const rows = [
    ['like', example],
    ['means', means],
    ...(next === undefined ? [] : [['to settle', next] as const]),
    ['source', source],
  ] as const
  const [first = '', ...more] = hanging(`${name}: a line of ${speaker}`, 2, width)
  return text([style.bold(name) + first.slice(name.length), ...more, '', ...labelled(rows, style.dim, width)])
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}
