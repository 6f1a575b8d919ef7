import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../shared/base-command.ts'
import { inputFlags, inputOptions } from '../shared/input-flags.ts'

export default class Encode extends BaseCommand {
  static override summary = 'Make bytes of what decode --json prints.'

  static override description =
    `JSON is what decode --json prints, of one ring or of several, changed or not; - is standard input. What it does not have (stale bytes, padding, slots that were never used) is taken from the ring that --over names, else it is 0.

Exit code: 0 written, 2 could not do it.`

  static override examples = [
    '<%= config.bin %> decode --json dumps/direct | <%= config.bin %> <%= command.id %> - -o again && <%= config.bin %> diff dumps/direct again && echo the same',
    '<%= config.bin %> decode --json dumps/direct | <%= config.bin %> <%= command.id %> - --over dumps/direct -o - | <%= config.bin %> decode -',
    '<%= config.bin %> decode --json dumps/direct | sed \'s/"nr_segments": 2/"nr_segments": 12/\' | <%= config.bin %> <%= command.id %> - --over dumps/direct -o - | <%= config.bin %> check -',
  ]

  static override args = {
    json: Args.string({ required: true, description: 'file of JSON, or -', ignoreStdin: true }),
  }

  static override flags = {
    output: Flags.string({
      char: 'o',
      required: true,
      description: 'dump folder to write; NAME.bin or - for raw ring pages alone',
    }),
    over: Flags.string({ description: 'ring whose bytes stay where the JSON says nothing', helpValue: 'RING' }),
    force: Flags.boolean({ char: 'f', description: 'replace the folder if it is a dump, or NAME.bin' }),
    pages: { ...inputFlags.pages, description: 'of --over: pages of one ring; a longer file is one ring after another' },
  }

  async execute(): Promise<number> {
    const { args, flags } = await this.parse(Encode)
    const { encodeFile } = await import('./run.ts')
    const over = inputOptions({ abi: 'auto', raw: false, text: false, pages: flags.pages })
    return encodeFile(args.json, { output: flags.output, force: flags.force, over: flags.over, reading: over })
  }
}
