// Where the real captures are: those of the repo, and the whole collection where it lies beside the checkout.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { gunzipSync } from 'node:zlib'

const root = join(import.meta.dirname, '../..')
const PLACES = [join(root, 'dumps'), join(root, '../shared/captures')]

export interface Capture {
  /** For test names: the path without what all captures share. */
  readonly name: string
  /** The dump folder. */
  readonly path: string
}

/** Rings that were made, not captured. */
const MADE = join(root, 'dumps/hostile')

/** Every dump folder: one that `decode` takes, whose parents are none. */
export const captures: readonly Capture[] = PLACES.filter((place) => existsSync(place)).flatMap((place) =>
  dumpFolders(place).map((path) => ({ name: relative(join(root, '..'), path).replace(/^.*?(dumps|captures)\//, ''), path })),
)

/** Text of a file beside the capture or above it (several dumps of one situation share it), gzipped or not. */
export function textOf({ path }: Capture, name: string): string | undefined {
  for (const folder of [path, dirname(path)]) {
    for (const file of [join(folder, name), join(folder, `${name}.gz`)]) {
      if (!existsSync(file)) continue
      const bytes = readFileSync(file)
      return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
    }
  }
  return undefined
}

function dumpFolders(folder: string): string[] {
  if (folder === MADE) return []
  const entries = readdirSync(folder, { withFileTypes: true })
  const isDump = entries.some((e) => /^(ring(-\d+)?\.bin|queue-\d+)$/.test(e.name))
  const below = entries
    .filter((e) => e.isDirectory() && !e.name.startsWith('queue-'))
    .flatMap((e) => dumpFolders(join(folder, e.name)))
  return isDump ? [folder, ...below] : below
}
