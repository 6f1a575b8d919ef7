// Every command over every dump: what it prints as JSON is what its schema says, and it prints what it printed before (exit code, lines
// and a digest of the text; `-u` rewrites them).
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, expect, test } from 'vitest'
import { JSON_COMMANDS, lineSchema, pairLineSchema, schemaFiles, schemaOf } from '../../scripts/schemas.ts'
import { inProcess, type Printed } from '../support/in-process.ts'

const root = join(import.meta.dirname, '../..')
/** What commands write; of these the JSON is looked at. */
const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

function foldersIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${folder}/${name}`)
    .sort()
}

const dumps = [...foldersIn('dumps'), ...foldersIn('dumps/hostile'), ...foldersIn('dumps/made')].filter(
  (folder) => !['dumps/hostile', 'dumps/made', 'dumps/image'].includes(folder),
)
const has = (folder: string, name: string) => existsSync(join(root, folder, name))

/** What a command is run with for a dump; several where it has several faces. */
const RUNS: Readonly<Record<string, (dump: string) => readonly (readonly string[])[]>> = {
  check: (dump) => [[dump], ['--severity', 'note', '--backend', 'linux', dump]],
  decode: (dump) => [['--segments', dump]],
  diff: (dump) => [
    ['dumps/direct', dump],
    ['--level', 'io', dump, 'dumps/indirect'],
    ['--snapshots', dump],
  ],
  doctor: (dump) => [[dump]],
  find: (dump) => (has(dump, 'ring.bin') ? [['--min-score', '0', '--pages', `${dump}/ring.bin`]] : []),
  generate: (dump) => (has(dump, 'scenario.yaml') ? [[`${dump}/scenario.yaml`]] : []),
  inspect: (dump) => [
    ['--slot', '0', dump],
    ['--at', '0x60', dump],
    ['--picture', dump],
    ['--tree', '--slot', '1', dump],
  ],
  stats: (dump) => [[dump]],
  vbds: (dump) => (has(dump, 'xenstore.txt') ? [[dump]] : []),
}

interface Run {
  readonly command: string
  readonly args: readonly string[]
  /** Its text is looked at too: once for each command and dump. */
  readonly isShown: boolean
}

/** A disk as large as those of most dumps. */
const disk = join(scratch, 'disk.img')
writeFileSync(disk, '')
truncateSync(disk, 2 ** 26)

const runs: Run[] = [
  ...dumps.flatMap((dump) =>
    Object.entries(RUNS).flatMap(([command, of]) => of(dump).map((args, i) => ({ command, args, isShown: i === 0 }))),
  ),
  { command: 'find', args: ['--pages', '--grant-table', 'dumps/image/gnttab.bin', 'dumps/image/core.gz'], isShown: true },
  ...['split', 'resume'].map((name) => ({ command: 'generate', args: [`docs/examples/${name}.yaml`], isShown: true })),
  { command: 'check', args: ['--summary', '--unique', 'dumps/hostile'], isShown: false },
  { command: 'mutate', args: ['--count', '20', '-o', join(scratch, 'corpus'), 'dumps/direct', 'dumps/indirect'], isShown: false },
  { command: 'reduce', args: ['--rule', 'segment-range', '-o', join(scratch, 'ring'), 'dumps/hostile/malformed'], isShown: false },
  // The name of the disk is in what it prints.
  ...dumps.map((dump) => ({ command: 'answer', args: ['--disk', disk, dump], isShown: false })),
  { command: 'layout', args: [], isShown: true },
  { command: 'layout', args: ['blkif_request', '--abi', 'x86_32'], isShown: true },
]

const shown = runs.filter(({ isShown }) => isShown)
const texts = inProcess(shown.map(({ command, args }) => ({ args: [command, ...args], env: {} })))
const jsons = inProcess(runs.map(({ command, args }) => ({ args: [command, '--json', ...args], env: {} })))

test('what every command prints of every dump', async () => {
  const lines = shown.map(({ command, args }, i) => `${[command, ...args].join(' ')}: ${digestOf(texts[i]!)}`)
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(join(import.meta.dirname, 'every-dump.txt'))
})

function digestOf({ stdout, stderr, exit }: Printed): string {
  const text = createHash('sha256').update(stdout).update('\0').update(stderr).digest('hex').slice(0, 12)
  return `exit ${exit ?? 0}, ${stdout.split('\n').length - 1} lines, ${text}`
}

/** With a unit of sectors, and several snapshots of which lines say the number. */
const lineRuns = dumps.flatMap((dump) => [[dump], ['--sector-unit', '4096', dump, dump]])
const lines = inProcess(lineRuns.map((args) => ({ args: ['decode', '--ndjson', ...args], env: {} })))

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true })

test.each(JSON_COMMANDS)('%s --json is what its schema says', (command) => {
  const validate = ajv.compile(schemaOf(command))
  let documents = 0
  for (const [i, { args }] of runs.entries()) {
    if (runs[i]!.command !== command || jsons[i]!.stdout === '') continue
    documents++
    if (!validate(JSON.parse(jsons[i]!.stdout)))
      expect.fail(`${command} ${args.join(' ')}: ${ajv.errorsText(validate.errors?.slice(0, 5), { separator: '\n' })}`)
  }
  expect(documents).toBeGreaterThan(0)
})

const pairs = inProcess(dumps.map((dump) => ({ args: ['decode', '--pair', '--ndjson', dump], env: {} })))

test.each([
  ['decode --ndjson', lineSchema(), lines, 2000],
  ['decode --pair --ndjson', pairLineSchema(), pairs, 1000],
])('a line of %s is what its schema says', (_, schema, lines, atLeast) => {
  const validate = ajv.compile(schema)
  const all = lines.flatMap(({ stdout }) => stdout.split('\n').filter((line) => line !== ''))
  const wrong = all.find((line) => !validate(JSON.parse(line)))
  expect([wrong, ajv.errorsText(validate.errors)]).toEqual([undefined, 'No errors'])
  expect(all.length).toBeGreaterThan(atLeast)
})

test.each([...schemaFiles()])('%s is made of the shapes', async (path, text) => {
  await expect(text).toMatchFileSnapshot(join(root, path))
})
