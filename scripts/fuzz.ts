// npm run fuzz: mutated rings, texts, listings, folders and scenarios through the library's entry points, for a chosen time.
// Nothing may throw what is no error of ours, take long, or print what a terminal obeys. Every input is made from its own seed,
// which a failure prints with the command that makes it again. Exit code 0: nothing found; 1: something; 2: wrong flags.
import { parseArgs } from 'node:util'
import { Random } from '../src/scenario/index.ts'
import { Child, serve } from './fuzz/child.ts'
import { type LoadYaml, Scratch, type Target, targetsOf } from './fuzz/targets.ts'

/** One input takes milliseconds; on a machine that does other things as well, so long is a loop. */
const TOO_LONG = 20_000
const MOST_FAILURES = 20

/** In a child process: runs the inputs that it is told to. @param planted a bug that a test wants to be found, before an input or after it */
export function work(yaml: LoadYaml, planted: () => void = () => {}, after = false): void {
  const scratch = new Scratch()
  process.on('exit', () => scratch.remove())
  process.on('disconnect', () => process.exit())
  const targets = targetsOf(scratch, yaml)
  serve(({ target, seed }) => {
    const { name, run } = targets.find((t) => t.name === target)!
    const spoiled = async (random: Random) => {
      if (!after) planted()
      await run(random)
      if (after) planted()
    }
    return tryOne({ name, run: spoiled }, seed)
  })
}

/** @param seed of a campaign that is given none @param script that calls `work` @returns the exit code */
export async function main(
  args: readonly string[],
  seed: number,
  yaml: LoadYaml,
  print: (line: string) => void,
  script: string,
): Promise<number> {
  const string = { type: 'string' } as const
  const options = { seconds: string, count: string, seed: string, only: string, watchdog: string }
  const { values } = parseArgs({ args: [...args], options })
  const scratch = new Scratch()
  try {
    const targets = targetsOf(scratch, yaml).filter(({ name }) => values.only === undefined || name === values.only)
    const numbers = [values.seconds, values.count, values.seed].map((text) => (text === undefined ? undefined : Number(text)))
    if (targets.length === 0 || numbers.some((n) => n !== undefined && !(Number.isSafeInteger(n) && n >= 0))) {
      print(
        `fuzz: --seconds N, --count N, --seed N, --only ${targetsOf(scratch, yaml)
          .map(({ name }) => name)
          .join('|')}`,
      )
      return 2
    }
    const [seconds, count, given] = numbers
    const until = {
      seconds: seconds ?? (count === undefined ? 60 : Number.POSITIVE_INFINITY),
      count: count ?? Number.POSITIVE_INFINITY,
    }
    const child = new Child(script, Number(values.watchdog ?? TOO_LONG))
    try {
      return await campaign(targets, given ?? seed, until, print, child)
    } finally {
      child.stop()
    }
  } finally {
    scratch.remove()
  }
}

interface Until {
  readonly seconds: number
  readonly count: number
}

async function campaign(
  targets: readonly Target[],
  seed: number,
  until: Until,
  print: (line: string) => void,
  child: Child,
): Promise<number> {
  print(`seed ${seed}`)
  const began = Date.now()
  const tried = new Map(targets.map(({ name }) => [name, 0]))
  const seen = new Set<string>()
  let inputs = 0
  for (; inputs < until.count && Date.now() - began < 1000 * until.seconds && seen.size < MOST_FAILURES; inputs++) {
    const target = targets[inputs % targets.length]!
    // The input's own seed says which target it is for, so that --only finds it again.
    const own = seed + Math.floor(inputs / targets.length)
    tried.set(target.name, tried.get(target.name)! + 1)
    const failure = await child.run({ target: target.name, seed: own })
    if (failure === undefined || seen.has(failure)) continue
    seen.add(failure)
    print(`${target.name}: ${failure}\n  npm run fuzz -- --only ${target.name} --seed ${own} --count 1`)
  }
  print(`${inputs} inputs: ${[...tried].map(([name, n]) => `${name} ${n}`).join(', ')}; ${seen.size} failures`)
  return seen.size > 0 ? 1 : 0
}

/** @returns what went wrong, without what differs from input to input */
async function tryOne({ run }: Target, seed: number): Promise<string | undefined> {
  try {
    await run(new Random(seed))
  } catch (error) {
    const { message, stack } = error as Error
    const place =
      stack
        ?.split('\n')
        .find((line) => /^\s+at /.test(line))
        ?.trim()
        .replace(/\(.*[/\\]/, '(')
        .replace(/:\d+\)?$/, '') ?? ''
    return `${message.replace(/\d+/g, 'N').slice(0, 200)} ${place.replace(/:\d+/g, '')}`
  }
  return undefined
}
