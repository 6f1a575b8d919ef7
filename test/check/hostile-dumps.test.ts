// dumps/hostile is what its scenarios make: `npm run hostile-dumps` writes it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as yaml from 'yaml'
import { hostileFiles } from '../../scripts/hostile-dumps.ts'
import { dumps } from './run-check.ts'

const hostile = join(dumps, 'hostile')
const folders = readdirSync(hostile, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
const MADE = /\.bin$|^xenstore\.txt$/

test.each(folders)('%s', async (name) => {
  const folder = join(hostile, name)
  const made = await hostileFiles(folder, async () => yaml)
  const byHand = made.has('xenstore.txt') ? [] : ['xenstore.txt']
  const present = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => MADE.test(path))
  expect(present.sort()).toEqual([...made.keys(), ...byHand].sort())
  for (const [path, content] of made)
    expect(readFileSync(join(folder, path)).equals(Buffer.from(content as Uint8Array)), path).toBe(true)
})

test('every folder is catalogued', () => {
  const readme = readFileSync(join(hostile, 'README.md'), 'utf8')
  expect(folders.filter((name) => !readme.includes(`\`${name}\``))).toEqual([])
})
