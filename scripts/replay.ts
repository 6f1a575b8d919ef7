// npm run replay -- FILE.ndjson.gz... | FOLDER...: runs golden vectors through the emulated drivers, and records of backends through the emulated
// backends, and says whether they do what the real ones did.
// Exit code 0: all passed; 1: a scenario did not; 2: an input could not be read.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type Vector, VectorError, vectorOf } from '../src/scenario/vector.ts'
import { isBackendRecord, notCompared } from './replay/backend-record.ts'
import { describeMismatch, replay } from './replay/compare.ts'
import { PreparedDisk, replayBackendRecord } from './replay/replay-backend.ts'

const SUFFIX = '.ndjson.gz'

/** An input that cannot be read; the message names the file and the cure. */
class InputError extends Error {}

export function main(paths: readonly string[], print: (line: string) => void, warn: (line: string) => void): number {
  try {
    if (paths.length === 0) throw new InputError(`replay: name vector files (*${SUFFIX}) or folders of them`)
    let passed = 0
    let failed = 0
    let left = 0
    for (const file of paths.flatMap(filesOf)) {
      const result = replayFile(file)
      passed += result.scenarios - result.left - result.mismatches.length
      left += result.left
      failed += result.mismatches.length
      const label = `${basename(dirname(file))}/${basename(file)}  ${result.scenarios} scenarios`
      for (const line of result.notCompared) print(line)
      print(
        result.mismatches.length === 0 ? `${label}  ok` : `${label}  ${result.mismatches.length} failed: ${result.mismatches[0]}`,
      )
    }
    print(`${passed} passed, ${failed} failed${left === 0 ? '' : `, ${left} not compared`}`)
    return failed === 0 ? 0 : 1
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    warn(error.message)
    return 2
  }
}

function filesOf(path: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) throw new InputError(`${path}: no such file or folder; check the path`)
  if (!stat.isDirectory()) return [path]
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(SUFFIX))
    .sort()
    .map((name) => join(path, name))
  if (files.length === 0) throw new InputError(`${path}: no *${SUFFIX} in this folder; name one that holds vectors`)
  return files
}

const NOT_COMPARED = { all: 'not compared', data: 'data not compared', indices: 'indices not compared' } as const

function replayFile(file: string): { scenarios: number; mismatches: string[]; notCompared: string[]; left: number } {
  const mismatches: string[] = []
  const named: string[] = []
  const disks = new Map<string, PreparedDisk>()
  let [scenarios, left] = [0, 0]
  for (const [n, line] of linesOf(file)) {
    const json = jsonOf(file, n, line)
    scenarios++
    if (!isBackendRecord(json)) {
      const mismatch = replayVector(json, `${file}: line ${n}`)
      if (mismatch) mismatches.push(mismatch)
      continue
    }
    const record = { ...json, file: json.file ?? basename(file, SUFFIX) }
    const not = notCompared(record)
    if (not) named.push(`${record.file} ${record.case}: ${NOT_COMPARED[not.part]}: ${not.because}`)
    if (not?.part === 'all') {
      left++
      continue
    }
    const disk = disks.get(record.file) ?? new PreparedDisk()
    disks.set(record.file, disk)
    const differences = replayBackendRecord(record, disk)
    if (differences.length > 0) mismatches.push(`${record.case}: ${differences.join('; ')}`)
  }
  if (scenarios === 0) throw new InputError(`${file}: no scenario in it; fetch the file again`)
  return { scenarios, mismatches, notCompared: named, left }
}

function jsonOf(file: string, n: number, line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    throw new InputError(`${file}: line ${n} is not JSON (${(error as Error).message}); fetch the file again`)
  }
}

function replayVector(json: unknown, where: string): string | undefined {
  const vector = readVector(json, where)
  try {
    const mismatch = replay(vector, { sha256 })
    return mismatch && describeMismatch(mismatch)
  } catch (error) {
    // A failure of ours must not hide what the other scenarios say.
    const problem = error instanceof VectorError ? error.message : `the replay itself failed: ${(error as Error).message}`
    return `${vector.name}: ${problem}`
  }
}

function readVector(json: unknown, where: string): Vector {
  try {
    return vectorOf(json)
  } catch (error) {
    if (!(error instanceof VectorError)) throw error
    throw new InputError(`${where}: ${error.message}; is this a file of blkfront vectors, or of records of backends?`)
  }
}

/** Numbered lines of a gzipped file, without the blank ones. */
function linesOf(file: string): [number, string][] {
  let text: string
  try {
    text = gunzipSync(readFileSync(file)).toString('utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new InputError(`${file}: cannot be unpacked (${code ?? message}); give a whole gzip file of vectors`)
  }
  return text
    .split('\n')
    .map((line, i): [number, string] => [i + 1, line])
    .filter(([, line]) => line.trim() !== '')
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
