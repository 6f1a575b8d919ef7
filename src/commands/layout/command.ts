import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { ABIS, abiByName } from '../../codec/struct/abi.ts'
import { LANGUAGES, type Language } from '../../layouts/languages.ts'
import { EXIT_CLEAN } from '../../terminal/exit-codes.ts'
import { write } from '../../terminal/output.ts'
import { BaseCommand } from '../shared/base-command.ts'

export default class Layout extends BaseCommand {
  static override summary = 'Print the structs of the protocol with the offset and size of every field.'

  static override description = 'The text is what pahole prints; without STRUCT, all structs, and without --abi, every ABI.'

  static override examples = [
    '<%= config.bin %> <%= command.id %> blkif_request --abi x86_32',
    '<%= config.bin %> <%= command.id %> blkif_request_indirect',
    '<%= config.bin %> <%= command.id %> --format c --abi x86_64 > blkif.h',
    '<%= config.bin %> <%= command.id %> --format wireshark > blkif.lua',
    '<%= config.bin %> <%= command.id %> --json',
    '<%= config.bin %> <%= command.id %> --markdown > wire-format.md',
  ]

  static override args = {
    struct: Args.string({ description: 'name of a struct or union of the headers, such as blkif_request' }),
  }

  static override flags = {
    abi: Flags.string({ options: ABIS.map((abi) => abi.name), description: "the guest's ABI (default: all)" }),
    format: Flags.string({
      options: [...LANGUAGES, 'json'],
      description: 'print the structs for a language or tool, whose own compiler checks every offset',
      exclusive: ['json', 'markdown'],
    }),
    json: Flags.boolean({ description: 'print JSON', exclusive: ['markdown'] }),
    markdown: Flags.boolean({ description: 'print the reference page docs/wire-format.md' }),
  }

  async execute(): Promise<number> {
    const { args, flags } = await this.parse(Layout)
    const { renderLayouts } = await import('./run.ts')
    const abis = flags.abi === undefined ? ABIS : [abiByName(flags.abi)!]
    const format = (flags.format as Language | 'json' | undefined) ?? (flags.json ? 'json' : flags.markdown ? 'markdown' : 'text')
    write(renderLayouts(args.struct, abis, format))
    return EXIT_CLEAN
  }
}
