// The flags of `generate` and the keys of a scenario that each of them stands for.
import * as Flags from '@oclif/core/flags'

/** Keys of the configuration, which a flag says over a file's. Their values are checked with the file's. */
const CONFIG: Readonly<Record<string, { readonly path: string; readonly kind: 'text' | 'switch'; readonly about: string }>> = {
  driver: { path: 'driver', kind: 'text', about: 'Linux driver: seed, extra-req, modern' },
  abi: { path: 'abi', kind: 'text', about: "the guest's ABI: x86_64, x86_32, arm" },
  'page-size': { path: 'page_size', kind: 'text', about: "bytes of the guest's page: 4K, 16K, 64K" },
  'ring-pages': { path: 'ring_pages', kind: 'text', about: 'pages of the ring: 1, 2, 4, 8, 16' },
  queues: { path: 'queues', kind: 'text', about: 'queues of the device, each with a ring of its own' },
  persistent: { path: 'features.persistent', kind: 'switch', about: 'persistent grants' },
  'max-indirect-segments': { path: 'features.max_indirect_segments', kind: 'text', about: 'as negotiated; 0 for none' },
  flush: { path: 'features.flush', kind: 'switch', about: 'the backend offers feature-flush-cache' },
  barrier: { path: 'features.barrier', kind: 'switch', about: 'the backend offers feature-barrier' },
  discard: { path: 'features.discard', kind: 'switch', about: 'the backend offers feature-discard' },
  bounce: { path: 'features.bounce', kind: 'switch', about: 'the backend is not trusted: data is copied' },
  handle: { path: 'handle', kind: 'text', about: 'blkif_vdev_t of the requests' },
  'first-gref': { path: 'first_gref', kind: 'text', about: 'first free grant reference' },
  fill: { path: 'fill', kind: 'text', about: 'byte that fills pages which the driver does not zero' },
  seed: { path: 'seed', kind: 'text', about: 'seed of everything left to chance' },
}

/** Keys of the workload that flags describe. */
const WORKLOAD: typeof CONFIG = {
  op: { path: 'op', kind: 'text', about: 'read, write, flush, discard, or mix:70 for 70 percent reads' },
  'read-percent': { path: 'read_percent', kind: 'text', about: 'share of reads in a mix' },
  bs: { path: 'bs', kind: 'text', about: 'bytes of each request' },
  offset: { path: 'offset', kind: 'text', about: 'where each buffer begins in its first page, in bytes' },
  count: { path: 'count', kind: 'text', about: 'how many requests' },
  sector: { path: 'sector', kind: 'text', about: 'first sector of the area' },
  range: { path: 'range', kind: 'text', about: 'bytes of the area' },
  random: { path: 'random', kind: 'switch', about: 'sectors by chance' },
  fua: { path: 'fua', kind: 'switch', about: 'writes with forced unit access' },
  'in-flight': { path: 'in_flight', kind: 'text', about: 'requests that wait at most' },
  batch: { path: 'batch', kind: 'text', about: 'requests published, and answered, at a time' },
  order: { path: 'order', kind: 'text', about: 'which are answered first: in-order, reverse, random' },
}

type Given = Readonly<Record<string, unknown>>

/** The keys of the configuration that flags give, as paths. */
export function configOfFlags(flags: Given): ReadonlyMap<string, unknown> {
  return new Map(given(CONFIG, flags))
}

/** The workload that flags describe; undefined where none of them is there. */
export function workloadOfFlags(flags: Given): Readonly<Record<string, unknown>> | undefined {
  const entries = given(WORKLOAD, flags)
  if (entries.length === 0) return undefined
  const workload = Object.fromEntries(entries)
  const mix = /^mix:(.*)$/.exec(String(workload['op']))
  if (mix) return { ...workload, op: 'mix', read_percent: mix[1] }
  return workload['read_percent'] === undefined ? workload : { ...workload, op: 'mix' }
}

/** A mistake in a value that a flag gave is told with the flag's name. */
export function flagOfPath(path: string, flags: Given): string | undefined {
  const search = (table: typeof CONFIG, prefix: string) =>
    Object.keys(table).find((name) => flags[name] !== undefined && path === `${prefix}${table[name]!.path}`)
  // mix:70 says two keys.
  const mix = path === 'steps[0].workload.read_percent' && flags['op'] !== undefined ? 'op' : undefined
  const name = search(CONFIG, '') ?? search(WORKLOAD, 'steps[0].workload.') ?? mix
  return name === undefined ? undefined : `--${name}`
}

function given(table: typeof CONFIG, flags: Given): [string, unknown][] {
  return Object.entries(table).flatMap(([name, { path }]): [string, unknown][] =>
    flags[name] === undefined ? [] : [[path, plainly(flags[name])]],
  )
}

/** A number as a file would have it. */
function plainly(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
}

/** What help shows behind a flag that takes no number. */
const HELP_VALUES: Readonly<Record<string, string>> = { driver: 'NAME', abi: 'NAME', op: 'OP', order: 'ORDER' }

function flagsOf(table: typeof CONFIG, helpGroup: string) {
  return Object.fromEntries(
    Object.entries(table).map(([name, { kind, about }]) => [
      name,
      kind === 'switch'
        ? Flags.boolean({ description: about, allowNo: true, helpGroup })
        : Flags.string({ description: about, helpGroup, helpValue: HELP_VALUES[name] ?? 'N' }),
    ]),
  )
}

export const configFlags = flagsOf(CONFIG, 'DRIVER')
export const workloadFlags = flagsOf(WORKLOAD, 'WORKLOAD')
