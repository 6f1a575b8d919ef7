// The structs as texts of other languages. That the texts are right `npm run consumers` proves, by each language's own tool; here they
// only must not change unseen. With a C compiler at hand the header's assertions are held here too.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ABIS, x86_32, x86_64 } from '../../src/codec/struct/abi.ts'
import { layoutOf } from '../../src/codec/struct/layout.ts'
import { languageText } from '../../src/layouts/index.ts'
import { LANGUAGES } from '../../src/layouts/languages.ts'
import { modelOf } from '../../src/layouts/model.ts'
import { LANGUAGE_TABLES } from '../../src/layouts/tables.ts'

test.each(LANGUAGES.filter((language) => language !== 'wireshark'))('%s under x86_32', async (language) => {
  const text = languageText(language, undefined, [x86_32])
  await expect(text).toMatchFileSnapshot(join(import.meta.dirname, `x86_32.${language}.txt`))
})

test('wireshark, every ABI', async () => {
  await expect(languageText('wireshark', undefined, ABIS)).toMatchFileSnapshot(join(import.meta.dirname, 'wireshark.lua.txt'))
})

test('one struct comes with what it consists of, and nothing else', () => {
  const text = languageText('c', 'blkif_request', [x86_64])
  expect(text.match(/^(struct|union) \w+ \{/gm)).toEqual(['struct blkif_request_segment {', 'struct blkif_request {'])
  const lone = languageText('ksy', 'blkif_response', [x86_64])
  expect(lone).not.toContain('blkif_slot')
})

describe.each(ABIS)('$name', (abi) => {
  const { shapes } = modelOf(LANGUAGE_TABLES, abi)

  test('members cover each byte of a struct once', () => {
    for (const { kind, name, members, size } of shapes) {
      if (kind === 'union') continue
      let end = 0
      for (const member of members) {
        expect(`${name}.${member.name} ${member.offset}`).toBe(`${name}.${member.name} ${end}`)
        end += member.size
      }
      expect(end).toBe(size)
    }
  })

  test('every struct of the tables is there, with its size', () => {
    const sizes = Object.fromEntries(shapes.map(({ name, size }) => [name, size]))
    expect(sizes).toMatchObject(Object.fromEntries(LANGUAGE_TABLES.map(({ type }) => [type.name, layoutOf(type, abi).size])))
  })
})

const gcc = spawnSync('gcc', ['--version']).status === 0

test.runIf(gcc)('a C compiler lays the structs out as the ABI does, on a host of another one too', () => {
  for (const abi of ABIS)
    for (const bits of ['-m64', '-m32']) {
      const input = languageText('c', undefined, [abi])
      const { status, stderr } = spawnSync('gcc', [bits, '-std=c11', '-ffreestanding', '-fsyntax-only', '-Wall', '-xc', '-'], {
        input,
      })
      expect(`${abi.name} ${bits}: ${stderr}${status}`).toBe(`${abi.name} ${bits}: 0`)
    }
})
