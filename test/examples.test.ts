// What docs/testing.md shows is in the files, and what the examples have of `layout` is current. They are built and run by
// `npm run consumers`.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { x86_64 } from '../src/codec/struct/abi.ts'
import { languageText } from '../src/layouts/index.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

test.each([
  ['yaml', 'linux.yaml'],
  ['python', 'test_ring.py'],
  ['go', 'ring_test.go'],
  ['c', 'test_ring.c'],
  ['ocaml', 'test_ring.ml'],
])('docs/testing.md has the %s of examples/testing/%s', (language, file) => {
  expect(read('docs/testing.md')).toContain(`\`\`\`${language}\n${read(`examples/testing/${file}`)}\`\`\`\n`)
})

test('docs/testing.md has of the tests of the Rust frontend what is in them', () => {
  const [, block] = /```rust\n([\s\S]*?)```/.exec(read('docs/testing.md'))!
  const parts = block!.trimEnd().split('\n\n#[test]\n')
  expect(parts).toHaveLength(3)
  for (const part of parts) expect(read('examples/rust-frontend/tests/linux.rs')).toContain(part)
})

test('the structs of the Rust frontend are those of layout --format rust --abi x86_64', () => {
  expect(read('examples/rust-frontend/src/blkif.rs')).toBe(languageText('rust', undefined, [x86_64]))
})
