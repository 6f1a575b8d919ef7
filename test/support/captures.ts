// Where the real captures are: those of the repo, and those of the collection beside the checkout.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, test } from 'vitest'
import { describeShared, SHARED, testShared } from './shared.ts'

const root = join(import.meta.dirname, '../..')

export interface Capture {
  /** For test names: the path without what all captures share. */
  readonly name: string
  /** The dump folder. */
  readonly path: string
}

/** Where rings are that were made, not captured. */
const MADE = ['dumps/hostile', 'dumps/made'].map((path) => join(root, path))

/** Every dump folder of the repo: one that `decode` takes. */
export const captures: readonly Capture[] = capturesIn(join(root, 'dumps'))

let whole: readonly Capture[] | undefined

/** Every dump folder of the collection; to be asked within `describeShared` and `testShared` only. */
export function sharedCaptures(): readonly Capture[] {
  whole ??= capturesIn(join(SHARED, 'captures'))
  return whole
}

export interface EachOptions {
  /** Those that a test is about; all without it. */
  readonly only?: (capture: Capture) => boolean
  /** Of the collection one in so many is taken, for tests that are expensive; 1 without it. */
  readonly sharedOneIn?: number
}

/** A test for each capture: of the repo always, of the collection where it is, under a name that says so. */
export function eachCapture(name: string, fn: (capture: Capture) => void | Promise<void>, options: EachOptions = {}): void {
  const { only = () => true, sharedOneIn = 1 } = options
  describe(name, () => test.each(captures.filter(only))('$name', fn))
  const some = sharedOneIn === 1 ? name : `${name}, one capture of ${sharedOneIn}`
  describeShared(some, () =>
    test.each(
      sharedCaptures()
        .filter(only)
        .filter((_, i) => i % sharedOneIn === 0),
    )('$name', fn),
  )
}

/** One test over all captures together: of the repo always, of the collection where it is, under a name that says so. */
export function allCaptures(name: string, fn: (captures: readonly Capture[]) => void | Promise<void>): void {
  test(name, () => fn(captures))
  testShared(name, () => fn(sharedCaptures()))
}

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

function capturesIn(place: string): Capture[] {
  return dumpFolders(place).map((path) => ({ name: relative(place, path), path }))
}

/** Folders that are dumps, and those below them. */
function dumpFolders(folder: string): string[] {
  if (MADE.includes(folder)) return []
  const entries = readdirSync(folder, { withFileTypes: true })
  const isDump = entries.some((e) => /^(ring(-\d+)?\.bin|queue-\d+)$/.test(e.name))
  const below = entries
    .filter((e) => e.isDirectory() && !e.name.startsWith('queue-'))
    .flatMap((e) => dumpFolders(join(folder, e.name)))
  return isDump ? [folder, ...below] : below
}
