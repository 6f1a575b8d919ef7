// One exported name, one meaning: whoever searches for a name finds one thing.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const src = join(import.meta.dirname, '../../src')
const DECLARED = /^export (?:declare |abstract |async )*(?:const|let|function\*?|class|interface|type|enum) +([\w$]+)/gm

/** Two names that are awaited: their rooms are being rebuilt. */
const AWAITED = ['Moment', 'fill']

test('no two files declare the same exported name', () => {
  const files = new Map<string, Set<string>>()
  for (const file of readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')))
    for (const [, name] of readFileSync(join(src, file), 'utf8').matchAll(DECLARED))
      files.set(name!, (files.get(name!) ?? new Set()).add(file))
  const twice = [...files].filter(([name, where]) => where.size > 1 && !AWAITED.includes(name))
  expect(twice.map(([name, where]) => `${name}: ${[...where].sort().join(', ')}`)).toEqual([])
})
