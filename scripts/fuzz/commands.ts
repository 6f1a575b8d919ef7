// The commands of the package themselves, over inputs of which is known what is in them: values are held against the plain decoder, and
// every ring, byte and line is accounted for. Beside them commands and flags of chance, of which is asked what must hold of any.
import { existsSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import type { Random } from '../../src/scenario/file/index.ts'
import { expectCounts, expectDecent, expectEveryByte, expectLines, expectRings } from './check-output.ts'
import { type Known, knownInput } from './inputs.ts'
import { pick } from './mutate.ts'
import { Commands, type Ran } from './run-command.ts'
import type { Scratch, Seeds } from './targets.ts'

const ABIS = [
  { flags: [], layout: undefined },
  { flags: ['--abi', 'x86_64'], layout: 'x86_64' },
  { flags: ['--abi', 'arm'], layout: 'x86_64' },
  { flags: ['--abi', 'x86_32'], layout: 'x86_32' },
] as const

export class CommandTargets {
  readonly #commands: Commands
  readonly #seeds: Seeds
  readonly #scratch: Scratch

  constructor(packageRoot: string, seeds: Seeds, scratch: Scratch) {
    this.#commands = new Commands(packageRoot)
    this.#seeds = seeds
    this.#scratch = scratch
  }

  /** One input: what is known of it, and one or two commands of chance. */
  async run(random: Random): Promise<void> {
    const folder = `${this.#scratch.path}/input`
    rmSync(folder, { recursive: true, force: true })
    const known = knownInput(this.#seeds, random, folder)
    try {
      await this.#knownValues(known, random)
      for (let n = random.below(2); n >= 0; n--) expectDecent(await this.#commands.run(argsOfChance(known, random, folder)))
    } finally {
      known.close?.()
    }
  }

  async #knownValues(known: Known, random: Random): Promise<void> {
    const { path, flags, rings, trace } = known
    if (trace) {
      const ran = await this.#commands.run(['generate', '--json', '--from-trace', path])
      expectDecent(ran)
      expectLines(ran, trace)
    }
    if (!rings) return
    const { flags: abi, layout } = pick(random, ABIS)
    const format = pick(random, ['--json', '--ndjson', '--csv'])
    const decode = await this.#read(known, ['decode', format, ...abi, ...flags], random)
    expectDecent(decode)
    expectRings(decode, rings, layout)
    if (layout && rings.length === 1 && !known.once && random.below(4) === 0) {
      const stats = await this.#commands.run(['stats', '--json', ...abi, ...flags, path])
      expectDecent(stats)
      expectCounts(stats, rings[0]!, layout)
    }
    const [first] = rings
    if (!first || first.missing?.length || random.below(3) > 0 || known.once) return
    const inspect = await this.#commands.run(['inspect', '--json', ...abi, ...flags, path])
    expectDecent(inspect)
    expectEveryByte(inspect, first.bytes)
  }

  /** Now and then through standard input, in a process of its own. */
  async #read(known: Known, args: readonly string[], random: Random): Promise<Ran> {
    if (known.piped && random.below(12) === 0) return this.#commands.runPiped([...args, '-'], known.piped)
    return await this.#commands.run([...args, known.path])
  }
}

/** Flags of each command, of which some are taken. */
const COMMANDS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  decode: [
    [],
    ['--json'],
    ['--ndjson'],
    ['--csv'],
    ['--segments'],
    ['--slots', 'in-flight'],
    ['--where', 'op == write && nr_sectors > 8'],
    ['--pair'],
    ['--pair', '--json'],
  ],
  check: [
    [],
    ['--summary'],
    ['--unique', '--json'],
    ['--json'],
    ['--sarif'],
    ['--backend', 'linux'],
    ['--backend', 'qemu', '--json'],
    ['--severity', 'error'],
  ],
  doctor: [[], ['--json'], ['--req-cons', '5'], ['--interval', '5']],
  inspect: [[], ['--json'], ['--tree'], ['--picture'], ['--slot', '3'], ['--at', '0x7d0', '--json'], ['--no-squeeze']],
  report: [['-o', '-']],
  stats: [[], ['--json'], ['--where', 'op == read']],
  find: [[], ['--json'], ['--pages'], ['--min-score', '0']],
  vbds: [[], ['--json']],
  answer: [[], ['--backend', 'qemu'], ['--json', '--order', 'reversed']],
  encode: [['-o', '-', '--force']],
  mutate: [['--count', '3', '-o', '-'], ['--count', '1', '--valid', '-o', '-'], ['--dictionary']],
  watch: [['--count', '1', '--ndjson']],
  reduce: [['--rule', 'segment-range', '-o', '-']],
  diff: [[], ['--level', 'bytes'], ['--level', 'io', '--json'], ['--snapshots'], ['--strict'], ['--stat'], ['--by', 'id']],
  generate: [['--explain', '--from-trace'], ['--json', '--from-trace'], ['--json'], ['--explain']],
}

function argsOfChance(known: Known, random: Random, folder: string): string[] {
  const command = pick(random, Object.keys(COMMANDS))
  // A pipe can be read once, and was.
  const path = known.once ? folder : known.path
  const more = random.below(3) === 0 && !known.once && !['find', 'vbds', 'generate', 'encode'].includes(command) ? known.flags : []
  const width = random.below(3)
  if (width > 0) process.env['COLUMNS'] = String(20 * width * (1 + random.below(4)))
  const second = command === 'diff' ? [pick(random, [path, folder, pick(random, known.others)])] : []
  // Behind the flags: that of --from-trace is the input itself.
  const disk = command === 'answer' ? ['--disk', diskBeside(folder)] : []
  return [command, ...more, ...pick(random, COMMANDS[command]!), ...disk, path, ...second]
}

/** A disk for whatever is answered: 64 MiB without a byte. */
function diskBeside(folder: string): string {
  const path = `${folder}.img`
  if (!existsSync(path)) {
    writeFileSync(path, '')
    truncateSync(path, 2 ** 26)
  }
  return path
}
