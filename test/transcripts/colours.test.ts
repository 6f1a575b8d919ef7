// Colours add nothing but colours: every transcript's command that prints text for people, with colours forced, prints what it
// prints without, once the colours are taken away.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inProcess } from '../support/in-process.ts'
import { runBlock, type Transcribed, transcribed, transcriptNames } from '../support/transcripts.ts'

const root = join(import.meta.dirname, '../..')
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const SGR = /\u001b\[[\d;]*m/g
const COLOURS = { FORCE_COLOR: '1' }

/**
 * What has no colours: it is for machines, or compared byte by byte; and what asks for them or against them itself. Loops over
 * dumps/hostile are run without a shell.
 */
const MACHINE = /--(json|ndjson|csv|sarif|format|parquet)\b|sha256sum|cksum|COLOR=|^for name in/
/** A line of standard output: errors, which have no colours, are behind `! `. */
const OUTPUT = /^(?!\$ |! \S|exit \d+$)./m
/** A command that stands first, up to a pipe, and reads files of the repository. */
const SIMPLE = /^blkring ((?:[^|<>;&$'"()]|'[^']*')+)(\||$)/

const transcripts = transcriptNames().map((name) => ({ name, commands: transcribed(name) }))

function isColoured({ command, block }: Transcribed): boolean {
  return OUTPUT.test(block) && !MACHINE.test(command)
}

/** Of what runs in one process. */
function argsOf({ command }: Transcribed): string[] | undefined {
  const args = SIMPLE.exec(command)?.[1]?.match(/(?:[^\s']|'[^']*')+/g)
  return args?.includes('-') ? undefined : args?.map((word) => word.replaceAll("'", ''))
}

test('in one process', () => {
  const simple = transcripts.flatMap(({ commands }) =>
    commands.filter(isColoured).flatMap((command) => argsOf(command)?.join('\0') ?? []),
  )
  const runs = [...new Set(simple)].map((text) => text.split('\0'))
  const hostile = readdirSync(join(root, 'dumps/hostile'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
  runs.push(...hostile.map(({ name }) => ['check', '--severity', 'note', `dumps/hostile/${name}`]))
  expect(runs.length).toBeGreaterThan(120)
  const printed = inProcess(
    runs.flatMap((args) => [
      { args, env: {} },
      { args, env: COLOURS },
    ]),
  )
  let withColours = 0
  for (const [i, args] of runs.entries()) {
    const [plain, coloured] = [printed[2 * i]!, printed[2 * i + 1]!]
    expect(plain.stdout, args.join(' ')).not.toContain('\u001b')
    expect({ ...coloured, stdout: coloured.stdout.replace(SGR, '') }, args.join(' ')).toEqual(plain)
    if (coloured.stdout !== plain.stdout) withColours++
  }
  expect(withColours).toBeGreaterThan(100)
})

describe('in a shell', () => {
  for (const { name, commands } of transcripts) {
    const writes = commands.some((command) => isColoured(command) && command.command.includes('SCRATCH'))
    // One may need the files of another.
    const makes = ({ command }: Transcribed) => writes && command.includes('SCRATCH') && !/COLOR=/.test(command)
    const shell = commands.filter((command) => (isColoured(command) ? !argsOf(command) : makes(command)))
    if (shell.length === 0) continue
    test(name, () => {
      const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
      const node = `-r "${root}/test/support/strip-colour.cjs"`
      try {
        for (const { command, block } of shell)
          expect(runBlock(command, { scratch, env: { ...COLOURS, STRIP_COLOUR: '1' }, node })).toBe(block)
      } finally {
        rmSync(scratch, { recursive: true, force: true })
      }
    })
  }
})
