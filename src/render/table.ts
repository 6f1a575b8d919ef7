import type { Paint } from './style.ts'

export interface Cell {
  readonly text: string
  readonly paint?: Paint | undefined
}

export interface Column {
  readonly title: string
  readonly align: 'left' | 'right'
}

/** Lines of a table, titles first, columns as wide as their widest cell and two spaces apart. No line ends in spaces. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly Cell[])[], titlePaint: Paint): string[] {
  const widths = columns.map((column, i) => Math.max(column.title.length, ...rows.map((row) => row[i]?.text.length ?? 0)))
  const titles = columns.map(({ title }): Cell => ({ text: title, paint: titlePaint }))
  return [titles, ...rows].map((row) => line(row))

  function line(row: readonly Cell[]): string {
    const last = row.findLastIndex((cell) => cell.text !== '')
    const cells = row.slice(0, last + 1).map(({ text, paint }, i) => {
      const space = ' '.repeat(widths[i]! - text.length)
      const painted = paint ? paint(text) : text
      if (columns[i]!.align === 'right') return space + painted
      return i === last ? painted : painted + space
    })
    return cells.join('  ')
  }
}
