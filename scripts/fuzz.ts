// npm run fuzz: inputs of chance through the commands and the library, for a chosen time. Each is tried in a process that is watched for
// its time and its memory; values are held against a decoder of their own. Every input is made from its own seed, which a failure
// prints with the command that makes it again. Exit code 0: nothing found; 1: something; 2: wrong flags.
import { parseArgs } from 'node:util'
import { campaign } from './fuzz/campaign.ts'
import { TARGETS } from './fuzz/protocol.ts'

/** What is fuzzed, and by what. */
export interface Subject {
  /** The bundled worker.ts. */
  readonly worker: string
  readonly packageRoot: string
}

const USAGE = `fuzz: --seconds N, --count N, --seed N, --target ${TARGETS.join('|')}`

/** @param seed of a campaign that is given none @returns the exit code */
export async function main(
  args: readonly string[],
  seed: number,
  subject: Subject,
  print: (line: string) => void,
): Promise<number> {
  const string = { type: 'string' } as const
  const options = { seconds: string, count: string, seed: string, target: string, only: string }
  const { values } = parseArgs({ args: [...args], options })
  const wanted = values.target ?? values.only
  const targets = TARGETS.filter((name) => wanted === undefined || name === wanted)
  const numbers = [values.seconds, values.count, values.seed].map((text) => (text === undefined ? undefined : Number(text)))
  if (targets.length === 0 || numbers.some((n) => n !== undefined && !(Number.isSafeInteger(n) && n >= 0))) {
    print(USAGE)
    return 2
  }
  const [seconds, count, given] = numbers
  const failures = await campaign(
    {
      ...subject,
      targets,
      seed: given ?? seed,
      seconds: seconds ?? (count === undefined ? 60 : Number.POSITIVE_INFINITY),
      count: count ?? Number.POSITIVE_INFINITY,
    },
    print,
  )
  return failures > 0 ? 1 : 0
}
