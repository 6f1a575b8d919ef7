import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { terminalStyle, terminalWidth } from '../../terminal/terminal-style.ts'
import { BaseCommand } from '../shared/base-command.ts'
import { INPUT, inputFlags, inputOptions } from '../shared/input-flags.ts'

export default class Stats extends BaseCommand {
  static override summary = 'Show what rings say in sum: operations, sizes, requests in flight, errors, where on the disk.'

  static override description =
    `INPUT is what decode takes: a dump folder, a series of snapshots, several queues, a file of raw ring pages (of any length with --pages N, gzipped or not), or - for standard input. Memory does not grow with the input.

A request is counted once, however many snapshots show it: it is new unless the snapshot before, of the same ring, had the same index, id, operation, sector_number and size in its slot; a response likewise, by index, id, operation and status. What came and went between two snapshots is seen by nobody; how much that was, the indices say. Snapshots of rings that have nothing to do with each other are all new.

Exit code: 0, also where rings have findings; 2 could not do it.`

  static override examples = [
    '<%= config.bin %> <%= command.id %> dumps/series',
    '<%= config.bin %> <%= command.id %> dumps/multi-queue dumps/direct',
    '<%= config.bin %> <%= command.id %> --json dumps/direct | grep -A 4 bytes',
    "<%= config.bin %> <%= command.id %> --where 'op == write' dumps/series",
    '<%= config.bin %> <%= command.id %> --pages 1 --svg report.svg - < dumps/direct/ring.bin',
  ]

  static override strict = false

  static override args = {
    input: Args.string({ required: true, description: INPUT }),
  }

  static override flags = {
    ...inputFlags,
    where: Flags.string({
      description: 'only slots of which it holds: op == write && nr_sectors > 64 (as of decode)',
      helpValue: '<expr>',
    }),
    json: Flags.boolean({ description: 'print JSON' }),
    svg: Flags.string({ description: 'write a picture for a report as well', helpValue: '<file>' }),
    force: Flags.boolean({ char: 'f', description: 'replace a picture that --svg wrote before', dependsOn: ['svg'] }),
  }

  async execute(): Promise<number> {
    const { argv, flags } = await this.parse(Stats)
    const { stats } = await import('./run.ts')
    return stats(argv as string[], {
      ...inputOptions(flags),
      where: flags.where,
      json: flags.json,
      svg: flags.svg,
      force: flags.force,
      style: await terminalStyle(),
      width: terminalWidth(),
    })
  }
}
