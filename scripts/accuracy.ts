// npm run accuracy: prints what docs/accuracy.md says of certainty: what `decode` claims of simulated rings, against what was so.
import { type CompletionOrder, countClaims } from './accuracy/certainty.ts'

const RINGS = 20_000
const SEED = 1

export function main(print: (line: string) => void): number {
  let wrong = 0
  for (const order of ['in-order', 'any-order'] satisfies CompletionOrder[]) {
    print(`${RINGS} rings, seed ${SEED}, answered ${order === 'in-order' ? 'in order' : 'in any order'}`)
    print('')
    print('| evidence | claim | slots | request outstanding | contradicted |')
    print('|---|---|---|---|---|')
    for (const claims of countClaims(RINGS, SEED, order)) {
      wrong += claims.claim.endsWith('yes') ? claims.wrong : 0
      print(`| ${claims.evidence} | ${claims.claim} | ${claims.slots} | ${claims.outstanding} | ${claims.wrong} |`)
    }
    print('')
  }
  return wrong === 0 ? 0 : 1
}
