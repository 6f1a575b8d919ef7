// Rules for people: a table of them, and one explained.
import type { Rule } from '../check/index.ts'
import type { Style } from './style.ts'
import { type Column, tableLines } from './table.ts'

const COLUMNS: readonly Column[] = ['rule', 'severity', 'summary'].map((title) => ({ title, align: 'left' }))

export function rulesText(rules: readonly Rule[], style: Style): string {
  const paint = { error: style.bad, warning: style.unsure, note: style.dim }
  const rows = rules.map(({ id, severity, summary }) => [
    { text: id },
    { text: severity, paint: paint[severity] },
    { text: summary },
  ])
  return text(tableLines(COLUMNS, rows, style.dim))
}

export function explainText({ id, severity, summary, source, explain }: Rule, style: Style): string {
  const rows = [
    ['means', explain.means],
    ['matters', explain.why],
    ['to do', explain.todo],
    ['source', source],
  ] as const
  return text([
    `${style.bold(id)} (${severity}): ${summary}`,
    '',
    ...rows.map(([name, words]) => `  ${style.dim(name.padEnd(7))}  ${words}`),
  ])
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}
