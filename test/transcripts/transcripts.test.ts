// Every *.txt beside this file is a transcript: commands behind `$ `, what they print (`! ` before what goes to stderr),
// their exit codes. The commands run in the root of the repo, with $SCRATCH naming an empty folder of the transcript's own,
// and must print the same again. `npm test -- -u` rewrites the transcripts.
//
// They share one process, at a fraction of what the starts of so many cost, but for the first of each of blkring's commands.
// npm run check:package runs each in a process of its own, under every Node that it names.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runBlock, TRANSCRIPTS, transcribed, transcriptNames } from '../support/transcripts.ts'

const started = new Set<string | undefined>()

/** Whether the command has not had a process of its own. */
function isFirst(command: string): boolean {
  const name = /\bblkring (\w+)/.exec(command)?.[1]
  return started.size < started.add(name).size
}

test.each(transcriptNames())('transcript %s', async (name) => {
  const commands = transcribed(name)
  expect(commands.length).toBeGreaterThan(0)
  const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
  try {
    const blocks = commands.map(({ command }) => runBlock(command, { scratch, alone: isFirst(command) }))
    await expect(blocks.join('\n')).toMatchFileSnapshot(join(TRANSCRIPTS, name))
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
})
