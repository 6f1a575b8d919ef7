// The Parquet of decode, read by Spark: a driver and two workers, each a process of its own.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Answers, compareRows, manyRings, PLAIN, skipping, slotsOfDumps } from './parquet.ts'
import { type Consumer, pythonWith, ran, versionOf } from './tools.ts'

export const PYSPARK_REQUIREMENT = 'pyspark==4.0.1'
/** Two executors, of one core and 1 GiB each. */
const MASTER = 'local-cluster[2,1,1024]'
const TOO_LONG = 300_000

interface Facts extends Answers {
  readonly version: string
  readonly executors: number
  /** The type of the column `id`. */
  readonly id: string
  /** Ids above 2^63. */
  readonly above: number
  readonly partitions: number
  /** Rows that the dataset has and the file has not, and the other way round. */
  readonly differ: number
  /** What a query for one partition reads. */
  readonly files: number
  /** Rows that a query for one ring reads. */
  readonly scanned: number
}

export const spark: Consumer = {
  name: 'spark',
  run(work) {
    versionOf('java', '-version')
    const path = pythonWith('pyspark', PYSPARK_REQUIREMENT)
    const { file, dataset, rows, large } = slotsOfDumps(work)
    const many = manyRings(work)
    const out = join(work.folder, 'rows.ndjson')
    const env = { SPARK_LOCAL_DIRS: work.folder, SPARK_WORKER_DIR: work.folder, SPARK_LOCAL_IP: '127.0.0.1' }
    const args = [MASTER, work.folder, file, dataset, many.whole, many.one, many.where, out]
    const said = ran(path, ['-c', PLAIN + PROGRAM, ...args], { env, timeout: TOO_LONG })
    const facts = JSON.parse(said.trimEnd().split('\n').at(-1)!) as Facts
    compareRows(readFileSync(out, 'utf8').trimEnd().split('\n'), rows)
    const { id, above, partitions, differ, files, scanned, version, executors } = facts
    if (id !== 'decimal(20,0)' || above !== large) throw new Error(`${above} ids above 2^63 as ${id}, where ${large} is right`)
    if (differ !== 0) throw new Error(`${differ} rows of the dataset are not those of the file`)
    if (files !== 1) throw new Error(`a query for one partition reads ${files} files`)
    if (scanned !== many.rowsOfGroup) throw new Error(`a query for one ring reads ${scanned} rows, not ${many.rowsOfGroup}`)
    return [
      `${rows.length} rows as --ndjson has them, ${large} with ids above 2^63 as ${id} (Spark ${version}, ${executors} executors)`,
      `the dataset of ${partitions} partitions has the same rows, by device and queue; a query for one reads 1 file`,
      skipping(many, facts),
      `it reads ${scanned} of ${many.rows} rows`,
    ]
  },
}

const PROGRAM = `
import os, sys, pyspark
from pyspark.sql import SparkSession
master, folder, file, dataset, whole, one, where, out = sys.argv[1:]
os.environ["SPARK_HOME"] = os.path.dirname(pyspark.__file__)
os.environ["PYSPARK_PYTHON"] = sys.executable
spark = SparkSession.builder.master(master)
for key, value in {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.warehouse.dir": folder,
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}.items(): spark = spark.config(key, value)
spark = spark.getOrCreate()
spark.sparkContext.setLogLevel("OFF")

def scan(frame, metric):
    # Of the plan that was run.
    nodes = [frame._jdf.queryExecution().executedPlan()]
    for node in nodes:
        if node.nodeName().startswith("Scan parquet"): return node.metrics().apply(metric).value()
        children = node.children().iterator()
        while children.hasNext(): nodes.append(children.next())

def ask(name, where):
    frame = spark.read.parquet(name).where(where).selectExpr("count(*)", "sum(id)", "min(snapshot)")
    try: return " ".join(map(str, frame.collect()[0])), scan(frame, "numOutputRows")
    except Exception as e: return "error " + type(e).__name__, None

flat = spark.read.parquet(file)
with open(out, "w") as lines:
    for row in flat.drop("device", "source").collect(): lines.write(json.dumps(plain(row.asDict(True))) + "\\n")
parts = spark.read.parquet(dataset)
parts = parts.select(*(parts[f.name].cast(f.dataType) for f in flat.schema.fields))
key = parts.where("queue > 0").select("device", "queue").first()
partition = parts.where((parts.device == key.device) & (parts.queue == key.queue)).selectExpr("count(id)")
partition.collect()
(whole, _), (one, scanned), (every, _) = ask(whole, where), ask(one, where), ask(one, "true")
print(json.dumps({
    "version": spark.version,
    "executors": spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size() - 1,
    "id": flat.schema["id"].dataType.simpleString(),
    "above": flat.where("id > 9223372036854775807").count(),
    "partitions": parts.select("device", "queue").distinct().count(),
    "differ": flat.exceptAll(parts).count() + parts.exceptAll(flat).count(),
    "files": scan(partition, "numFiles"),
    "scanned": scanned, "whole": whole, "one": one, "all": every,
}))
spark.stop()
`
