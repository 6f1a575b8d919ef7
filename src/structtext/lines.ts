// The lines of a session: what was typed, and what came of it.
import { linesOf, type TextLine } from '../paste/lines.ts'
import { prefixLength } from '../paste/prefix.ts'
import { DEBUGGER_PROMPT } from '../paste/prompt.ts'

/** What a debugger printed in answer to one command. */
export interface Answer {
  /** What was typed; empty where the text shows no prompt before the lines. */
  readonly command: string
  /** The line of the command; of lines without one, the first of them. */
  readonly line: number
  readonly lines: readonly TextLine[]
}

/** Behind drgn's prompt, `...` goes on with what was typed. */
const CONTINUED = /^\.\.\. (?=\S)/
/** What mail programs put before lines. drgn's prompt is none of it. */
const QUOTES = /^(?:[>|] )+(?=crash|\(gdb|\(lldb|>>>|\d{1,4}: kd|\S|\s)/
/** Where standard input is no terminal, what is printed stands behind the prompt. */
const OUTPUT = /^(?:\*?\(|\{|\$\d+ = )/

/** A text cut at its prompts. */
export function* answersIn(text: string): Generator<Answer> {
  let [command, line]: [string, number] = ['', 1]
  let lines: TextLine[] = []
  for (const { text: raw, number } of linesOf(text)) {
    const own = ownText(raw)
    const prompt = DEBUGGER_PROMPT.exec(own)
    if (prompt) {
      yield { command, line, lines }
      const typed = own.slice(prompt[0].length).trim()
      const isOutput = OUTPUT.test(typed)
      command = isOutput ? '' : typed
      line = number
      lines = isOutput ? [{ text: typed, number }] : []
    } else if (lines.length === 0 && command !== '' && CONTINUED.test(own)) command += ` ${own.slice(4)}`
    else lines.push({ text: own, number })
  }
  yield { command, line, lines }
}

/** Marks of mail without a space behind them. */
const TIGHT = /^>(?=>>> |[^>\s])/

/** A line without quotes, clocks of logs and the like; a prompt without what it is set in by. */
function ownText(raw: string): string {
  const bare = raw.trimStart()
  if (DEBUGGER_PROMPT.test(bare)) return bare
  const quoted = QUOTES.exec(raw)?.[0].length ?? TIGHT.exec(raw)?.[0].length ?? 0
  const line = raw.slice(quoted)
  const inner = line.trimStart()
  if (DEBUGGER_PROMPT.test(inner)) return inner
  return /^[\s{}$.*(]/.test(line) ? line : line.slice(prefixLength(line))
}
