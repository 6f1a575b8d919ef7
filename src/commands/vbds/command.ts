import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { jsonText } from '../../print/printable.ts'
import { EXIT_CLEAN } from '../../terminal/exit-codes.ts'
import { write } from '../../terminal/output.ts'
import { foldingWidth, terminalStyle } from '../../terminal/terminal-style.ts'
import { BaseCommand } from '../shared/base-command.ts'

export default class Vbds extends BaseCommand {
  static override summary = 'List the block devices in a XenStore listing.'

  static override description =
    `INPUT is the output of xenstore-ls or xenstore-ls -f, of one device, any folder or the whole host, of xl block-list, xl list -l or xm list -l, also as it stands in a mail or a log; or a dump folder with its xenstore.txt; or - for standard input.

States are the frontend's and the backend's: 1 Initialising, 2 InitWait, 3 Initialised, 4 Connected, 5 Closing, 6 Closed. What the listing does not say is -, and below the table stands what would say it.

Exit code: 0 listed, 2 could not do it.`

  static override examples = [
    '<%= config.bin %> <%= command.id %> dumps/multi-queue',
    '<%= config.bin %> <%= command.id %> - < dumps/direct/xenstore.txt',
    '<%= config.bin %> <%= command.id %> --json dumps/grub',
  ]

  static override args = {
    input: Args.string({ required: true, description: 'listing, dump folder, or -', ignoreStdin: true }),
  }

  static override flags = {
    json: Flags.boolean({ description: 'print JSON, with every node of the devices' }),
  }

  async execute(): Promise<number> {
    const { args, flags } = await this.parse(Vbds)
    const { loadVbds } = await import('../../node/read/listing.ts')
    const { vbdJson, vbdListingText } = await import('./text.ts')
    const listing = loadVbds(args.input)
    if (flags.json) write(`${jsonText(listing.vbds.map(vbdJson), 2)}\n`)
    else write(vbdListingText(listing, { style: await terminalStyle(), width: foldingWidth() }))
    return EXIT_CLEAN
  }
}
