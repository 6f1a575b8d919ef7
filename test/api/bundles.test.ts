// What an application pays for what it imports: minified bytes of bundles for browsers, of the library as it is built.
import { join } from 'node:path'
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { SUBPATHS } from './exports.ts'

const root = join(import.meta.dirname, '../..')

interface Bundle {
  readonly bytes: number
  readonly text: string
  /** Files that went in. */
  readonly inputs: readonly string[]
}

async function bundle(code: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    write: false,
    metafile: true,
    logLevel: 'silent',
  })
  const [output] = Object.values(metafile.outputs)
  const inputs = Object.entries(output!.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : []))
  return { bytes: outputFiles[0]!.contents.length, text: outputFiles[0]!.text, inputs }
}

const pair = `struct('pair', { tag: u32, other: u32 })`

/** Upper bounds, a little above what they are: what makes one larger says why. */
const BOUNDS: readonly (readonly [what: string, code: string, bytes: number])[] = [
  ['the layout of a struct', `import { layoutOf, struct, u32, x86_64 } from 'blkring/struct'; f(layoutOf(${pair}, x86_64))`, 3_000],
  [
    'an encoder',
    `import { encode, struct, u32, x86_64 } from 'blkring/struct'; f(encode(${pair}, x86_64, { tag: 1, other: 2 }))`,
    6_000,
  ],
  ['a table of blkif.h', `import { blkifRequest } from 'blkring/xen'; f(blkifRequest)`, 1_000],
  ['the name of an operation', `import { opName } from 'blkring/xen'; f(opName(1))`, 1_000],
  ['XenStore', `import { parseXenstore } from 'blkring/xenstore'; f(parseXenstore(''))`, 16_000],
  ['columns', `import { Batch, readBatch } from 'blkring/columns'; f(Batch, readBatch)`, 26_000],
  ['a ring', `import { decodeRing, x86_64 } from 'blkring'; f(decodeRing(new Uint8Array(4096), x86_64))`, 56_000],
  ['the emulated driver', `import { Emulator } from 'blkring/blkfront'; f(Emulator)`, 56_000],
]

describe('minified', () => {
  test.each(BOUNDS)('%s', async (_, code, most) => {
    const { bytes } = await bundle(code.replace('; f(', '; globalThis.f('))
    expect(bytes).toBeLessThanOrEqual(most)
    // A bound that is far away bounds nothing.
    expect(bytes).toBeGreaterThan(most / 4)
  })
})

test('layouts come without the parser', async () => {
  const { inputs, text } = await bundle(
    `import { layoutOf, struct, u32, x86_64 } from 'blkring/struct'; f(layoutOf(${pair}, x86_64))`,
  )
  expect(inputs.filter((path) => path.includes('binary-parser'))).toEqual([])
  expect(text).not.toContain('Function(')
})

test.each([...SUBPATHS.keys()])('%s that nothing is used of leaves nothing', async (subpath) => {
  if (subpath === 'blkring/node' || subpath === 'blkring/stream') return
  expect((await bundle(`import '${subpath}'; import * as room from '${subpath}'`)).bytes).toBe(0)
})
