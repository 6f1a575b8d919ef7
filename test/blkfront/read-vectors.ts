import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type Vector, vectorOf } from '../../src/scenario/vector.ts'

/** The drivers that recorded vectors are of. Folders of other names hold records of other kinds, with formats of their own. */
const DRIVERS = ['extra-req', 'modern', 'seed']

/** Vector files of a folder, by path from there. */
export function vectorFiles(folder: string): string[] {
  return DRIVERS.flatMap((driver) =>
    readdirSync(join(folder, driver))
      .filter((name) => name.endsWith('.ndjson.gz'))
      .sort()
      .map((name) => `${driver}/${name}`),
  )
}

/** Vector files of suspends, resumes and several queues, by path from the folder. */
export function resumeFiles(folder: string): string[] {
  return readdirSync(join(folder, 'resume'))
    .filter((name) => name.endsWith('.ndjson.gz'))
    .sort()
    .map((name) => `resume/${name}`)
}

export function readVectors(folder: string, file: string): Vector[] {
  const lines = gunzipSync(readFileSync(join(folder, file)))
    .toString('utf8')
    .trim()
    .split('\n')
  return lines.map((line) => vectorOf(JSON.parse(line)))
}
