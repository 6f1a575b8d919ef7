// The collection beside the checkout: more captures, vectors and recordings than a repository should hold. Only tests whose names
// begin with `../shared` look there, and only where BLKRING_SHARED names the folder, as `npm run test:shared` does. `npm test` reads
// what is in the repo alone, and says of each of the others that it was skipped, and why.
import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { describe, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const named = process.env['BLKRING_SHARED']

/** The folder of the collection; read it only within what {@link describeShared} and {@link testShared} are given. */
export const SHARED = resolve(root, named || '../shared')

/** Why tests that want the collection are skipped; undefined where they are not. */
export const skippedBecause: string | undefined = !named
  ? 'BLKRING_SHARED does not name the collection; `npm run test:shared` runs it'
  : existsSync(SHARED)
    ? undefined
    : `${relative(root, SHARED)} is not here`

/** Tests that want the collection, or one that is skipped in their place: `fn` is called only where the collection is. */
export function describeShared(name: string, fn: () => void): void {
  if (skippedBecause === undefined) describe(`../shared: ${name}`, fn)
  else testShared(name, () => {})
}

/** A test that wants the collection, or is skipped. */
export function testShared(name: string, fn: () => void | Promise<void>): void {
  if (skippedBecause === undefined) test(`../shared: ${name}`, fn)
  else test(`../shared: ${name}`, ({ skip }) => skip(skippedBecause))
}
