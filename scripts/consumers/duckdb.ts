// The Parquet of decode, read by DuckDB.
import { compareRows, manyRings, PLAIN, skipping, slotsOfDumps } from './parquet.ts'
import { type Consumer, pythonWith, ran } from './tools.ts'

export const DUCKDB_REQUIREMENT = 'duckdb==2.0.1'

export const duckdb: Consumer = {
  name: 'duckdb',
  run(work) {
    const path = pythonWith('duckdb', DUCKDB_REQUIREMENT)
    const python = (program: string, ...args: string[]) => ran(path, ['-c', PLAIN + program, ...args]).trimEnd()
    const { file, dataset, rows, large } = slotsOfDumps(work)
    compareRows(python(ROWS, file).split('\n'), rows)
    const { version, partitions, files, above } = JSON.parse(python(FACTS, file, dataset)) as Record<string, string>
    if (Number(above) !== large) throw new Error(`${above} ids above 2^63, where ${large} is right`)
    // The file that it takes the schema from may be another.
    if (!(Number(files) <= 2)) throw new Error(`a query for one partition reads ${files} of ${partitions} files`)
    const many = manyRings(work)
    const [whole = '', one = '', all = ''] = python(ASK, many.whole, many.one, many.where).split('\n')
    return [
      `${rows.length} rows as --ndjson has them, ${large} with ids above 2^63 (DuckDB ${version})`,
      `the dataset of ${partitions} partitions has the same rows, by device and queue; a query for one opens ${files} of the files`,
      skipping(many, { whole, one, all }),
    ]
  },
}

const ROWS = `
import duckdb, sys
r = duckdb.sql("select * exclude (device, source) from read_parquet('" + sys.argv[1] + "')")
for row in r.fetchall(): print(json.dumps(dict(zip(r.columns, map(plain, row)))))
`

const FACTS = `
import duckdb, re, sys
flat = "select * from read_parquet('" + sys.argv[1] + "')"
parts = "read_parquet('" + sys.argv[2] + "/**/*.parquet', hive_partitioning = true, hive_types = {'device': varchar, 'queue': uinteger})"
names = ", ".join(duckdb.sql(flat).columns)
for a, b in ((flat, "select " + names + " from " + parts), ("select " + names + " from " + parts, flat)):
    assert duckdb.sql("select count(*) from (" + a + " except all " + b + ")").fetchall()[0][0] == 0
device, queue = duckdb.sql("select device, queue from " + parts + " where queue > 0 order by all limit 1").fetchall()[0]
plan = duckdb.sql("explain analyze select count(id) from " + parts + " where device = '" + device + "' and queue = " + str(queue)).fetchall()[0][1]
files = re.search(r"Files(?: Read)?:\\s*(\\d+)", plan)
print(json.dumps({
    "version": duckdb.__version__,
    "partitions": duckdb.sql("select count(*) from (select distinct device, queue from " + parts + ")").fetchall()[0][0],
    "files": files.group(1) if files else plan,
    "above": duckdb.sql("select count(*) from (" + flat + ") where id > 9223372036854775807").fetchall()[0][0],
}))
`

const ASK = `
import duckdb, sys
whole, one, where = sys.argv[1:]
def ask(name, where):
    try: print(*duckdb.sql("select count(*), sum(id), min(snapshot) from '" + name + "'" + where).fetchall()[0])
    except Exception as e: print("error", type(e).__name__)
ask(whole, " where " + where)
ask(one, " where " + where)
ask(one, "")
`
