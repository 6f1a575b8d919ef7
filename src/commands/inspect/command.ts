import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { MIN_WIDTH, terminalStyle, terminalWidth } from '../../terminal/terminal-style.ts'
import { BaseCommand } from '../shared/base-command.ts'
import { INPUT, inputFlags, inputOptions } from '../shared/input-flags.ts'
import { numberFlag } from '../shared/number-flag.ts'

export default class Inspect extends BaseCommand {
  static override summary = 'Show the bytes of a ring with their names, values and meanings.'

  static override description =
    `INPUT is what decode takes; of several rings the first is shown, or the one that --queue and --snapshot name. Without flags: a picture of the ring, and every byte of it.

Numbers are decimal, or hex with 0x. Findings are marked at the bytes they are about (!), and are no failure here.

Exit code: 0 shown, 2 could not do it.`

  static override examples = [
    '<%= config.bin %> <%= command.id %> dumps/direct',
    '<%= config.bin %> <%= command.id %> --slot 17 dumps/direct',
    '<%= config.bin %> <%= command.id %> --at 0x7d0 dumps/direct',
    '<%= config.bin %> <%= command.id %> --indirect 118 dumps/indirect',
    '<%= config.bin %> <%= command.id %> --picture dumps/multi-page',
    '<%= config.bin %> <%= command.id %> --tree --slot 10 dumps/indirect',
  ]

  static override args = {
    input: Args.string({ required: true, description: INPUT, ignoreStdin: true }),
  }

  static override flags = {
    ...inputFlags,
    queue: numberFlag({ description: 'of several queues, which', helpValue: 'N' }),
    snapshot: numberFlag({ description: 'of a series, which; the first is 0', helpValue: 'N' }),
    slot: numberFlag({ description: 'one slot', helpValue: 'N', exclusive: ['index', 'at', 'indirect', 'picture'] }),
    index: numberFlag({
      description: 'the slot of a free-running index',
      helpValue: 'N',
      exclusive: ['at', 'indirect', 'picture'],
    }),
    at: numberFlag({ description: 'what lies at this byte of the ring (with --indirect: of the page)', helpValue: 'OFFSET' }),
    indirect: numberFlag({ description: 'the indirect page of this reference', helpValue: 'GREF' }),
    data: numberFlag({
      description: 'the data page of this reference: what the segments that name it carry',
      helpValue: 'GREF',
      exclusive: ['slot', 'index', 'at', 'indirect', 'picture', 'tree'],
    }),
    picture: Flags.boolean({ description: 'the slots as a picture', exclusive: ['at', 'indirect', 'tree'] }),
    tree: Flags.boolean({ description: 'fields below structs below slots, with their byte ranges', exclusive: ['at'] }),
    squeeze: Flags.boolean({ description: 'draw bytes together that repeat and that no one reads', default: true, allowNo: true }),
    width: Flags.integer({ min: MIN_WIDTH, max: 1000, description: "characters of a line (default: the terminal's, else 80)" }),
    json: Flags.boolean({ description: 'print JSON' }),
    interactive: Flags.boolean({
      char: 'i',
      description: 'walk through the ring in the terminal (? shows the keys)',
      exclusive: ['at', 'indirect', 'data', 'picture', 'tree', 'json'],
    }),
  }

  async execute(): Promise<number> {
    const { args, flags } = await this.parse(Inspect)
    const { queue, snapshot, slot, index, at, indirect, data, json, squeeze, picture, tree } = flags
    const chosen = { ...inputOptions(flags), queue, snapshot, slot, index }
    const style = await terminalStyle()
    if (flags.interactive) {
      const { browse } = await import('./browser.ts')
      return browse(args.input, chosen, style)
    }
    const { inspect } = await import('./run.ts')
    const form = picture ? 'picture' : tree ? 'tree' : 'bytes'
    return inspect(
      args.input,
      { ...chosen, at, indirect, data, form, json },
      { style, width: flags.width ?? terminalWidth(), squeeze },
    )
  }
}
