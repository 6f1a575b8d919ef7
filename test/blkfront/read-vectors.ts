import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type Vector, vectorOf } from '../../src/replay/index.ts'

/** Vector files of a folder, by path from there. */
export function vectorFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ndjson.gz'))
    .sort()
}

export function readVectors(folder: string, file: string): Vector[] {
  const lines = gunzipSync(readFileSync(join(folder, file)))
    .toString('utf8')
    .trim()
    .split('\n')
  return lines.map((line) => vectorOf(JSON.parse(line)))
}
