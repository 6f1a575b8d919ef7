// Records of what real backends did (README.md of test/check/backends): their form, and which of them depend on what is not in them.

interface Indices {
  readonly req_prod: number
  readonly req_event: number
  readonly rsp_prod: number
  readonly rsp_event: number
}

/** One case: what was asked of a real backend, and what became of it. */
export interface BackendRecord {
  /** The run that it is of. */
  readonly file?: string
  readonly case: string
  readonly backend: { readonly name: 'linux' | 'qemu'; readonly xenstore: Readonly<Record<string, string>> }
  readonly frontend: { readonly protocol: string; readonly vdev: number; readonly ring_pages: number } & Readonly<
    Record<string, unknown>
  >
  readonly grants: {
    readonly data: readonly number[]
    readonly indirect: readonly number[]
    readonly read_only: readonly number[]
    readonly ring: number
  }
  readonly before: { readonly req_prod: number; readonly rsp_prod: number }
  readonly published: number
  readonly requests: readonly { readonly index: number; readonly slot: number; readonly bytes: string }[]
  readonly indirect_pages: Readonly<Record<string, string>>
  readonly responses: readonly {
    readonly index: number
    readonly bytes: string
    readonly id: string
    readonly operation: number
    readonly status: number
    readonly changed: readonly number[]
  }[]
  readonly after: Indices
  readonly outcome: 'answered' | 'none' | 'halt'
  readonly data: readonly string[]
  readonly disk: readonly string[]
}

export function isBackendRecord(json: unknown): json is BackendRecord {
  const has = (key: string) => typeof json === 'object' && json !== null && key in json
  return has('backend') && has('published') && has('responses') && has('indirect_pages')
}

/** Records that depend on what is not in them, by run and case, and on what. */
const NOT_IN_THEM: readonly (readonly [file: RegExp, name: RegExp, because: string])[] = [
  [/^linux-probe-noproto/, /./, 'no protocol key: the slot was read 4 bytes before it, where other bytes lie than the record has'],
  [
    /^linux/,
    /^prod-jump-then-corrected$/,
    'the ring had halted before, when req_prod was impossible; the page does not show that any more',
  ],
  [/^qemu/, /^discard32-nr20=64,nr24=16$/, 'no answer within the wait: 16385 pieces, each refused and logged'],
]

/** The same of the bytes: the whole record, or a part of it, is not compared. */
const NOT_IN_BYTES: readonly (readonly [file: RegExp, name: RegExp, because: string, part: NotCompared['part']])[] = [
  ...NOT_IN_THEM.map(([file, name, because]) => [file, name, because, 'all'] as const),
  [/^qemu/, /^prod-jump/, 'slots that were stale are served, and the record has only the new one', 'all'],
  [/^linux-ro32/, /^ro-discard$/, 'the indices were read before the backend had asked for the next event', 'indices'],
  [/gref0/, /^gref-1-write-from$/, 'what is written is the ring of XenStore, which the record has not', 'data'],
  [/^linux-k432/, /^k4-read-sector-64$/, 'another run had written the disk before', 'data'],
]

/** What is not compared of a record, and on what it depends that is not in it. */
export interface NotCompared {
  readonly part: 'all' | 'data' | 'indices'
  readonly because: string
}

/** What the verdict on its requests depends on that is not in the record. */
export function notInRecord({ case: name, file = '' }: BackendRecord): string | undefined {
  return NOT_IN_THEM.find(([run, cases]) => run.test(file) && cases.test(name))?.[2]
}

/** What of a record's bytes is not compared; undefined where everything is. */
export function notCompared({ case: name, file = '' }: BackendRecord): NotCompared | undefined {
  const row = NOT_IN_BYTES.find(([run, cases]) => run.test(file) && cases.test(name))
  return row && { part: row[3], because: row[2] }
}
