import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { terminalStyle } from '../../terminal/terminal-style.ts'
import { BaseCommand } from '../shared/base-command.ts'
import { INPUT, inputFlags, inputOptions } from '../shared/input-flags.ts'

export default class Reduce extends BaseCommand {
  static override summary = 'Make a ring that breaks a rule as small as it can be and still break it.'

  static override description =
    `RING is what decode takes; of several rings the first that breaks the rule is taken. No rule is broken that was not before, but for notes.

Exit code: 0 written, 2 could not do it.`

  static override examples = [
    '<%= config.bin %> <%= command.id %> dumps/64k-split-pair --rule split-gap -o smallest',
    '<%= config.bin %> <%= command.id %> dumps/hostile/malformed --rule segment-range -o - | <%= config.bin %> decode -',
    '<%= config.bin %> <%= command.id %> --help',
  ]

  static override args = {
    input: Args.string({ required: true, description: INPUT, ignoreStdin: true }),
  }

  static override flags = {
    ...inputFlags,
    rule: Flags.string({ required: true, description: 'the rule of check that the ring is to break', helpValue: 'RULE' }),
    output: Flags.string({
      char: 'o',
      required: true,
      description: 'dump folder to write; NAME.bin or - for raw ring pages alone',
    }),
    force: Flags.boolean({ char: 'f', description: 'replace the folder if it is a dump, or NAME.bin' }),
    json: Flags.boolean({ description: 'print JSON' }),
  }

  async execute(): Promise<number> {
    const { args, flags } = await this.parse(Reduce)
    const { reduceInput } = await import('./run.ts')
    const { rule, output, force, json } = flags
    return reduceInput(args.input, { ...inputOptions(flags), rule, output, force, json }, await terminalStyle())
  }
}
