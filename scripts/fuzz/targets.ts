// What is fuzzed. A target makes an input from chance and puts it through the command line or the library; an error that is not meant
// for users is a failure.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Capture } from '../../src/capture/capture.ts'
import { DumpError } from '../../src/capture/dump-error.ts'
import { vbdsText } from '../../src/commands/vbds/text.ts'
import { IoRingError, isIoRing, parseIoRing, readTestimonies } from '../../src/doctor/index.ts'
import { readTextRings } from '../../src/hexdump/index.ts'
import { loadDumps, loadMoments } from '../../src/node/read/load.ts'
import { plainStyle } from '../../src/print/style.ts'
import { parseScenarioText, type Random, ScenarioError, scriptOf } from '../../src/scenario/file/index.ts'
import { Player } from '../../src/scenario/player/index.ts'
import { parseBlockTrace, TraceError } from '../../src/scenario/trace/index.ts'
import { listVbds, parseXenstore } from '../../src/xenstore/devices.ts'
import { ringRefs } from '../../src/xenstore/queues.ts'
import { FORMATTERS } from '../../test/hexdump/formatters.ts'
import { CommandTargets } from './commands.ts'
import { images } from './images.ts'
import { incidents } from './incidents.ts'
import { mutateBytes, mutateText, oddNumber, pick } from './mutate.ts'
import type { TargetName } from './protocol.ts'
import { expectPrintable, lookAt } from './views.ts'

export type Run = (random: Random) => void | Promise<void>

/** Of the yaml package, which a bundle cannot hold. */
export type LoadYaml = Parameters<typeof parseScenarioText>[1]

/** A folder for inputs that are files. */
export class Scratch {
  readonly path: string

  /** @param folder that is removed after the campaign: a process that is killed removes nothing */
  constructor(folder: string) {
    this.path = mkdtempSync(join(folder, 'blkring-fuzz-'))
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

const dumps = join(process.cwd(), 'dumps')
const EXPECTED = [DumpError, ScenarioError, IoRingError, TraceError]

/** Runs something that may end with an error for users. */
function forUsers(work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!EXPECTED.some((type) => error instanceof type)) throw error
    expectOneLine((error as Error).message)
  }
}

/** What else a message has in it, the command line makes printable. */
export function expectOneLine(message: string): void {
  if (message === '' || message.includes('\n'))
    throw new Error(`a message of several lines: ${JSON.stringify(message.slice(0, 80))}`)
}

/** @param packageRoot where dist and the package's own package.json are */
export function targetsOf(scratch: Scratch, yaml: LoadYaml, packageRoot: string): Record<TargetName, Run> {
  const seeds = new Seeds()
  const commands = new CommandTargets(packageRoot, seeds, scratch)
  return {
    commands: (random) => commands.run(random),
    rings: (random) => lookAt(mutatedRings(seeds, random), random),
    texts: (random) => texts(seeds, scratch, random),
    listings: (random) => listings(seeds, random),
    folders: (random) => folders(seeds, scratch, random),
    scenarios: (random) => scenarios(seeds, random, yaml),
    traces: (random) => traces(seeds, random),
    images: (random) => images(seeds, random),
    incidents: (random) => incidents(random),
  }
}

/** Folders of the repository's dumps that are none themselves. */
const NO_DUMPS = ['hostile', 'image']

/** What mutations begin with: the dumps of the repository. */
export class Seeds {
  readonly folders = readdirSync(dumps, { withFileTypes: true }).flatMap((e) =>
    e.isDirectory() && !NO_DUMPS.includes(e.name) ? [join(dumps, e.name)] : [],
  )
  readonly rings: readonly Capture[] = [...this.folders, ...hostileFolders()].flatMap((folder) =>
    // Not every folder has rings of its own.
    [...loadDumps(folder, { onError: () => {} })].slice(0, 2),
  )
  readonly listings = this.folders.flatMap((folder) => read(join(folder, 'xenstore.txt')))
  readonly scenarios = [...hostileFolders(), join(process.cwd(), 'docs/examples'), join(process.cwd(), 'test/scenarios')].flatMap(
    (folder) => readdirSync(folder).flatMap((name) => (name.endsWith('.yaml') ? read(join(folder, name)) : [])),
  )
  readonly traces = [FTRACE, BLKPARSE, IO_RING]
}

function hostileFolders(): string[] {
  const hostile = join(dumps, 'hostile')
  return readdirSync(hostile, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? [join(hostile, e.name)] : []))
}

function read(path: string): string[] {
  try {
    return [readFileSync(path, 'utf8')]
  } catch {
    return []
  }
}

/** One to three moments of a ring, with its pages and its XenStore mutated too. */
function mutatedRings(seeds: Seeds, random: Random): Capture[] {
  const seed = pick(random, seeds.rings)
  const listing = random.below(3) === 0 ? mutateText(random, pick(random, seeds.listings), NODES) : undefined
  const [xenstore] = listing === undefined ? [seed.xenstore] : parseXenstore(listing)
  return Array.from({ length: 1 + random.below(3) }, (_, snapshot): Capture => {
    const pages = new Map<number, Uint8Array | undefined>()
    const get = (gref: number) => {
      if (!pages.has(gref)) pages.set(gref, pageFor(seeds, seed, gref, random))
      return pages.get(gref)
    }
    return { ...seed, xenstore, snapshot, bytes: mutateBytes(random, seed.bytes), indirectPages: { get } }
  })
}

function pageFor(seeds: Seeds, seed: Capture, gref: number, random: Random): Uint8Array | undefined {
  const page = seed.indirectPages.get(gref) ?? pick(random, seeds.rings).bytes.subarray(0, 4096)
  const changed = random.below(2) === 0 ? page : mutateBytes(random, page)
  return pick(random, [changed, changed, changed.subarray(0, random.below(4097)), undefined])
}

const WORDS = [
  '*',
  '\n*\n',
  ' ',
  '  ',
  '\t',
  ':',
  '|',
  '0x',
  '00',
  '0000',
  "b'",
  '\\x',
  '# ring\n',
  '# indirect 5 6\n',
  'ffffffffffffffff',
  '\r',
  '\u001b[1m',
  '> ',
]

function texts(seeds: Seeds, scratch: Scratch, random: Random): void {
  const parts = Array.from({ length: 1 + random.below(3) }, () => {
    const { print } = pick(random, FORMATTERS)
    const bytes = mutateBytes(random, pick(random, seeds.rings).bytes.subarray(0, 4096 * (1 + random.below(2))))
    return print(
      bytes.subarray(0, random.below(4) === 0 ? random.below(bytes.length) : bytes.length),
      BigInt(oddNumber(random)) << BigInt(random.below(33)),
    )
  })
  const text = mutateText(random, parts.join(pick(random, ['', '\n', '# indirect 5\n', 'crash> '])), WORDS)
  const pages = random.below(4) === 0 ? 1 + random.below(16) : undefined
  for (const { findings, bytes } of readTextRings(text, pages)) {
    for (const { message } of findings) if (message.includes('\n')) throw new Error('a finding of several lines')
    if (bytes.length === 0 || bytes.length % 4096 !== 0) throw new Error('a ring that is no whole pages')
  }
  if (random.below(3) !== 0) return
  const path = join(scratch.path, 'ring.txt')
  writeFileSync(path, text)
  forUsers(() => lookAt([...loadDumps(path, { pages })].slice(0, 3), random))
}

const NODES = [
  '/local/domain/',
  '/device/vbd/51712/',
  '/backend/',
  ' = "',
  '"\n',
  'ring-ref0',
  'queue-1/',
  '-1',
  '4096',
  '\u001b[2J',
  'protocol',
  '{"domid":',
  '[',
  'Vdev',
]

function listings(seeds: Seeds, random: Random): void {
  const text = mutateText(random, pick(random, [...seeds.listings, BLOCK_LIST, CONFIGURED]), NODES)
  const vbds = listVbds(text)
  expectPrintable(vbdsText(vbds, { style: plainStyle, width: 80 }))
  for (const vbd of vbds) ringRefs(vbd)
  const [xenstore] = parseXenstore(text)
  if (random.below(3) === 0) lookAt([{ ...pick(random, seeds.rings), xenstore }], random)
}

const NAMES = [
  'ring.bin',
  'ring.txt',
  'ring-0.bin',
  'ring-01.bin',
  'ring-99999999999999999999.bin',
  'indirect-5.bin',
  'indirect-5.txt',
  'xenstore.txt',
  'queue-0',
  'queue-1',
  'queue-7',
  'io_ring',
]

function folders(seeds: Seeds, scratch: Scratch, random: Random): void {
  const folder = join(scratch.path, 'folder')
  rmSync(folder, { recursive: true, force: true })
  fillFolder(folder, seeds, random, 0)
  const pages = random.below(4) === 0 ? 1 + random.below(16) : undefined
  const found: Capture[] = []
  const onError = (error: DumpError) => expectOneLine(error.message)
  forUsers(() => {
    for (const dump of loadDumps(folder, { pages, onError })) if (found.push(dump) > 4) break
    for (const { dumps } of loadMoments(folder, { pages, onError }))
      if (dumps.length > 100) throw new Error('a moment of many rings')
  })
  lookAt(found, random)
}

function fillFolder(folder: string, seeds: Seeds, random: Random, depth: number): void {
  mkdirSync(folder)
  for (let n = random.below(5); n >= 0; n--) {
    const path = join(folder, pick(random, NAMES))
    try {
      if (path.includes('queue-') && depth < 2 && random.below(4) > 0) fillFolder(path, seeds, random, depth + 1)
      else if (path.endsWith('xenstore.txt')) writeFileSync(path, mutateText(random, pick(random, seeds.listings), NODES))
      else if (path.endsWith('.txt'))
        writeFileSync(path, mutateText(random, pick(random, FORMATTERS).print(pick(random, seeds.rings).bytes, 0n), WORDS))
      else {
        const bytes = mutateBytes(random, pick(random, seeds.rings).bytes)
        writeFileSync(path, random.below(5) === 0 ? bytes.subarray(0, random.below(bytes.length)) : bytes)
      }
    } catch {
      // A folder of that name is there already.
    }
  }
}

const STEPS = [
  'write',
  'read: ',
  'push',
  '- ',
  '\n',
  ': ',
  '{',
  '}',
  '[',
  ']',
  '&a',
  '*a',
  '"',
  '64K',
  '-1',
  '1e999',
  'workload',
  'poke',
  'answer',
  'steps:',
  '!!',
  '|',
]

/** So many steps of a scenario are played. */
const MAX_STEPS = 60

async function scenarios(seeds: Seeds, random: Random, yaml: LoadYaml): Promise<void> {
  const text = mutateText(random, pick(random, seeds.scenarios), STEPS)
  let plain: unknown
  try {
    plain = await parseScenarioText(text, yaml)
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    expectOneLine(error.message)
    return
  }
  forUsers(() => {
    let steps = 0
    for (const _ of new Player(scriptOf(plain)).play()) if (++steps > MAX_STEPS) break
  })
}

function traces(seeds: Seeds, random: Random): void {
  const text = mutateText(random, pick(random, seeds.traces), [
    'block_rq_issue',
    '+',
    '(',
    ')',
    ' [',
    '202,0',
    'WS',
    'nr_ents',
    '\n',
    '\0',
    '-1',
    '4294967296',
  ])
  forUsers(() => parseBlockTrace(text))
  const bytes = new TextEncoder().encode(text)
  if (isIoRing(bytes)) forUsers(() => parseIoRing(bytes))
  readTestimonies(text)
}

const FTRACE = `     dd-299     [000] .....    14.402331: block_rq_issue: 202,0 R 4096 () 0 + 8 [dd]
     dd-299     [000] .....    14.402391: grant: ref=12 domid=0 frame=0x1234 readonly=0
  kworker-31    [000] .....    14.402441: block_rq_issue: 202,0 WS 45056 () 1600 + 88 [kworker/0:1]
  kworker-31    [000] .....    14.402451: block_rq_complete: 202,0 R () 0 + 8 [0]
`
const BLKPARSE = `202,0    0        1     0.000000000   299  D   R 0 + 8 [dd]
202,0    0        2     0.000120000   299  D  WS 1600 + 88 [kworker/0:1]
202,0    0        3     0.000190000     0  C   R 0 + 8 [0]
`
const IO_RING = 'nr_ents 32\nreq prod 56 cons 56 event 57\nrsp prod 41 pvt 41 event 42\n'
const BLOCK_LIST = `Vdev  BE  handle state evt-ch ring-ref BE-path
51712 0   3      4     9      9        /local/domain/0/backend/vbd/3/51712
51728 0   3      4     10     -1       /local/domain/0/backend/qdisk/3/51728
`
const CONFIGURED =
  '[{"domid":3,"config":{"c_info":{"name":"db1"},"disks":[{"pdev_path":"/dev/vg0/a","vdev":"xvda","readwrite":1}]}}]'
