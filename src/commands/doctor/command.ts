import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import type { PrivateIndices } from '../../capture/testimony.ts'
import { terminalStyle, terminalWidth } from '../../terminal/terminal-style.ts'
import { BaseCommand } from '../shared/base-command.ts'
import { inputFlags, inputOptions } from '../shared/input-flags.ts'
import { ringIndexFlag, secondsFlag } from './flags.ts'

export default class Doctor extends BaseCommand {
  static override summary = 'Say why a disk hangs: who owes work to whom, how sure that is, and what to look at next.'

  static override description =
    `INPUT is a dump folder, a file of raw ring pages, a memory image, a text that says something of a disk (a log, a listing, stacks, busy lists), what crash, gdb, drgn or WinDbg printed of the driver's structs, the text of io_ring (tapdisk's /dev/shm/vbd3-DOMID-DEVID/io_ring), a folder of any of these, or - for standard input. A series ring-NNN.bin is moments of one ring, in order. So are several inputs, or the dump folders in a folder, where their slots and indices, or XenStore, bear it out; others are judged each on its own, the worst first.

One snapshot cannot tell a hang from a ring in motion, and the verdict says so: may, likely or certain. Two snapshots some seconds apart (--interval) tell more; so do indices that are not on the page, from a crash dump (its text, or --req-cons, --rsp-cons, --req-prod-pvt, --rsp-prod-pvt).

Exit code: 0 healthy, 1 a problem, 2 could not do it.`

  static override examples = [
    '<%= config.bin %> <%= command.id %> dumps/series',
    '<%= config.bin %> <%= command.id %> dumps/ring-full',
    '<%= config.bin %> <%= command.id %> --interval 5 dumps/out-of-order dumps/out-of-order-later',
    '<%= config.bin %> <%= command.id %> --json --rsp-cons 21 dumps/unconsumed-responses | grep certainty',
  ]

  static override strict = false

  static override args = {
    input: Args.string({ required: true, description: 'dump folder, file of raw pages, io_ring text, scenario, or -' }),
  }

  static override flags = {
    ...inputFlags,
    pages: Flags.integer({ min: 1, max: 16, description: 'pages of one ring; a longer file is one moment after another' }),
    interval: secondsFlag({ description: 'seconds from one snapshot to the next', helpValue: 'SECONDS' }),
    'req-cons': ringIndexFlag({ description: "the backend's consumer of requests at the last snapshot", helpValue: 'INDEX' }),
    'rsp-cons': ringIndexFlag({ description: "the frontend's consumer of responses at the last snapshot", helpValue: 'INDEX' }),
    device: Flags.string({
      description: 'show the page of one device alone: its name, or its number in the table',
      helpValue: 'NAME',
    }),
    'req-prod-pvt': ringIndexFlag({ description: "the frontend's producer of requests at the last snapshot", helpValue: 'INDEX' }),
    'rsp-prod-pvt': ringIndexFlag({ description: "the backend's producer of responses at the last snapshot", helpValue: 'INDEX' }),
    json: Flags.boolean({ description: 'print JSON: notes, and every device with its rings' }),
  }

  async execute(): Promise<number> {
    const { argv, flags } = await this.parse(Doctor)
    const { doctorInputs } = await import('./run.ts')
    return doctorInputs(
      argv as string[],
      { style: await terminalStyle(), width: terminalWidth() },
      {
        ...inputOptions(flags),
        known: knownBy({
          req_prod_pvt: flags['req-prod-pvt'],
          rsp_cons: flags['rsp-cons'],
          req_cons: flags['req-cons'],
          rsp_prod_pvt: flags['rsp-prod-pvt'],
        }),
        interval: flags.interval,
        device: flags.device,
        json: flags.json,
      },
    )
  }
}

/** The indices that flags give. */
function knownBy(indices: PrivateIndices): PrivateIndices {
  return Object.fromEntries(Object.entries(indices).filter(([, index]) => index !== undefined))
}
