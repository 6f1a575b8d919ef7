// A scenario as an input: the ring that the emulated driver leaves, as `generate` would have written it.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import type { Capture } from '../../src/capture/capture.ts'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { openInput } from '../../src/node/read/inputs.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { isScenario } from '../../src/scenario/input.ts'
import { FORMATTERS } from '../hexdump/formatters.ts'
import { run } from '../support/in-process.ts'

const root = join(import.meta.dirname, '../..')
const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

function written(name: string, content: string | Uint8Array): string {
  const path = join(scratch, name)
  writeFileSync(path, content)
  return path
}

async function ringsOf(path: string, notes: string[] = []): Promise<Capture[]> {
  const input = await openInput({ name: path, place: 0 }, { onNote: (note) => notes.push(note) })
  return [...input.rings()]
}

/** All that is made of a ring, which includes the pages that its requests name; and where it lies below its input. */
const made = (rings: readonly Capture[], input: string) =>
  rings.map((capture) => {
    const { source, queue, snapshot, number, bytes, xenstore } = capture
    const { ring, findings } = decodeCapture(capture)
    return { place: source.slice(input.length), queue, snapshot, number, bytes: Buffer.from(bytes), xenstore, ring, findings }
  })

const QUEUES = 'queues: 3\nseed: 5\nsteps: [{workload: {op: write, bs: 256K, count: 9, in_flight: 6}}]\n'
const FULL = `unchecked: true\nsteps:\n${'- flush\n'.repeat(40)}`
const scenarios = ['docs/examples', 'test/scenarios', 'dumps/hostile'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(root, folder, name)),
)

test('every scenario, as YAML and as the JSON that generate writes, is the folder that generate writes', async () => {
  expect(scenarios.length).toBeGreaterThan(70)
  let [moments, queues, refused] = [0, 0, 0]
  for (const [i, path] of [...scenarios, written('queues.yaml', QUEUES), written('full.yaml', FULL)].entries()) {
    const folder = join(scratch, String(i))
    const { stderr, exit } = run({ args: ['generate', path, '-o', folder] })
    const expected = made([...loadDumps(folder)], folder)
    expect(expected.length, path).toBeGreaterThan(0)
    for (const input of [path, join(folder, 'scenario.json')]) {
      const notes: string[] = []
      expect(made(await ringsOf(input, notes), input), input).toEqual(expected)
      // What the driver did not do is said by both.
      expect(notes.map((note) => note.slice(input.length + 2))).toEqual(exit === 0 ? [] : [stderr.trim().slice('blkring: '.length)])
    }
    refused += exit
    moments += expected.filter(({ number }) => number !== undefined).length
    queues += expected.filter(({ queue }) => queue !== undefined).length
  }
  expect([moments > 0, queues > 0, refused > 0]).toEqual([true, true, true])
})

test('nothing is written, and a relative path, a packed file and UTF-16 are the same', async () => {
  const yaml = readFileSync(join(root, 'docs/examples/split.yaml'))
  const path = written('split.yaml', yaml)
  const before = readdirSync(scratch)
  const expected = made(await ringsOf(path), path)
  for (const [name, bytes] of [
    ['split.yaml.gz', gzipSync(yaml)],
    ['split-16.yaml', Buffer.from(`\ufeff${yaml}`, 'utf16le')],
  ] as const) {
    const other = written(name, bytes)
    expect(made(await ringsOf(other), other)).toEqual(expected)
  }
  expect(readdirSync(scratch).length).toBe(before.length + 2)
  const { stdout } = run({ args: ['decode', './split.yaml'], cwd: scratch })
  expect(stdout.split('\n')[0]).toBe('split.yaml/ring.bin')
})

describe('is told by its content', () => {
  const STEPS = 'steps: [{write: {sector: 0, bytes: 4096}}]'

  test.each([
    ['keys in any order', `# a comment\n---\nabi: x86_32\n${STEPS}\n`, true],
    ['a list below a key at the margin', 'steps:\n- push: {}\n', true],
    ['flow style', `{driver: seed, ${STEPS}}`, true],
    ['one key mistyped', `drivr: seed\n${STEPS}\n`, true],
    ['JSON', '{"abi": "arm", "steps": []}', true],
    ['JSON of something else', '{"ring": "00ff", "seed": 5, "other": {"steps": []}}', false],
    ['a mapping of something else', 'name: ci\non: push\njobs:\n  test:\n    steps: []\n', false],
    ['text with a key in it', `hello\n${STEPS}\n`, false],
    ['a mail', 'From: a@example.org\nSubject: seed: 5\n\nsteps: []\n', false],
    ['an io_ring', 'nr_ents 32\nreq prod 5 cons 5 event 6\n', false],
  ])('%s', (_, text, expected) => expect(isScenario(text)).toBe(expected))

  test('no hexdump, listing or JSON of ours is one', () => {
    const ring = readFileSync(join(root, 'dumps/direct/ring.bin'))
    for (const { print } of FORMATTERS) expect(isScenario(print(ring, 0n).slice(0, 4096))).toBe(false)
    for (const name of readdirSync(join(root, 'dumps'))) {
      const path = join(root, 'dumps', name, 'xenstore.txt')
      try {
        expect(isScenario(readFileSync(path, 'utf8').slice(0, 4096))).toBe(false)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT' && (error as NodeJS.ErrnoException).code !== 'ENOTDIR') throw error
      }
    }
    for (const command of ['decode', 'check', 'stats', 'inspect', 'doctor'])
      expect(isScenario(run({ args: [command, '--json', 'dumps/direct'] }).stdout), command).toBe(false)
    expect(isScenario(run({ args: ['generate', '--json', 'docs/examples/split.yaml'] }).stdout)).toBe(false)
  })

  test('of whole pages it is a ring, and --text says otherwise', () => {
    const path = written('padded.yaml', `${STEPS}\n#${' '.repeat(4096 - STEPS.length - 3)}\n`)
    const [ring, text] = [run({ args: ['decode', path] }), run({ args: ['decode', '--text', path] })]
    expect(ring.stderr).toContain('they read like text, and --text reads them as such')
    expect(text.stdout).toContain(`${basename(path)}/ring.bin`)
  })
})

test('mistakes are told as generate tells them', () => {
  for (const [i, text] of [
    'drivr: seed\nsteps: []\n',
    'steps: [{write: {sectr: 0}}]\n',
    'steps:\n  - push: {\n',
    'ring_pages: 3\nsteps: []\n',
    '{"steps": [{"poke": {"req_prod": 5}}]}',
    'queues: 1\nsteps: [{push: {queue: 4}}]\n',
    'abi: &a arm\nseed: *a\nsteps: []\n',
  ].entries()) {
    const path = written(`mistake-${i}.yaml`, text)
    const expected = run({ args: ['generate', path, '-o', join(scratch, 'never')] })
    expect(expected.exit, text).toBe(2)
    const piped = run({ args: ['generate', '-', '-o', join(scratch, 'never')], input: text }).stderr
    for (const command of ['decode', 'check', 'stats', 'inspect', 'doctor']) {
      expect(run({ args: [command, path] }), command).toEqual({ ...expected, stdout: expect.any(String) })
      expect(run({ args: [command, '-'], input: text }).stderr, command).toBe(piped)
    }
  }
})

test('a guest that is suspended again and again is refused before it takes the memory', async () => {
  const steps = Array.from({ length: 1200 }, () => '{suspend: {}}, {resume: {}}').join(', ')
  const path = written('again.yaml', `ring_pages: 16\nsteps: [${steps}]\n`)
  await expect(ringsOf(path)).rejects.toThrow('its moments take more than 64 MiB; blkring generate -o DIR writes them')
})
