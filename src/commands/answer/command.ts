import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { ANSWERING, type AnsweringBackend } from '../../blkback/index.ts'
import { foldingWidth, terminalStyle } from '../../terminal/terminal-style.ts'
import { BaseCommand } from '../shared/base-command.ts'
import { INPUT, inputFlags, inputOptions } from '../shared/input-flags.ts'

export default class Answer extends BaseCommand {
  static override summary = 'Be the backend of a captured ring: what each request does to the disk, and what it is answered.'

  static override description =
    `INPUT is what decode takes: a dump folder, a file of raw ring pages, or - for standard input; of a series the last moment. IMAGE holds the disk, raw.

Without -o and --write nothing is written. Writes carry the data of data-GREF.bin beside the ring, as find --extract --data writes them; a write whose data is missing is not answered.

Exit code: 0 all answered OKAY, 1 some refused or not answered, 2 could not do it.`

  static override examples = [
    'truncate -s 64M disk.img && <%= config.bin %> <%= command.id %> dumps/64k-split-pair --disk disk.img',
    'truncate -s 64M disk.img && <%= config.bin %> <%= command.id %> dumps/direct --disk disk.img --backend qemu --json',
    'truncate -s 64M disk.img && <%= config.bin %> <%= command.id %> dumps/direct --disk disk.img -o answered',
  ]

  static override strict = false

  static override args = {
    input: Args.string({ description: INPUT }),
  }

  static override flags = {
    ...inputFlags,
    disk: Flags.string({ required: true, helpValue: 'IMAGE', description: 'raw image of the disk' }),
    backend: Flags.string({ options: [...ANSWERING], default: 'linux', description: 'the backend to be' }),
    order: Flags.string({
      options: ['taken', 'reversed'],
      default: 'taken',
      description: 'the order in which requests are answered; the disk sees them as they are taken',
    }),
    output: Flags.string({
      char: 'o',
      helpValue: 'DIR',
      description: 'write the answered ring, the pages that reads filled, and the changed disk (disk.img) to a new folder',
    }),
    write: Flags.boolean({ description: 'change IMAGE itself, whole or not at all, and no copy of it' }),
    json: Flags.boolean({ description: 'print JSON' }),
  }

  async execute(): Promise<number> {
    const { argv, flags } = await this.parse(Answer)
    if (argv.length === 0) throw new Error('no INPUT: name a dump folder, a file of raw pages, or - (see blkring answer --help)')
    const sheet = { style: await terminalStyle(), width: foldingWidth() }
    const { answerInputs } = await import('./run.ts')
    return answerInputs(argv as string[], sheet, {
      ...inputOptions(flags),
      image: flags.disk,
      backend: flags.backend as AnsweringBackend,
      reversed: flags.order === 'reversed',
      output: flags.output,
      write: flags.write,
      json: flags.json,
    })
  }
}
