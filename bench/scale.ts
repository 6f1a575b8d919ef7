// Prints the tables of docs/scale.md: sizes of what decode writes of so many slots, and CPU time of commands and engines over them.
//   node bench/scale.mjs --slots 1000000,10000000
import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { DUCKDB_REQUIREMENT } from '../scripts/consumers/duckdb.ts'
import { PYSPARK_REQUIREMENT } from '../scripts/consumers/spark.ts'
import { pythonWith } from '../scripts/consumers/tools.ts'
import { makeCapture } from './bulk-capture.ts'

const PAGE = 4096
const SLOTS = 32
/** What goes through objects is measured up to here. */
const OBJECTS = 10_000_000
const SQL = 'select op, count(*), sum(nr_sectors) from T group by op'
const ONE = 'select count(*), sum(id) from T where snapshot = 7'

const DUCKDB = `
import duckdb, sys
duckdb.sql("set threads = 1")
duckdb.sql("set preserve_insertion_order = false")
print(duckdb.sql(sys.argv[1].replace("T", "'" + sys.argv[2] + "'")).fetchall())
`
const SPARK = `
import os, sys, pyspark
from pyspark.sql import SparkSession
os.environ["SPARK_HOME"] = os.path.dirname(pyspark.__file__)
os.environ["PYSPARK_PYTHON"] = sys.executable
spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
spark.range(1).collect()
if len(sys.argv) > 2:
    spark.read.parquet(sys.argv[2]).createOrReplaceTempView("T")
    print(spark.sql(sys.argv[1]).collect())
with open(f"/proc/{spark.sparkContext._gateway.proc.pid}/stat") as f: used = f.read().rsplit(")", 1)[1].split()
with open(f"/proc/{spark.sparkContext._gateway.proc.pid}/status") as f: most = [line.split()[1] for line in f if line.startswith("VmHWM")]
print((int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK"), *most)
spark.stop()
`

interface Figure {
  readonly seconds: number
  readonly megabytes: number
}

/** CPU of a process and of those that it started, by bench/usage.c. */
function figureOf(usage: string, command: readonly string[]): Figure {
  const { stdout, stderr, status } = spawnSync(usage, command, { encoding: 'utf8' })
  if (status !== 0 && status !== 1) throw new Error(`${command.join(' ')}: ${stderr.slice(-500)}`)
  const [seconds = 0, kilobytes = 0] = (stdout || stderr).trim().split(/\s+/).map(Number)
  return { seconds, megabytes: kilobytes / 1024 }
}
/** CPU of Java, which is no child that is waited for. */
function sparkFigure(python: string, ...args: readonly string[]): Figure {
  const said = execFileSync(python, ['-c', SPARK, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const [seconds = 0, kilobytes = 0] = said.trim().split('\n').at(-1)!.split(' ').map(Number)
  return { seconds, megabytes: kilobytes / 1024 }
}
const orNothing = (make: () => string) => {
  try {
    return make()
  } catch {
    return undefined
  }
}

const { values } = parseArgs({ options: { slots: { type: 'string', default: '1000000,10000000' } } })
const folder = mkdtempSync(join(tmpdir(), 'blkring-scale-'))
try {
  const usage = join(folder, 'usage')
  execFileSync('gcc', ['-O2', '-o', usage, 'bench/usage.c'])
  const duckdb = orNothing(() => pythonWith('duckdb', DUCKDB_REQUIREMENT))
  const spark = orNothing(() => pythonWith('pyspark', PYSPARK_REQUIREMENT))
  const blkring = (...args: string[]) => [process.execPath, 'bin/run.js', ...args]
  process.stdout.write(
    '| slots | work | CPU, s | ns a slot | memory, MB | bytes | bytes a slot |\n|---|---|---|---|---|---|---|' + '\n',
  )
  for (const wanted of values.slots.split(',').map(Number)) {
    const pages = 64 * Math.ceil(wanted / SLOTS / 64)
    const slots = pages * SLOTS
    const [capture, file, out] = [join(folder, 'capture.bin'), join(folder, 'slots.parquet'), join(folder, 'out')]
    const to = openSync(capture, 'w')
    makeCapture(pages * PAGE, 8, (bytes) => writeSync(to, bytes))
    closeSync(to)
    const row = (work: string, { seconds, megabytes }: Figure, bytes?: number) =>
      process.stdout.write(
        `| ${slots.toLocaleString('en')} | ${work} | ${seconds.toFixed(1)} | ${((seconds / slots) * 1e9).toFixed(0)} | ${megabytes.toFixed(0)} | ${bytes?.toLocaleString('en') ?? ''} | ${bytes === undefined ? '' : (bytes / slots).toFixed(1)} |\n`,
      )
    const input = ['--pages', '1', '--abi', 'x86_64', capture]
    row('pages as they are', { seconds: 0, megabytes: 0 }, statSync(capture).size)
    row('`decode --parquet`', figureOf(usage, blkring('decode', '--parquet', file, ...input)), statSync(file).size)
    for (const format of ['--ndjson', '--csv']) {
      const command = blkring('decode', format, ...input).join(' ')
      const written = Number(execFileSync('sh', ['-c', `${command} 2>/dev/null | wc -c`]))
      const figure = figureOf(usage, blkring('decode', format, ...input))
      row(`\`decode ${format}\``, figure, written)
      if (slots < 2 * OBJECTS)
        row(`\`decode ${format} \\| gzip -1\``, figureOf(usage, ['sh', '-c', `${command} | gzip -1 > ${out}`]), statSync(out).size)
    }
    row('`stats`', figureOf(usage, blkring('stats', ...input)))
    if (slots < 2 * OBJECTS) row('`check --summary`', figureOf(usage, blkring('check', '--summary', ...input)))
    if (duckdb)
      for (const question of [SQL, ONE]) row(`DuckDB: \`${question}\``, figureOf(usage, [duckdb, '-c', DUCKDB, question, file]))
    if (spark) {
      row('Spark: started, and nothing asked', sparkFigure(spark))
      for (const question of [SQL, ONE]) row(`Spark: \`${question}\``, sparkFigure(spark, question, file))
    }
    for (const path of [capture, file, out]) rmSync(path, { force: true })
  }
} finally {
  rmSync(folder, { recursive: true })
}
