import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { foldingWidth, terminalStyle, terminalWidth } from '../../terminal/terminal-style.ts'
import { BaseCommand } from '../shared/base-command.ts'
import { imageFlags } from '../shared/image-flags.ts'

export default class Find extends BaseCommand {
  static override summary = 'Find the rings in a memory image.'

  static override description =
    `IMAGE is raw physical memory, what xl dump-core writes, an ELF core (QEMU's dump-guest-memory, virsh dump --memory-only, /proc/vmcore), LiME, a kdump (of makedumpfile, flattened or not, or of dump-guest-memory -z), or what xl save writes; each also gzipped; or - for standard input.

Every page is looked at once. The score (0 to 100) says how surely a page is a ring: its padding, indices and events, and how well its slots read under both strides. With the guest's grant table, indirect pages are found too; with a listing of XenStore, rings have the names of their devices. decode, check, diff, doctor, inspect and stats take one of the rings with --ring N.

Exit code: 0 found, 1 no ring, or one that XenStore names is missing, 2 could not do it.`

  static override examples = [
    '<%= config.bin %> <%= command.id %> dumps/image/core.gz',
    '<%= config.bin %> <%= command.id %> --grant-table dumps/image/gnttab.bin --xenstore dumps/image/xenstore.txt dumps/image/core.gz',
    '<%= config.bin %> <%= command.id %> --json dumps/image/core.gz | grep score',
    'cat dumps/direct/ring.bin dumps/x86_32/ring.bin | <%= config.bin %> <%= command.id %> -',
  ]

  static override args = {
    image: Args.string({ required: true, description: 'memory image, or -', ignoreStdin: true }),
  }

  static override flags = {
    ...imageFlags,
    'min-score': Flags.integer({
      min: 0,
      max: 100,
      default: 50,
      description: 'list pages from this score on; below 50 they are near misses',
    }),
    pages: Flags.boolean({ description: 'list the data pages that requests in flight name' }),
    extract: Flags.string({ description: 'write a dump folder for each ring', helpValue: 'DIR' }),
    data: Flags.boolean({
      description: 'with --extract: also the data pages that requests in flight name',
      dependsOn: ['extract'],
    }),
    json: Flags.boolean({ description: 'print JSON' }),
  }

  async execute(): Promise<number> {
    const { args, flags } = await this.parse(Find)
    const { find } = await import('./run.ts')
    return find(args.image, {
      flags,
      least: flags['min-score'],
      dataPages: flags.pages,
      json: flags.json,
      extract: flags.extract,
      salvage: flags.data,
      style: await terminalStyle(),
      width: terminalWidth(),
      fold: foldingWidth(),
    })
  }
}
