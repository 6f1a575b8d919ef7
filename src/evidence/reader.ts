// How texts are read for what they say: line by line, by readers of which each knows one kind of print.
import { again } from '../paste/again.ts'
import { linesOf, type TextLine } from '../paste/lines.ts'
import { prefixOf } from '../paste/prefix.ts'
import type { Statement } from './statement.ts'

/** A line as it is pasted, and as it was before that. */
export interface PastedLine {
  /** From 1. */
  readonly number: number
  /** Without quoting, stamps and what else stands before it. */
  readonly text: string
  /** The name before it in a log, with its colon: a driver's, or a program's; empty where there is none. */
  readonly label: string
  /** Seconds by the clock of the kernel's log before it. */
  readonly at: number | undefined
}

/** A text as readers get it. */
export interface Paste {
  /** The file as the user named it. */
  readonly source: string
  /** They are gone through by every reader, and not held where they are many. */
  readonly lines: Iterable<PastedLine>
  /** All of it. */
  readonly whole: string
}

/** What a reader found, and the lines that it took it from. */
export interface Reading {
  readonly statement: Statement
  /** Numbers of lines. */
  readonly lines: readonly number[]
}

/** Reads one kind of print out of a text, in time linear in its length; what it does not know it passes over, and it never throws. */
export type Reader = (paste: Paste) => Iterable<Reading>

const CLOCK = /\[ *(\d{1,9}\.\d{1,9})\](?:\[ *[TC]\d+\])? ?$/

/** The lines of a text, each without what stands before it. */
export function pasteOf(source: string, text: string): Paste {
  const [starts, stamps]: [number[], number[]] = [[], []]
  const lines = again(() => linesOf(text))
  for (const line of lines) {
    const prefix = prefixOf(line.text)
    starts.push(prefix.length)
    stamps.push(prefix.stamps)
  }
  function* pasted() {
    let at = 0
    for (const line of lines) {
      yield pastedLine(line, starts[at]!, stamps[at]!)
      at++
    }
  }
  return { source, lines: again(pasted), whole: text }
}

/** @param start of its own text @param stamped where stamps end, and the name before it begins */
function pastedLine({ text, number }: TextLine, start: number, stamped: number): PastedLine {
  const clock = stamped === 0 ? null : CLOCK.exec(text.slice(0, stamped))
  return { number, text: text.slice(start), label: text.slice(stamped, start), at: clock ? Number(clock[1]) : undefined }
}
