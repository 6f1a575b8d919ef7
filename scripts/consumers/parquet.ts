// What decode writes as Parquet for the engines that read it, and what they should find in it: rows as NDJSON has them, ids above 2^63,
// partitions, and statistics that row groups are skipped by.
import { openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { parquetMetadata } from 'hyparquet'
import { type Row, rowOfLine } from '../../test/support/row-of-line.ts'
import { ran, type Work } from './tools.ts'
import { FINDINGS, ringsOfChance } from './wireshark.ts'

const RING = 'dumps/direct/ring.bin'
/** Rings of one page, each with 32 rows: several row groups. */
const RINGS = 12_000
/** The ring that is asked for. */
const WANTED = 9_000

export interface Slots {
  readonly file: string
  /** The same with --partition. */
  readonly dataset: string
  /** A row for each line of NDJSON, as `canonical` has it. */
  readonly rows: readonly string[]
  /** Rows with an id above 2^63. */
  readonly large: number
}

export interface ManyRings {
  /** A file of many rings. */
  readonly whole: string
  /** The same, all row groups overwritten but the one that has the ring of `where`: who reads them fails, and who skips them does not. */
  readonly one: string
  readonly where: string
  /** The rows, the sum of their ids and their snapshot, of the ring that is asked for. */
  readonly answer: string
  readonly rings: number
  readonly groups: number
  readonly rows: number
  /** The most that may be read of them. */
  readonly rowsOfGroup: number
}

const decode = (...args: string[]) => ran(process.execPath, ['bin/run.js', 'decode', ...args], { fine: FINDINGS })
const linesOfText = (text: string) => text.trimEnd().split('\n')

export function slotsOfDumps(work: Work): Slots {
  const { folder, dumps } = work
  const file = join(folder, 'slots.parquet')
  const dataset = join(folder, 'slots')
  const inputs = [...dumps, ...ringsOfChance(work)]
  decode('--parquet', file, ...inputs)
  decode('--parquet', dataset, '--partition', ...inputs)
  const rows = linesOfText(decode('--ndjson', ...inputs)).map((line) => canonical(rowOf(line)))
  const large = rows.filter((row) => BigInt(/"id":"(\d+)"/.exec(row)?.[1] ?? 0) >= 2n ** 63n).length
  if (large === 0) throw new Error('no id above 2^63 among them')
  return { file, dataset, rows, large }
}

export function manyRings({ folder }: Work): ManyRings {
  const capture = join(folder, 'capture.bin')
  const whole = join(folder, 'many.parquet')
  const one = join(folder, 'one.parquet')
  const ring = readFileSync(RING)
  const to = openSync(capture, 'w')
  for (let n = 0; n < RINGS; n++) writeSync(to, ring)
  decode('--pages', '1', '--parquet', whole, capture)
  const rows = linesOfText(decode('--ndjson', RING)).map((line) => rowOf(line))
  const ids = rows.reduce((sum, { id }) => sum + ((id as bigint | null) ?? 0n), 0n)
  const bytes = readFileSync(whole)
  const { row_groups, num_rows } = parquetMetadata(Uint8Array.from(bytes).buffer)
  let rowsOfGroup = 0
  for (const group of row_groups) {
    const chunks = group.columns.map(({ meta_data }) => meta_data!)
    const { min_value, max_value } = chunks.find(({ path_in_schema }) => path_in_schema[0] === 'snapshot')!.statistics!
    if (Number(min_value) <= WANTED && WANTED <= Number(max_value)) rowsOfGroup += Number(group.num_rows)
    else
      for (const { dictionary_page_offset, data_page_offset, total_compressed_size } of chunks) {
        const at = Number(dictionary_page_offset ?? data_page_offset)
        bytes.fill(0xff, at, at + Number(total_compressed_size))
      }
  }
  writeFileSync(one, bytes)
  const answer = `${rows.length} ${ids} ${WANTED}`
  const counts = { rings: RINGS, groups: row_groups.length, rows: Number(num_rows), rowsOfGroup }
  return { whole, one, where: `snapshot = ${WANTED}`, answer, ...counts }
}

/** What an engine said of `ManyRings`. */
export interface Answers {
  readonly whole: string
  readonly one: string
  /** Of `one`, asked for all rings. */
  readonly all: string
}

/** @returns that row groups were skipped @throws Error where they were not */
export function skipping({ answer, rings, groups }: ManyRings, { whole, one, all }: Answers): string {
  if (whole !== answer || one !== answer) throw new Error(`a query for one ring: ${whole}, and ${one}, where ${answer} is right`)
  if (!all.startsWith('error')) throw new Error('what was overwritten was not read: this proves nothing')
  return `a query for one ring of ${rings} reads none of the ${groups - 1} row groups that have others: they were overwritten, and it answers the same`
}

/** @param rows of the engine, each JSON, in any order @throws Error for the first that NDJSON does not have */
export function compareRows(rows: readonly string[], expected: readonly string[]): void {
  const found = rows.map((row) => canonical(JSON.parse(row))).sort()
  const right = [...expected].sort()
  const wrong = right.findIndex((row, n) => row !== found[n])
  if (wrong >= 0) throw new Error(`row ${found[wrong]}, where ${right[wrong]} is right`)
  if (found.length !== right.length) throw new Error(`${found.length} rows of ${right.length} lines`)
}

function rowOf(line: string): Row {
  const { snapshot, queue = 0, ...rest } = JSON.parse(line)
  // Parquet has all segments of a request over several slots, and no column for which slots these are.
  delete rest.request?.continuedIn
  return { snapshot, queue, ...rowOfLine(rest) }
}

/** Without what is absent, keys in order, numbers as text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'number' || typeof inner === 'bigint') return String(inner)
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return inner
    const present = Object.entries(inner).filter(([, item]) => item !== null && item !== undefined)
    return Object.fromEntries(present.sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

/** Python that makes a row of an engine a line of JSON. */
export const PLAIN = `
import decimal, json
def plain(v):
    if isinstance(v, bool) or v is None: return v
    if isinstance(v, (int, decimal.Decimal)): return str(v)
    if isinstance(v, (bytes, bytearray)): return v.hex()
    if isinstance(v, list): return [plain(x) for x in v]
    if isinstance(v, dict): return {k: plain(x) for k, x in v.items()}
    return v
`
