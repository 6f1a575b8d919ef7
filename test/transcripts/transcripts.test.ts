// Every *.txt beside this file is a transcript: commands behind `$ `, what they print (`! ` before what goes to stderr),
// their exit codes. The commands run in the root of the repo, with $SCRATCH naming an empty folder of the transcript's own,
// and must print the same again. `npm test -- -u` rewrites the transcripts.
//
// Commands that need no shell, no standard input and no files of others run one after another in one process, at a fraction of what
// the starts of so many cost. npm run check:package runs each in a process of its own, under every Node that it names.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'vitest'
import { inProcess } from '../support/in-process.ts'
import {
  blockOf,
  isPackaged,
  runBlock,
  TRANSCRIPTS,
  type Transcribed,
  transcribed,
  transcriptNames,
} from '../support/transcripts.ts'

/** Words, and text in single quotes, of which no shell makes anything else. */
const SIMPLE = /^blkring ((?:[\w./:=,+@% -]|'[^']*')+)$/

/** Of a command that runs in one process with others. */
function argsOf(command: string): string[] | undefined {
  const args = SIMPLE.exec(command)?.[1]?.match(/(?:[^\s']|'[^']*')+/g)
  return args?.includes('-') ? undefined : args?.map((word) => word.replaceAll("'", ''))
}

/** What is refused ends before it has parsed its arguments, and is no guest to share a process with. */
function isDone({ block }: Transcribed): boolean {
  return /^exit [01]$/m.test(block)
}

const simple = isPackaged
  ? []
  : [
      ...new Set(
        transcriptNames()
          .flatMap(transcribed)
          .filter(isDone)
          .map(({ command }) => command),
      ),
    ].filter(argsOf)
const results = inProcess(simple.map((command) => ({ args: argsOf(command)!, env: { LC_ALL: 'C' } })))
const printed = new Map(simple.map((command, i) => [command, blockOf(command, results[i]!)]))

for (const name of transcriptNames()) {
  test.concurrent(`transcript ${name}`, async ({ expect }) => {
    const commands = transcribed(name)
    expect(commands.length).toBeGreaterThan(0)
    const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
    try {
      const blocks: string[] = []
      for (const { command } of commands) blocks.push(printed.get(command) ?? (await runBlock(command, { scratch })))
      await expect(blocks.join('\n')).toMatchFileSnapshot(join(TRANSCRIPTS, name))
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
  })
}
