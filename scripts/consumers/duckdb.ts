// The Parquet of decode, read by DuckDB: rows as NDJSON has them, the partitions of a dataset, and statistics that it prunes by.
import { openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type Row, rowOfLine } from '../../test/support/row-of-line.ts'
import { type Consumer, pythonWith, ran } from './tools.ts'
import { FINDINGS, ringsOfChance } from './wireshark.ts'

const REQUIREMENT = 'duckdb==2.0.1'
/** Rings of one page, each with 32 rows: several row groups. */
const RINGS = 12_000
/** The ring that is asked for. */
const WANTED = 9_000

export const duckdb: Consumer = {
  name: 'duckdb',
  run(work) {
    const { folder, dumps } = work
    const path = pythonWith('duckdb', REQUIREMENT)
    const python = (program: string, ...args: string[]) => ran(path, ['-c', program, ...args]).trimEnd()
    const blkring = (...args: string[]) => ran(process.execPath, ['bin/run.js', 'decode', ...args], { fine: FINDINGS })
    const file = join(folder, 'slots.parquet')
    const dataset = join(folder, 'slots')
    const inputs = [...dumps, ...ringsOfChance(work)]
    blkring('--parquet', file, ...inputs)
    blkring('--parquet', dataset, '--partition', ...inputs)
    const lines = blkring('--ndjson', ...inputs)
      .trimEnd()
      .split('\n')
    const rows = python(ROWS, file).split('\n')
    const expected = lines.map((line) => canonical(rowOf(line)))
    const wrong = expected.findIndex((row, n) => row !== canonical(JSON.parse(rows[n] ?? 'null')))
    if (wrong >= 0) throw new Error(`row ${wrong}: ${rows[wrong]}, where ${expected[wrong]} is right`)
    if (rows.length !== lines.length) throw new Error(`${rows.length} rows of ${lines.length} lines`)
    const large = expected.filter((row) => BigInt(/"id":"(\d+)"/.exec(row)?.[1] ?? 0) >= 2n ** 63n).length
    if (large === 0) throw new Error('no id above 2^63 among them')
    const [version, partitions] = python(PARTITIONS, file, dataset).split('\n')
    return [
      `${rows.length} rows as --ndjson has them, ${large} with ids above 2^63 (DuckDB ${version})`,
      `the dataset of ${partitions} partitions has the same rows, by device and queue`,
      pruned(folder, blkring, python),
    ]
  },
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

/** All row groups but the one that has the ring are overwritten: who reads them fails, and who prunes by their statistics does not. */
function pruned(
  folder: string,
  blkring: (...args: string[]) => string,
  python: (program: string, ...args: string[]) => string,
): string {
  const capture = join(folder, 'capture.bin')
  const file = join(folder, 'many.parquet')
  const ring = readFileSync('dumps/direct/ring.bin')
  const to = openSync(capture, 'w')
  for (let n = 0; n < RINGS; n++) writeSync(to, ring)
  blkring('--pages', '1', '--parquet', file, capture)
  const question = `select count(*), sum(id), min(snapshot) from '${file}' where snapshot = ${WANTED}`
  const [before, ...chunks] = python(GROUPS, file, question, String(WANTED)).split('\n')
  const bytes = readFileSync(file)
  const groups = chunks.map((line) => line.split(' ').map(Number) as [number, number, number])
  for (const [from, end, has] of groups) if (has === 0) bytes.fill(0xff, from, end)
  writeFileSync(file, bytes)
  const after = python(ASK, question)
  if (after !== before) throw new Error(`${question}: ${after}, where ${before} is right`)
  const all = python(ASK, question.replace(/ where.*/, ''))
  if (!all.startsWith('error')) throw new Error('what was overwritten was not read: this proves nothing')
  const skipped = groups.filter(([, , has]) => has === 0).length
  return `a query for one ring of ${RINGS} reads none of the ${skipped} row groups that have others: they were overwritten, and it answers the same`
}

const ROWS = `
import duckdb, json, sys
def plain(v):
    if isinstance(v, bool) or v is None: return v
    if isinstance(v, int): return str(v)
    if isinstance(v, bytes): return v.hex()
    if isinstance(v, list): return [plain(x) for x in v]
    if isinstance(v, dict): return {k: plain(x) for k, x in v.items()}
    return v
r = duckdb.sql("select * exclude (device, source) from read_parquet('" + sys.argv[1] + "')")
for row in r.fetchall(): print(json.dumps(dict(zip(r.columns, map(plain, row)))))
`

const PARTITIONS = `
import duckdb, sys
flat = "select * from read_parquet('" + sys.argv[1] + "')"
parts = "read_parquet('" + sys.argv[2] + "/**/*.parquet', hive_partitioning = true, hive_types = {'device': varchar, 'queue': uinteger})"
names = ", ".join(duckdb.sql(flat).columns)
for a, b in ((flat, "select " + names + " from " + parts), ("select " + names + " from " + parts, flat)):
    assert duckdb.sql("select count(*) from (" + a + " except all " + b + ")").fetchall()[0][0] == 0
print(duckdb.__version__)
print(duckdb.sql("select count(*) from (select distinct device, queue from " + parts + ")").fetchall()[0][0])
`

const GROUPS = `
import duckdb, sys
name, question, wanted = sys.argv[1:]
print(*duckdb.sql(question).fetchall()[0])
chunks = "(select * from parquet_metadata('" + name + "'))"
for row in duckdb.sql("""
  select min(coalesce(nullif(least(dictionary_page_offset, data_page_offset), 0), data_page_offset)),
         max(coalesce(nullif(least(dictionary_page_offset, data_page_offset), 0), data_page_offset) + total_compressed_size),
         max(case when path_in_schema = 'snapshot' and """ + wanted + """ between cast(stats_min_value as bigint) and cast(stats_max_value as bigint) then 1 else 0 end)
  from """ + chunks + """ group by row_group_id order by row_group_id""").fetchall(): print(*row)
`

const ASK = `
import duckdb, sys
try: print(*duckdb.sql(sys.argv[1]).fetchall()[0])
except Exception as e: print("error", type(e).__name__)
`
