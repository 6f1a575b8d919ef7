import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../shared/base-command.ts'
import { INPUT, inputFlags, inputOptions } from '../shared/input-flags.ts'

export default class Report extends BaseCommand {
  static override summary = 'Write a ring as one HTML file to look at: verdict, picture, bytes, requests, findings.'

  static override description =
    `INPUT is what doctor takes: dump folders, series, queues, raw pages, memory images, texts with a ring in them. Devices come in the page the worst first. The file needs no network, no server and no other file; what it says can be read without scripts.

With --empty it is a page without a ring: it decodes what is dropped or pasted into it, in the browser, and nothing leaves it.

An address names what is looked at: report.html#ring=2&slot=17&at=0x7ca points at a byte.

Exit code: 0 written, 2 could not do it, or an input could not be read.`

  static override examples = [
    '<%= config.bin %> <%= command.id %> dumps/direct -o ring.html',
    '<%= config.bin %> <%= command.id %> dumps/series dumps/ring-full -o ticket.html',
    '<%= config.bin %> <%= command.id %> --empty -o playground.html',
    '<%= config.bin %> <%= command.id %> --pages 1 -o - - < dumps/direct/ring.bin | wc -l',
  ]

  static override strict = false

  static override args = {
    input: Args.string({ required: false, description: INPUT }),
  }

  static override flags = {
    ...inputFlags,
    empty: Flags.boolean({
      description: 'write a page without a ring, which decodes what is dropped or pasted into it; takes no INPUT',
      exclusive: Object.keys(inputFlags),
    }),
    output: Flags.string({
      char: 'o',
      required: true,
      description: 'the file to write, or - for standard output',
      helpValue: 'FILE',
    }),
    force: Flags.boolean({ char: 'f', description: 'replace a report that is there' }),
  }

  async execute(): Promise<number> {
    const { argv, flags } = await this.parse(Report)
    const { empty } = flags
    if (empty && argv.length > 0) throw new Error(`${argv[0]}: --empty writes a page without a ring, and takes no INPUT`)
    if (!empty && argv.length === 0) throw new Error('nothing to report: name an INPUT, or - for standard input, or give --empty')
    const { writeEmptyPage, writeReport } = await import('./run.ts')
    if (empty) return writeEmptyPage({ output: flags.output, force: flags.force, version: this.config.version })
    return writeReport(argv as string[], {
      ...inputOptions(flags),
      output: flags.output,
      force: flags.force,
      version: this.config.version,
    })
  }
}
