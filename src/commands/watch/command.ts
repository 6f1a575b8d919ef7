import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { terminalStyle, terminalWidth } from '../../terminal/terminal-style.ts'
import { secondsFlag } from '../doctor/flags.ts'
import { BaseCommand } from '../shared/base-command.ts'
import { inputFlags, inputOptions } from '../shared/input-flags.ts'
import type { Watched } from './looks.ts'

export default class Watch extends BaseCommand {
  static override summary = 'Look at a living ring again and again: indices, rates, what waits for how long, and the verdict.'

  static override description =
    `Behind -- stands a command that prints a ring: raw pages, a hexdump, tapdisk's io_ring; it is run every --interval seconds. Without one, INPUT is a file or a dump folder, read whenever it was written anew, or - for rings that come one after another on standard input (--pages says how many pages one has).

In a terminal the screen is drawn in place; in a pipe or file each look is a line. It ends with Ctrl-C, after --count looks, or with the stream, and says what doctor says of all looks together.

Exit code: 0 healthy, 1 a problem, 2 could not do it.`

  static override examples = [
    '<%= config.bin %> <%= command.id %> --count 3 --interval 0.5 -- cat dumps/direct/ring.bin',
    '<%= config.bin %> <%= command.id %> --ndjson --count 1 dumps/multi-queue',
    'cat dumps/series/ring-*.bin | <%= config.bin %> <%= command.id %> --pages 1 -',
  ]

  static override strict = false

  static override args = {
    input: Args.string({ description: 'a file that changes, a dump folder, or -; none where a command stands behind --' }),
  }

  static override flags = {
    abi: inputFlags.abi,
    'sector-unit': inputFlags['sector-unit'],
    pages: inputFlags.pages,
    raw: inputFlags.raw,
    text: inputFlags.text,
    interval: secondsFlag({ description: 'seconds from one look to the next', helpValue: 'SECONDS', default: 2 }),
    count: Flags.integer({ char: 'n', min: 1, description: 'end after so many looks' }),
    ndjson: Flags.boolean({ description: 'print one line of JSON for every queue and look' }),
  }

  async execute(): Promise<number> {
    const dashes = this.argv.indexOf('--')
    const command = dashes < 0 ? [] : this.argv.slice(dashes + 1)
    const { argv, flags } = await this.parse(Watch, dashes < 0 ? this.argv : this.argv.slice(0, dashes))
    const watched = watchedOf(argv as string[], command)
    const title = watched.kind === 'command' ? command.join(' ') : watched.kind === 'file' ? watched.path : '-'
    const { watch } = await import('./run.ts')
    return watch(
      watched,
      title,
      { style: await terminalStyle(), width: terminalWidth() },
      {
        ...inputOptions(flags),
        interval: flags.interval,
        count: flags.count,
        ndjson: flags.ndjson,
      },
    )
  }
}

/** @throws where there is nothing to watch, or two things */
function watchedOf([input, ...more]: readonly string[], command: readonly string[]): Watched {
  if (more.length > 0) throw new Error(`one ring is watched at a time, and here are ${1 + more.length}: name one`)
  if (command.length > 0) {
    if (input !== undefined) throw new Error(`there is an input, ${input}, and a command behind --: name one of them`)
    return { kind: 'command', command }
  }
  if (input === undefined) throw new Error('nothing to watch: name a file, or a command behind --: blkring watch -- cat ring.bin')
  return input === '-' ? { kind: 'stream' } : { kind: 'file', path: input }
}
