// How many rings and slots say the same as the plain decoder of the tests says.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { loadDumps } from '../../src/node/read/load.ts'
import { type Held, heldAgainstPlain } from '../../test/support/held-against-plain.ts'

/** Dump folders below a folder. */
function* dumpsIn(folder: string): Generator<string> {
  const entries = readdirSync(folder, { withFileTypes: true })
  if (entries.some(({ name }) => /^(ring(-\d+)?\.bin|queue-\d+)$/.test(name))) yield folder
  for (const entry of entries) if (entry.isDirectory() && !/^queue-\d+$/.test(entry.name)) yield* dumpsIn(join(folder, entry.name))
}

/** What is not to be read is counted as left. */
function heldIn(folder: string): Held {
  const sum = { rings: 0, slots: 0, left: 0, differences: [] as string[] }
  for (const path of dumpsIn(folder)) {
    const held = heldAgainstPlain(loadDumps(path, { onError: () => sum.left++ }))
    sum.rings += held.rings
    sum.slots += held.slots
    sum.left += held.left
    sum.differences.push(...held.differences)
  }
  return sum
}

/** @returns how many rings differ */
export function printHeld(shared: string | undefined, print: (line: string) => void): number {
  const folders = ['dumps', ...(shared ? [join(shared, 'captures'), join(shared, 'field'), join(shared, 'hostile')] : [])]
  print('| held against the plain decoder | rings | slots | left out | differ |')
  print('|---|---|---|---|---|')
  let differ = 0
  for (const folder of folders.filter((path) => existsSync(path))) {
    const { rings, slots, left, differences } = heldIn(folder)
    print(`| ${folder} | ${rings} | ${slots} | ${left} | ${differences.length} |`)
    for (const difference of differences.slice(0, 10)) print(`  ${difference}`)
    differ += differences.length
  }
  print('')
  return differ
}
