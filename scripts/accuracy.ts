// npm run accuracy: how many slots the plain decoder of the tests reads as `decode` does (of the collection too where BLKRING_SHARED names
// it), and what `decode` claims of the completion of simulated rings, against what was so.

import { ringGeometry } from '../src/codec/ring/geometry.ts'
import { x86_64 } from '../src/codec/struct/abi.ts'
import { type CompletionOrder, countClaims } from './accuracy/certainty.ts'
import { printHeld } from './accuracy/plain.ts'

const RINGS = 20_000
const SEED = 1

/** @param shared the collection beside the checkout, where it is to be read too */
export function main(shared: string | undefined, print: (line: string) => void): number {
  let wrong = printHeld(shared, print)
  for (const pages of [1, 2])
    for (const order of ['in-order', 'any-order'] satisfies CompletionOrder[]) {
      const slots = ringGeometry(x86_64, pages).nr_ents
      print(`${RINGS} rings of ${slots} slots, seed ${SEED}, answered ${order === 'in-order' ? 'in order' : 'in any order'}`)
      print('')
      print('| evidence | claim | slots | request outstanding | contradicted |')
      print('|---|---|---|---|---|')
      for (const claims of countClaims({ rings: RINGS, seed: SEED, pages, order })) {
        wrong += claims.claim.endsWith('yes') ? claims.wrong : 0
        print(`| ${claims.evidence} | ${claims.claim} | ${claims.slots} | ${claims.outstanding} | ${claims.wrong} |`)
      }
      print('')
    }
  return wrong === 0 ? 0 : 1
}
