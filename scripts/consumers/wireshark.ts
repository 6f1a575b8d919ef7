// The dissector of Wireshark over the packets of all dumps: each field of each packet against the row of decode --ndjson.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ABIS, x86_64 } from '../../src/codec/struct/abi.ts'
import { languageText } from '../../src/layouts/index.ts'
import { PACKET_ANSWERS, PACKET_STATES } from '../../src/layouts/packet.ts'
import { type Corpus, compare } from './corpus.ts'
import { type Consumer, ran, versionOf, type Work } from './tools.ts'

/** The dumps have some. */
export const FINDINGS = [0, 1]

/** A row as decode --ndjson prints it, as far as it is of these fields. */
interface Row {
  readonly slot: number
  readonly index: number
  readonly snapshot?: number
  readonly state: string
  readonly answered?: string
  readonly request?: {
    readonly op: string
    readonly operation: number
    readonly id?: string
    readonly sector_number?: string
    readonly handle?: number
    readonly nr_segments?: number
    readonly nr_sectors?: number | string
    readonly flag?: number
    readonly indirect_op?: number
    readonly indirect_grefs?: readonly number[]
    readonly segments?: readonly { readonly gref: number; readonly first_sect: number; readonly last_sect: number }[]
  }
  readonly response?: { readonly id: string; readonly operation: number; readonly status: number }
}

/** Of each filter its value in a row: nothing, one, or several. */
const FIELDS: Readonly<Record<string, (row: Row) => unknown>> = {
  slot: (row) => row.slot,
  index: (row) => row.index,
  snapshot: (row) => row.snapshot,
  state: (row) => PACKET_STATES.indexOf(row.state as never),
  answered: ({ state, answered = 'no' }) => (state === 'request' ? PACKET_ANSWERS.indexOf(answered as never) : undefined),
  operation: ({ request, response }) => (request ?? response)?.operation,
  id: ({ request, response }) => (request ?? response)?.id,
  status: ({ response }) => response?.status,
  handle: ({ request }) => request?.handle,
  sector_number: ({ request }) => request?.sector_number,
  nr_segments: ({ request }) => request?.nr_segments,
  nr_sectors: ({ request }) => (request?.op === 'discard' ? request.nr_sectors : undefined),
  flag: ({ request }) => request?.flag,
  indirect_op: ({ request }) => request?.indirect_op,
  indirect_grefs: ({ request }) => request?.indirect_grefs,
  'seg.gref': (row) => inSlot(row)?.map((s) => s.gref),
  'seg.first_sect': (row) => inSlot(row)?.map((s) => s.first_sect),
  'seg.last_sect': (row) => inSlot(row)?.map((s) => s.last_sect),
}

/** The segments in the slot itself, of a request that may have others in slots behind it. */
function inSlot({ request }: Row) {
  return request?.op === 'indirect' ? undefined : request?.segments?.slice(0, 11)
}

export const wireshark: Consumer = {
  name: 'wireshark',
  run(work) {
    const version = versionOf('tshark')
    const inputs = [...work.dumps, ...ringsOfChance(work)]
    const blkring = (...args: string[]) => ran(process.execPath, ['bin/run.js', ...args], { fine: FINDINGS })
    const lua = join(work.folder, 'blkif.lua')
    const packets = join(work.folder, 'slots.pcapng')
    writeFileSync(lua, languageText('wireshark', undefined, ABIS))
    blkring('decode', '--pcapng', packets, ...inputs)
    const rows = blkring('decode', '--ndjson', ...inputs)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Row)
    const tshark = (...args: string[]) =>
      ran('tshark', ['-X', `lua_script:${lua}`, '-r', packets, ...args])
        .split('\n')
        .slice(0, -1)
    const names = Object.keys(FIELDS)
    const printed = tshark(
      '-T',
      'fields',
      '-E',
      'separator= ',
      '-E',
      'aggregator=,',
      ...names.flatMap((name) => ['-e', `blkif.${name}`]),
    )
    const expected = rows.map((row) => names.map((name) => [FIELDS[name]!(row) ?? ''].flat().join(',')).join(' '))
    const counts = { values: 0 }
    compare('packets', printed, expected, counts)
    return [`${rows.length} packets, ${counts.values} values agree (${version})`, ...FILTERS.map(filter)]

    function filter([text, holds]: (typeof FILTERS)[number]): string {
      const found = tshark('-Y', text, '-T', 'fields', '-e', 'frame.number').map(Number)
      const right = rows.flatMap((row, n) => (holds(row) ? [n + 1] : []))
      if (found.join() !== right.join() || right.length === 0)
        throw new Error(`${text}: ${found.length} packets, where ${right.length} are right`)
      return `${text}: ${found.length} packets, as decode has them`
    }
  },
}

const FILTERS: readonly (readonly [string, (row: Row) => boolean])[] = [
  ['blkif.operation == "write" && blkif.state == "request"', ({ request }) => request?.op === 'write'],
  ['blkif.seg.gref == 57', (row) => inSlot(row)?.some(({ gref }) => gref === 57) ?? false],
  ['blkif.id > 9223372036854775807', ({ request, response }) => BigInt((request ?? response)?.id ?? 0) > 2n ** 63n - 1n],
  ['blkif.status < 0', ({ response }) => (response?.status ?? 0) < 0],
]

/** Rings full of records of chance, and the paths of folders of them. */
export function ringsOfChance({ corpora, folder }: Work): string[] {
  return corpora
    .filter(({ abi }) => abi === x86_64 || abi.u64Align === 4)
    .map(({ abi, records }: Corpus) => {
      const own = join(folder, `chance-${abi.name}`)
      mkdirSync(own)
      const slots = records.find(({ name }) => name === 'slots')!.items.slice(-513, -481)
      const ring = new Uint8Array(4096)
      // All requests but the first 8, of which are responses.
      new DataView(ring.buffer).setUint32(0, 40, true)
      new DataView(ring.buffer).setUint32(8, 16, true)
      ring.set(Buffer.concat(slots), 64)
      writeFileSync(join(own, 'ring.bin'), ring)
      writeFileSync(join(own, 'xenstore.txt'), `/local/domain/1/device/vbd/51712/protocol = "${abi.name}-abi"   (n1,r0)\n`)
      return own
    })
}
