// What users import has a name that stays: a name that comes or goes changes names.txt, which `npm test -- -u` rewrites.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { namesOf, SUBPATHS } from './exports.ts'

const namesIn = (file: string, kind: 'type' | 'value') =>
  [...namesOf(file)].flatMap(([name, is]) => (is === kind ? [name] : [])).sort()

test('the names of every subpath', async () => {
  const text = [...SUBPATHS].map(([subpath, file]) => {
    const lines = (['value', 'type'] as const).flatMap((kind) => namesIn(file, kind).map((name) => `  ${kind.padEnd(5)} ${name}`))
    return `${subpath}\n${lines.join('\n')}\n`
  })
  await expect(text.join('\n')).toMatchFileSnapshot(join(import.meta.dirname, 'names.txt'))
})

test.each([...SUBPATHS])('%s has the values that its source names', async (_, file) => {
  expect(Object.keys(await import(file)).sort()).toEqual(namesIn(file, 'value'))
})

test('the root is small', () => {
  expect(namesOf(SUBPATHS.get('blkring')!).size).toBeLessThanOrEqual(30)
})
