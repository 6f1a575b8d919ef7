// How texts are read for what they say: line by line, by readers of which each knows one kind of print.
import { linesOf } from '../paste/lines.ts'
import { prefixLength, stampLength } from '../paste/prefix.ts'
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
  readonly lines: readonly PastedLine[]
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
  const lines: PastedLine[] = []
  for (const { text: whole, number } of linesOf(text)) {
    const at = prefixLength(whole)
    const stamps = stampLength(whole)
    const label = whole.slice(stamps, at)
    const clock = CLOCK.exec(whole.slice(0, stamps))
    lines.push({ number, text: whole.slice(at), label, at: clock ? Number(clock[1]) : undefined })
  }
  return { source, lines, whole: text }
}
