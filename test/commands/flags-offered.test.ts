// A message offers no flag that the command lacks: read from all that the transcripts print on standard error.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const { commands } = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8')) as {
  readonly commands: Readonly<Record<string, { readonly flags: Readonly<Record<string, unknown>> }>>
}

/** A flag that a message speaks of, and the command that was run. */
interface Offer {
  readonly command: string
  readonly flag: string
  readonly line: string
}

function* offersIn(text: string): Generator<Offer> {
  let command: string | undefined
  let typed = ''
  for (const line of text.split('\n')) {
    if (line.startsWith('$ ')) {
      typed = line
      command = [...line.matchAll(/\bblkring (\w+)/g)].map(([, name]) => name!).findLast((name) => name in commands)
    }
    if (command === undefined || !line.startsWith('! ')) continue
    // What another command is to be run with, or a tool of another package, and what was mistyped.
    const own = line.replace(/\b(blkring|virsh) \S+ .*/, '')
    for (const [, flag] of own.matchAll(/(?<![\w-])--([a-z][a-z-]*[a-z])/g))
      if (!new RegExp(`--${flag}(?![\\w-])`).test(typed)) yield { command, flag: flag!, line }
  }
}

test('every flag that a message names is one of the command', () => {
  const folder = join(root, 'test/transcripts')
  const offers = readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .flatMap((name) => [...offersIn(readFileSync(join(folder, name), 'utf8'))])
  expect(offers.length).toBeGreaterThan(30)
  const wrong = offers.filter(({ command, flag }) => flag !== 'help' && !(flag in commands[command]!.flags))
  expect(wrong).toEqual([])
})
