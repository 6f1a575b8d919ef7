import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { foldingWidth, terminalStyle } from '../../terminal/terminal-style.ts'
import { BaseCommand } from '../shared/base-command.ts'
import { inputFlags } from '../shared/input-flags.ts'
import { numberFlag } from '../shared/number-flag.ts'
import { configFlags, workloadFlags } from './flags.ts'

const { abi: _, ...readFlags } = inputFlags
const dependsOn = ['from-ring']
const helpGroup = 'RING'

/** How the ring of --from-ring is read; its ABI is the driver's. */
const ringInputFlags = {
  ...ofRing(readFlags),
  queue: numberFlag({ description: 'of several queues, which', helpValue: 'N', helpGroup, dependsOn }),
  snapshot: numberFlag({ description: 'of a series, which; the first is 0', helpValue: 'N', helpGroup, dependsOn }),
}

/** Flags that mean nothing without the ring. */
function ofRing<F extends object>(flags: F): F {
  const own = Object.entries(flags).map(([name, flag]) => [
    name,
    { ...flag, helpGroup: flag.helpGroup ?? helpGroup, dependsOn: [...(flag.dependsOn ?? []), ...dependsOn] },
  ])
  return Object.fromEntries(own)
}

export default class Generate extends BaseCommand {
  static override summary = "Emit a ring as Linux's xen-blkfront writes it, byte for byte."

  static override description =
    `SCENARIO is a JSON or YAML file (docs/scenario.md), or - for standard input. Without it, flags describe a workload, or --from-trace takes the requests from a block trace, or --from-vector from a recorded vector. With --from-ring it is the I/O of a ring that decode can read, with the ring's grant references and ids: what the Linux driver would have written for it. Driver flags override the file.

Exit code: 0 clean, 1 the driver died or refused a request, or one of a ring was left out, 2 could not do it.`

  static override examples = [
    '<%= config.bin %> <%= command.id %> docs/examples/split.yaml -o ring',
    '<%= config.bin %> <%= command.id %> --driver seed --page-size 64K --op write --bs 64K --offset 512 --count 20 -o ring64',
    '<%= config.bin %> <%= command.id %> --page-size 64K --op write --bs 64K --offset 512 --explain',
    '<%= config.bin %> <%= command.id %> --from-trace dumps/direct/trace.txt.gz --ring-pages 4 -o traced',
    '<%= config.bin %> <%= command.id %> --from-ring dumps/small-sectors -o want',
    '<%= config.bin %> <%= command.id %> --op mix:70 --random --count 200 --series -o - | <%= config.bin %> decode --pages 1 --ndjson -',
  ]

  static override args = {
    // Without ignoreStdin, oclif takes whatever stands on standard input for the file's name.
    scenario: Args.string({ description: 'scenario file, or -', ignoreStdin: true }),
  }

  static override flags = {
    output: Flags.string({ char: 'o', description: 'dump folder to write; NAME.bin or - for raw ring pages alone' }),
    force: Flags.boolean({ char: 'f', description: 'replace the folder if it is a dump, or NAME.bin' }),
    series: Flags.boolean({ description: 'write a snapshot after every push' }),
    explain: Flags.boolean({ description: 'show how each request was cut into chunks and granted', exclusive: ['json'] }),
    json: Flags.boolean({ description: 'print a report in JSON' }),
    unchecked: Flags.boolean({ description: 'do as asked even where a driver never would; allows poke' }),
    'from-trace': Flags.string({
      description: 'block trace: text of blkparse, ftrace, trace-cmd report, perf script, biosnoop or bpftrace',
      helpValue: 'FILE',
    }),
    device: Flags.string({
      description: 'with --from-trace: major,minor, of biosnoop the name of the disk (default: the first)',
      dependsOn: ['from-trace'],
    }),
    'from-vector': Flags.string({ description: 'recorded vectors, one a line', helpValue: 'FILE' }),
    name: Flags.string({ description: 'with --from-vector: which (default: the first)', dependsOn: ['from-vector'] }),
    'from-ring': Flags.string({
      description: 'a ring of your own driver: emit what Linux would have written for its requests',
      helpValue: 'INPUT',
    }),
    ...ringInputFlags,
    ...configFlags,
    ...workloadFlags,
  }

  async execute(): Promise<number> {
    const { args, flags } = await this.parse(Generate)
    const { generate } = await import('./run.ts')
    return generate(args.scenario, flags, { style: await terminalStyle(), width: foldingWidth() })
  }
}
