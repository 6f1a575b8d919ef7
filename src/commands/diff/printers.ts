// What `diff` prints of each comparison: hunks, a summary, or JSON.
import type { DeviceDiff } from '../../diff/index.ts'
import type { Style } from '../../print/style.ts'
import { printable } from '../../print/text.ts'
import { JsonList } from '../../terminal/json-list.ts'
import { write } from '../../terminal/output.ts'
import { diffJson } from './json.ts'
import type { SideMoment } from './sides.ts'
import { DiffStat } from './stat.ts'
import { diffText, renameLines } from './text.ts'

export interface DiffPrinter {
  compared(a: SideMoment, b: SideMoment, diff: DeviceDiff): void
  /** A moment that only one side has. */
  alone(side: 'A' | 'B', moment: SideMoment): void
  end(): void
  /** What is wrong with the coverage of a comparison stands in what is printed of it. */
  showsCoverage(diff: DeviceDiff): boolean
}

export type DiffFormat = 'text' | 'stat' | 'json'

export interface DiffPrintOptions {
  readonly format: DiffFormat
  readonly style: Style
  readonly width: number
  /** Say what stands for what also where nothing differs. */
  readonly renames: boolean
}

export function diffPrinter(options: DiffPrintOptions): DiffPrinter {
  return { text: textPrinter, stat: statPrinter, json: jsonPrinter }[options.format](options)
}

function textPrinter({ style, width, renames }: DiffPrintOptions): DiffPrinter {
  let separator = ''
  const print = (texts: Iterable<string>) => {
    let first = true
    for (const text of texts) {
      write(first ? separator + text : text)
      first = false
      separator = '\n'
    }
  }
  return {
    compared(a, b, diff) {
      if (diff.hunks.length > 0) print(diffText(a.name, b.name, diff, { style, width }))
      else if (renames && diff.renames) print(renameLines(diff.renames, style, width).map((line) => `${line}\n`))
    },
    alone: (side, { name }) => print([`${style.place(`only in ${side}`)}: ${printable(name.source)}\n`]),
    end() {},
    showsCoverage: ({ hunks }) => hunks.length > 0,
  }
}

function statPrinter({ style, width }: DiffPrintOptions): DiffPrinter {
  const stat = new DiffStat()
  return {
    compared: (a, _, diff) => write(stat.add(a.name.source, diff, style)),
    alone: (side, { name }) => write(` ${printable(name.source)} | only in ${side}\n`),
    end: () => write(stat.summary(style, width)),
    showsCoverage: () => false,
  }
}

function jsonPrinter(): DiffPrinter {
  const list = new JsonList(false)
  return {
    compared: (a, b, diff) => list.add(diffJson(a.json, b.json, diff)),
    alone: (side, { json }) => list.add({ a: side === 'A' ? json : null, b: side === 'B' ? json : null, equal: false }),
    end: () => list.end(),
    showsCoverage: () => true,
  }
}
