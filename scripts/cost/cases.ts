// What is run over which input: `{}` stands for the input's path, `{b}` for another one of the kind, `{out}` for a place to write to.

import { INCIDENTS } from './incidents.ts'
import {
  BOMBS,
  type Content,
  FOLDERS,
  IMAGES,
  LISTINGS,
  LONG_TEXTS,
  OTHERS,
  RECOVERIES,
  RINGS,
  SCENARIOS,
  SMALL,
  STREAMS,
  TEXTS,
  TRACES,
} from './inputs.ts'

export interface Bound {
  readonly what: string
  /** Of CPU, over bare start-up. */
  readonly seconds: number
  /** Peak of the whole process. */
  readonly megabytes: number
}

export const BOUNDS = {
  /** 50 ms is aimed at (bench/groups/worst.mjs); here a command has its own start-up as well, and a busy machine. */
  ring: { what: 'ring', seconds: 0.15, megabytes: 120 },
  small: { what: '4 KiB', seconds: 0.3, megabytes: 120 },
  large: { what: '1 MB', seconds: 3, megabytes: 300 },
  /** What reads a stream works on what it unpacks, and keeps none of it. */
  unpacked: { what: '1 GB', seconds: 20, megabytes: 300 },
} as const satisfies Record<string, Bound>

export interface Case {
  readonly input: string
  readonly content: () => Content
  readonly bound: Bound
  readonly commands: readonly string[]
}

const RING = [
  'decode {} --segments',
  'decode {} --pair',
  'decode {} --json',
  'check {} --severity note --backend qemu',
  'check {} --severity note --json',
  'doctor {}',
  'stats {}',
  'inspect {}',
  'inspect {} --tree --json',
  'inspect {} --picture',
  'mutate {} --count 20 -o -',
  'mutate {} --dictionary',
  'report {} -o -',
  'diff {} {b} --level io',
  'diff {} {b} --level bytes --all',
  // Any file of 512 bytes or more is a disk.
  'answer {} --disk package-lock.json --backend qemu --json',
]
const FEW = ['decode {}', 'check {}', 'doctor {}']
const STREAM = [
  'decode {} --pages 1',
  'decode {} --pages 1 --json',
  'decode {} --pages 1 --ndjson',
  'decode {} --pages 1 --pair',
  'decode {} --pages 1 --parquet {out}',
  'decode {} --pages 1 --pcapng {out}',
  'check {} --pages 1 --severity note',
  'check {} --pages 1 --summary --unique --severity note --json',
  'doctor {} --pages 1',
  'stats {} --pages 1',
  'report {} --pages 1 -o -',
  'inspect {} --pages 1 --snapshot 200',
  'diff {} {b} --pages 1 --level io',
  'diff {} {b} --pages 1 --level bytes',
]
const FOLDER = [
  'decode {}',
  'decode {} --json',
  'check {} --severity note',
  'check {} --sarif --backend qemu',
  'doctor {}',
  'stats {} --json',
  'report {} -o -',
  'inspect {} --tree',
  'inspect {} --tree --json',
  'diff {} {b} --level io',
  'diff {} {b} --level fields --strict',
  'diff --snapshots {} {b}',
]
const REDUCED = ['reduce {} --rule segment-range -o -']
const LISTING = ['vbds {}', 'vbds {} --json', 'find --xenstore {} dumps/image/core.gz']
const TEXT = ['decode {}', 'check {}', 'doctor {}', 'stats {}', 'report {} -o -']
const IMAGE = ['find {} --pages', 'find {} --json', 'find {} --min-score 0', 'find {} --extract {out}']

/** What reads an input whole refuses what unpacks to more than a limit; an image is read to its end. */
const BOMB = [
  'decode {}',
  'check {} --pages 1',
  'doctor {}',
  'inspect {} --pages 1',
  'diff {} {b} --pages 1',
  'vbds {}',
  'find {}',
  'generate {} --json',
  'generate --from-trace {} --json',
  'generate --from-vector {} --json',
]
const UNPACKED = [
  'decode {} --pages 1',
  'decode {} --pages 1 --ndjson',
  'decode {} --pages 1 --parquet {out}',
  'stats {} --pages 1',
]

const of = (inputs: Readonly<Record<string, () => Content>>, bound: Bound, commands: readonly string[]): Case[] =>
  Object.entries(inputs).map(([input, content]) => ({ input, content, bound, commands }))

export const CASES: readonly Case[] = [
  ...of(RINGS, BOUNDS.ring, RING),
  ...of(RINGS, BOUNDS.large, REDUCED),
  ...of(SMALL, BOUNDS.small, RING),
  ...of(Object.fromEntries(Object.entries(TEXTS).map(([name, text]) => [name, () => text])), BOUNDS.small, FEW),
  ...of(STREAMS, BOUNDS.large, STREAM),
  ...of(FOLDERS, BOUNDS.large, FOLDER),
  ...of(LISTINGS, BOUNDS.large, LISTING),
  ...of(LONG_TEXTS, BOUNDS.large, TEXT),
  ...of(INCIDENTS, BOUNDS.large, ['doctor {}', 'doctor {} --json', 'doctor {} dumps/indirect --interval 5', 'report {} -o -']),
  ...of(TRACES, BOUNDS.large, [
    'generate --from-trace {} -o {out}',
    'generate --from-trace {} --json',
    'generate --from-trace {} --explain',
  ]),
  ...of(SCENARIOS, BOUNDS.large, ['generate {} --json', 'generate {} -o {out}', 'decode {}', 'inspect {}', 'check {}']),
  ...of(RECOVERIES, BOUNDS.large, [
    'generate {} --json',
    'generate {} --explain',
    'generate {} -o {out}',
    'generate {} --series -o {out}',
    'decode {}',
    'check {}',
    'diff --snapshots {}',
  ]),
  ...of(IMAGES, BOUNDS.large, IMAGE),
  ...of(OTHERS, BOUNDS.large, []),
  ...of(BOMBS, BOUNDS.large, BOMB),
  ...of(BOMBS, BOUNDS.unpacked, UNPACKED),
]

/** Of single inputs. */
export const OWN: Readonly<Record<string, readonly string[]>> = {
  io_ring: ['doctor {} dumps/indirect', 'decode {}'],
  'vectors.ndjson': ['generate --from-vector {} --json'],
  'vector-line.ndjson': ['generate --from-vector {} --json'],
  'ring.json': ['encode {} -o -'],
  'slots.json': ['encode {} -o -'],
  'packed.gz': STREAM,
  'packed-text.gz': TEXT,
  'packed-many.gz': [...TEXT, 'find {}'],
}
