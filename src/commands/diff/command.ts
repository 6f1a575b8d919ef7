import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { LEVELS, type Level, MATCH_BY, type MatchBy } from '../../diff/model.ts'
import { BaseCommand } from '../shared/base-command.ts'
import { INPUT, inputFlags, inputOptions, secondInputFlags } from '../shared/input-flags.ts'
import { numberFlag } from '../shared/number-flag.ts'

export default class Diff extends BaseCommand {
  static override summary = 'Show what differs between two rings, and whether it matters.'
  static override description =
    `A and B are dump folders, files of raw ring pages, series, or scenarios (see blkring decode --help); one of them may be -. With --ring N, memory images are the rings of that number in them; N is of both where both are, and --ring-b names another in B.
Level bytes compares every byte. Level fields compares the values of header, requests and responses; padding and stale bytes only with --strict. Level io compares what the disk is asked to do, whatever the encoding: two-slot requests are joined, direct and indirect requests are alike, and grant references and ids may have other names if always the same. It also says where a side skips sectors. With --all, requests beneath responses count by their first sector, all that is sure of them.
Series are compared moment by moment. --snapshots takes the inputs as moments of one ring, and says what happened from each to the next.
Exit code: 0 no difference, 1 differences, 2 could not do it.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> --level io dumps/small-sectors dumps/untrusted-bounce',
    '<%= config.bin %> <%= command.id %> --by sector --ignore gref,id dumps/out-of-order dumps/out-of-order-later',
    '<%= config.bin %> <%= command.id %> --level bytes dumps/series/ring-004.bin dumps/series/ring-005.bin',
    '<%= config.bin %> <%= command.id %> --snapshots dumps/series',
    '<%= config.bin %> <%= command.id %> --stat dumps/out-of-order dumps/out-of-order-later',
    '<%= config.bin %> <%= command.id %> --stat docs/examples/split.yaml dumps/direct',
  ]
  static override usage = ['<%= command.id %> A B [FLAGS]', '<%= command.id %> --snapshots BEFORE AFTER...']
  static override strict = false
  static override args = {
    a: Args.string({ description: INPUT, ignoreStdin: true }),
    b: Args.string({ description: 'the same', ignoreStdin: true }),
  }
  static override flags = {
    level: Flags.string({ options: [...LEVELS], default: 'fields', description: 'what counts as a difference' }),
    by: Flags.string({
      options: [...MATCH_BY],
      description: 'which slots are held against each other (bytes: slot, fields: index, io: sector)',
    }),
    strict: Flags.boolean({ description: 'at level fields: padding and stale bytes count' }),
    all: Flags.boolean({ description: 'what survives beneath responses counts' }),
    ignore: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
      description: 'fields that do not count, such as gref,id',
      helpValue: 'FIELD,...',
    }),
    snapshots: Flags.boolean({
      description: 'A, B and more are moments of one ring',
      exclusive: ['level', 'by', 'strict', 'all', 'ignore', 'stat', 'renames'],
    }),
    stat: Flags.boolean({ description: 'print how much differs', exclusive: ['json'] }),
    renames: Flags.boolean({ description: 'at level io: say what stands for what also if nothing differs' }),
    json: Flags.boolean({ description: 'print JSON: an object for one pair, an array for several' }),
    ...inputFlags,
    ...secondInputFlags,
    ring: numberFlag({
      helpGroup: 'MEMORY IMAGE',
      description: 'of inputs that are memory images take the ring of this number, as find counts them',
      helpValue: 'N',
    }),
    'ring-b': numberFlag({
      helpGroup: 'MEMORY IMAGE',
      description: 'that of B, where both are images and it is another',
      helpValue: 'N',
      dependsOn: ['ring'],
      exclusive: ['snapshots'],
    }),
  }

  async execute(): Promise<number> {
    const { argv, flags } = await this.parse(Diff)
    const { runDiff } = await import('./run.ts')
    const { level, by, ...rest } = flags
    const { abi, pages, ring } = flags
    const second = { ...flags, abi: flags['abi-b'] ?? abi, pages: flags['pages-b'] ?? pages, ring: flags['ring-b'] ?? ring }
    return runDiff(argv as string[], {
      ...rest,
      level: level as Level,
      by: by as MatchBy | undefined,
      inputs: [inputOptions(flags, { sparesDumps: true }), inputOptions(second, { sparesDumps: true })],
    })
  }
}
