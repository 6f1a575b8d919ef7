// What every consumer reads: of all dumps the heads of rings, the slots and the indirect pages, by ABI; entries of a grant table, and
// records of chance, in which every bit of every field comes to stand.
import { readFileSync } from 'node:fs'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { ABIS, type Abi } from '../../src/codec/struct/abi.ts'
import type { CType, Struct, Union } from '../../src/codec/struct/c-types.ts'
import { decode } from '../../src/codec/struct/decode.ts'
import { layoutOf, valueFields } from '../../src/codec/struct/layout.ts'
import { blkifIndirectPage } from '../../src/codec/xen/blkif.ts'
import { grantEntryV1, grantEntryV2 } from '../../src/codec/xen/grant-table.ts'
import { sringHeader } from '../../src/codec/xen/ring.ts'
import { blkifSlot } from '../../src/layouts/tables.ts'
import { inputs } from '../../src/node/read/inputs.ts'
import { Random } from '../../src/scenario/file/index.ts'
import { filesIn } from './dumps.ts'

/** Records of one type, end to end in a file. */
export interface Records {
  readonly name: string
  readonly type: Struct | Union
  readonly items: Uint8Array[]
}

export interface Corpus {
  readonly abi: Abi
  readonly records: readonly Records[]
  /** Whole rings, whose slots are the first of those records, in this order. */
  readonly rings: Uint8Array[]
}

const TYPES = [
  ['heads', sringHeader],
  ['slots', blkifSlot],
  ['pages', blkifIndirectPage],
  ['grants', grantEntryV1],
  ['grants2', grantEntryV2],
] as const
const CHANCE = { heads: 64, slots: 512, pages: 2, grants: 64, grants2: 64 }
const GRANTS = 'dumps/image/gnttab.bin'

export async function corporaOf(dumps: readonly string[]): Promise<readonly Corpus[]> {
  const corpora = ABIS.map((abi): Corpus => ({ abi, rings: [], records: TYPES.map(([name, type]) => ({ name, type, items: [] })) }))
  const of = (abi: Abi) => corpora.find((corpus) => corpus.abi === abi)!
  for (const dump of dumps) {
    let last: Corpus | undefined
    for await (const input of inputs([dump], { pages: undefined, readAs: undefined, onError() {}, onNote() {} }))
      for (const capture of input.rings()) {
        const { ring } = decodeCapture(capture)
        last = of(ring.geometry.abi)
        addRing(last, capture.bytes, ring.geometry)
      }
    const pages = filesIn(dump, /(^|[/.])indirect-\d+\.bin$/).map((file) => readFileSync(file))
    if (last) last.records[2]!.items.push(...pages.filter(({ length }) => length === 4096))
  }
  const random = new Random(1)
  for (const { abi, records } of corpora)
    for (const { name, type, items } of records) {
      const { size } = layoutOf(type, abi)
      if (name.startsWith('grants')) items.push(...cut(readFileSync(GRANTS), size))
      for (let n = CHANCE[name as keyof typeof CHANCE]; n > 0; n--)
        items.push(Uint8Array.from({ length: size }, () => random.below(256)))
      items.push(new Uint8Array(size).fill(0xff))
    }
  return corpora
}

function addRing(
  { rings, records }: Corpus,
  bytes: Uint8Array,
  { slotsAt, stride, nr_ents }: ReturnType<typeof decodeCapture>['ring']['geometry'],
): void {
  rings.push(bytes)
  records[0]!.items.push(bytes.slice(0, slotsAt))
  records[1]!.items.push(...cut(bytes.slice(slotsAt, slotsAt + nr_ents * stride), stride))
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, n) => bytes.subarray(n * size, (n + 1) * size))
}

/** A line for each reading of a record: its name, and the values of all its fields. */
export function linesOf({ type, items }: Records, abi: Abi): string[] {
  return items.flatMap((bytes) => {
    const value = decode(type, abi, bytes) as Readonly<Record<string, unknown>>
    if (type.kind === 'struct') return [`${type.name} ${values(type, abi, value).join(' ')}`]
    return valueFields(type, abi).map((m) => `${m.name} ${values(m.type, abi, value[m.name]).join(' ')}`)
  })
}

/** @returns the values in order: numbers and bigints as they are printed */
function values(type: CType, abi: Abi, value: unknown): string[] {
  if (type.kind === 'scalar') return [String(value)]
  if (type.kind === 'array') return (value as unknown[]).flatMap((item) => values(type.element, abi, item))
  return valueFields(type, abi).flatMap((m) => values(m.type, abi, (value as Readonly<Record<string, unknown>>)[m.name]))
}

/** @throws Error that names the first value that differs */
export function compare(what: string, actual: readonly string[], expected: readonly string[], counts: { values: number }): void {
  for (const [i, line] of expected.entries()) {
    const words = line.split(' ')
    counts.values += words.length - 1
    if (line === actual[i]) continue
    const others = (actual[i] ?? '').split(' ')
    const at = words.findIndex((word, n) => word !== others[n])
    throw new Error(
      `${what}: line ${i + 1}, ${words[0]}, value ${at}: ${others[at] ?? 'nothing'}, where ${words[at] ?? 'nothing'} is right`,
    )
  }
  if (actual.length !== expected.length) throw new Error(`${what}: ${actual.length} lines, where ${expected.length} are right`)
}
