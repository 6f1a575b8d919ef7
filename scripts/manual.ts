// The manual, made of the commands themselves.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { completions } from './manual/completions.ts'
import { manPage } from './manual/man.ts'
import { commandsOf } from './manual/model.ts'
import { commandPages } from './manual/pages.ts'

/** What the build adds to dist: contents by path below the repository's root. */
export function builtManual(root: string): Map<string, string> {
  const commands = commandsOf(root)
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const shells = [...completions(commands)].map(([name, text]) => [`dist/completions/${name}`, text] as const)
  return new Map([['dist/man/blkring.1', manPage(commands, version)], ...shells])
}

/** What the repository holds: a page for each command. */
export function writtenManual(root: string): Map<string, string> {
  return commandPages(commandsOf(root), root)
}
