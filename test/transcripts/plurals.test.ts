// One is no plural: "1 sectors" in what any transcript's command prints.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** What is right: the word is no noun, or the number is no count. */
const EXCEPTIONS: readonly RegExp[] = [
  /\b(clean|0), 1 findings\b/, // exit codes
  /-1 is negative/,
  /\brequest 1 does not wait\b/,
  /\br(eq|sp)_prod 1 has\b/,
]

const folder = import.meta.dirname

test('one of something is in the singular', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.txt'))
  expect(files.length).toBeGreaterThan(50)
  const found = files.flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter(
        (line) => !line.startsWith('$ ') && /(?<![.,])\b1 [a-z]+s\b/.test(line) && !EXCEPTIONS.some((right) => right.test(line)),
      )
      .map((line) => `${name}: ${line}`),
  )
  expect(found).toEqual([])
})
