import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { SLOT_FILTERS, type SlotFilter } from '../../rows/slot-filter.ts'
import { foldingWidth, terminalStyle } from '../../terminal/terminal-style.ts'
import { BaseCommand } from '../shared/base-command.ts'
import { INPUT, inputFlags, inputOptions } from '../shared/input-flags.ts'

export default class Decode extends BaseCommand {
  static override summary = 'Show every request and response on captured rings.'

  static override description =
    `INPUT is a dump folder (ring.bin, or queue-N/ring.bin, or a series ring-NNN.bin; beside them indirect-GREF.bin and xenstore.txt), a file of raw ring pages, a hexdump, a scenario (docs/scenario.md: the ring that generate would write, without writing it), or - for standard input; files and standard input may be gzipped. With --pages N a file is one ring of N pages after another, of any length.

Marks in the first column: > request in flight, - answered already, ? perhaps answered, < response, x error response, ! finding. The sector_number of a response (over 2304) is that of the request that it lies over, which need not be the one that it answers.

Exit code: 0 clean, 1 findings, 2 could not do it.`

  static override examples = [
    '<%= config.bin %> <%= command.id %> dumps/direct',
    '<%= config.bin %> <%= command.id %> --segments --slots in-flight dumps/indirect',
    '<%= config.bin %> <%= command.id %> --json dumps/ring-full | grep outstanding',
    '<%= config.bin %> <%= command.id %> --sector-unit disk dumps/hostile/sector-unit',
    '<%= config.bin %> <%= command.id %> --abi x86_32 - < dumps/x86_32/ring.bin',
    "<%= config.bin %> <%= command.id %> --csv --where 'op == write && nr_sectors > 64' dumps/direct",
    '<%= config.bin %> <%= command.id %> --pair dumps/series',
    '<%= config.bin %> <%= command.id %> --pcapng - dumps/direct | tshark -X lua_script:blkif.lua -r -',
    '<%= config.bin %> <%= command.id %> --parquet - dumps/multi-queue > slots.parquet',
  ]

  static override strict = false

  static override args = {
    input: Args.string({ required: true, description: INPUT }),
  }

  static override flags = {
    ...inputFlags,
    slots: Flags.string({ options: SLOT_FILTERS, description: 'which slots to show', default: 'all' }),
    where: Flags.string({
      description: 'only slots of which it holds: op == write && nr_sectors > 64 (names as in --json; && || ! ( ) == != < <= > >=)',
      helpValue: '<expr>',
    }),
    segments: Flags.boolean({ description: 'list the segments of every request' }),
    pair: Flags.boolean({
      description: 'one row an I/O in place of slots: its request and its response, over all snapshots of a series',
      exclusive: ['slots', 'where', 'segments', 'parquet', 'pcapng'],
    }),
    json: Flags.boolean({
      description: 'print JSON: an object for one ring, an array for several',
      exclusive: ['ndjson', 'csv', 'parquet', 'pcapng'],
    }),
    ndjson: Flags.boolean({ description: 'print one line of JSON for every used slot', exclusive: ['csv', 'parquet', 'pcapng'] }),
    csv: Flags.boolean({ description: 'print one line of CSV for every used slot', exclusive: ['parquet', 'pcapng'] }),
    parquet: Flags.string({
      description: 'write a Parquet file with a row for every used slot; - is standard output',
      helpValue: '<file>',
      exclusive: ['pcapng'],
    }),
    partition: Flags.boolean({
      description: 'make the Parquet file a folder: a dataset device=NAME/queue=N/part-NNNNN.parquet',
      dependsOn: ['parquet'],
    }),
    pcapng: Flags.string({
      description:
        'write a packet for every used slot, for Wireshark with what layout --format wireshark prints; - is standard output',
      helpValue: '<file>',
    }),
    force: Flags.boolean({
      char: 'f',
      description: 'replace what --parquet or --pcapng wrote before',
      relationships: [{ type: 'some', flags: ['parquet', 'pcapng'] }],
    }),
  }

  async execute(): Promise<number> {
    const { argv, flags } = await this.parse(Decode)
    const where = flags.where === undefined ? undefined : (await import('../../rows/where/where.ts')).whereOf(flags.where)
    const chosen = {
      ...inputOptions(flags),
      filter: flags.slots as SlotFilter,
      where,
    }
    if (flags.parquet !== undefined) {
      const { decodeParquet } = await import('./parquet.ts')
      return decodeParquet(argv as string[], { path: flags.parquet, partition: flags.partition, force: flags.force }, chosen)
    }
    if (flags.pcapng !== undefined) {
      const { decodePcapng } = await import('./pcapng.ts')
      return decodePcapng(argv as string[], { path: flags.pcapng, force: flags.force }, chosen)
    }
    const format = flags.json ? 'json' : flags.ndjson ? 'ndjson' : flags.csv ? 'csv' : 'text'
    if (flags.pair) {
      const { pairInputs } = await import('./pair.ts')
      return pairInputs(argv as string[], { ...inputOptions(flags), format, style: await terminalStyle(), width: foldingWidth() })
    }
    const { decodeInputs } = await import('./run.ts')
    return decodeInputs(argv as string[], await terminalStyle(), {
      ...chosen,
      segments: flags.segments,
      width: foldingWidth(),
      format,
    })
  }
}
