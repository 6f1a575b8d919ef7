import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../shared/base-command.ts'
import { INPUT, inputFlags, inputOptions } from '../shared/input-flags.ts'
import { numberFlag } from '../shared/number-flag.ts'

export default class Mutate extends BaseCommand {
  static override summary = 'Make corpora: rings that differ from captured ones in fields, counts, indices, slots and pages.'

  static override description =
    `RING is what decode takes. Each ring that is made has a line that says how it came to be: ring[3].req.nr_segments 11 -> 12. The same seed makes the same rings.

Exit code: 0 written, 2 could not do it.`

  static override examples = [
    '<%= config.bin %> <%= command.id %> dumps/direct dumps/indirect --seed 7 --count 1000 -o corpus > corpus.log',
    '<%= config.bin %> <%= command.id %> dumps/direct --rule gref-repeated --count 10 -o broken',
    '<%= config.bin %> <%= command.id %> dumps/direct --valid --count 10 -o legal',
    '<%= config.bin %> <%= command.id %> dumps/direct --count 1000 -o - 2> log | <%= config.bin %> stats --pages 1 -',
    '<%= config.bin %> <%= command.id %> --dictionary dumps/direct > blkif.dict',
  ]

  static override strict = false

  static override args = {
    input: Args.string({ description: INPUT, ignoreStdin: true }),
  }

  static override flags = {
    ...inputFlags,
    output: Flags.string({
      char: 'o',
      description: 'folder to write, a file a ring; NAME.bin or - for raw ring pages, one ring after another',
    }),
    seed: numberFlag({ description: 'of the chance', default: 1 }),
    count: numberFlag({ description: 'rings to make', default: 100 }),
    rule: Flags.string({
      description: 'only rings that break this rule of check and no other',
      helpValue: 'RULE',
      exclusive: ['valid'],
    }),
    valid: Flags.boolean({ description: 'only rings that break no rule of check but notes' }),
    folders: Flags.boolean({ description: 'a dump folder a ring, with what lies beside it; indirect pages are changed as well' }),
    dictionary: Flags.boolean({
      description: 'print a dictionary for AFL++ and libFuzzer instead',
      exclusive: ['output', 'rule', 'valid', 'folders', 'json'],
    }),
    force: Flags.boolean({ char: 'f', description: 'replace a folder that mutate wrote' }),
    json: Flags.boolean({ description: 'print what was made as JSON' }),
  }

  async execute(): Promise<number> {
    const { argv, flags } = await this.parse(Mutate)
    const { printDictionary, mutateInputs } = await import('./run.ts')
    const options = inputOptions(flags)
    if (flags.dictionary) return printDictionary(argv as string[], options)
    if (argv.length === 0) throw new Error('no RING: name a dump folder, a file of raw pages, or - (see blkring mutate --help)')
    if (flags.output === undefined) throw new Error('where to? -o DIR writes a file a ring, -o - raw pages')
    const { output, seed, count, rule, valid, folders, force, json } = flags
    return mutateInputs(argv as string[], { ...options, output, seed, count, rule, valid, folders, force, json })
  }
}
