// Every *.txt beside this file is a transcript: commands behind `$ `, what they print (`! ` before what goes to stderr),
// their exit codes. The commands run in the root of the repo, with $SCRATCH naming an empty folder of the transcript's own,
// and must print the same again. `npm test -- -u` rewrites the transcripts.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'vitest'
import { runBlock, TRANSCRIPTS, transcribed, transcriptNames } from '../support/transcripts.ts'

for (const name of transcriptNames()) {
  test.concurrent(`transcript ${name}`, async ({ expect }) => {
    const commands = transcribed(name)
    expect(commands.length).toBeGreaterThan(0)
    const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
    try {
      const blocks: string[] = []
      for (const { command } of commands) blocks.push(await runBlock(command, { scratch }))
      await expect(blocks.join('\n')).toMatchFileSnapshot(join(TRANSCRIPTS, name))
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
  })
}
