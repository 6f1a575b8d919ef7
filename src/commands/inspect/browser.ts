// `inspect --interactive`: the screen and the keys of the full-screen view. What a key does and what is shown is decided
// elsewhere (inspect/browse.ts, render/inspect-screen.ts).
import type { Terminal } from 'terminal-kit'
import { DumpError } from '../../capture/dump-error.ts'
import { slotOf } from '../../codec/ring/ring-idx.ts'
import { type Browsing, press, startAt } from '../../inspect/index.ts'
import type { Style } from '../../print/style.ts'
import { EXIT_CLEAN } from '../../terminal/exit-codes.ts'
import { openScreen, openTerminal, showLines, terminalSize } from '../../terminal/screen.ts'
import { cleaningUp } from '../../terminal/signals.ts'
import type { RingChoice } from '../shared/choose-ring.ts'
import { RingsOnDemand } from './rings-on-demand.ts'
import { screenLines } from './screen.ts'

export interface BrowseOptions extends RingChoice {
  readonly slot: number | undefined
  readonly index: number | undefined
}

/** Shows the view until it is left, and returns the exit code. @throws where there is no terminal, or no such ring */
export async function browse(input: string, options: BrowseOptions, style: Style): Promise<number> {
  const { stdin, stdout } = process
  if (input === '-') throw new Error('--interactive reads keys from standard input: name a file or a folder')
  if (!stdin.isTTY || !stdout.isTTY) throw new Error('--interactive needs a terminal, on standard input and on standard output')
  const rings = await RingsOnDemand.of(input, options)
  let state = start(rings, input, options)
  const term = await openTerminal()
  const close = openScreen(term, { keys: true })
  await cleaningUp(close, () => {
    return new Promise<void>((resolve, reject) => {
      const trying = (work: () => void) => () => {
        try {
          work()
        } catch (error) {
          reject(error)
        }
      }
      const show = trying(() => draw(term, state, rings, style))
      term.on('resize', show)
      term.on('key', (key) =>
        trying(() => {
          state = press(state, key, rings)
          if (state.done) resolve()
          else draw(term, state, rings, style)
        })(),
      )
      stdin.once('end', resolve)
      show()
    })
  }).finally(close)
  return EXIT_CLEAN
}

/** The first ring that was asked for, and the slot in it. */
function start(rings: RingsOnDemand, input: string, { queue, snapshot, slot, index }: BrowseOptions): Browsing {
  for (let n = 0; ; n++) {
    const dump = rings.dump(n)
    if (!dump && rings.error) throw rings.error
    if (!dump) throw new DumpError(input, 'it holds no such ring', 'without --interactive, inspect says which there are')
    if ((queue !== undefined && dump.queue !== queue) || dump.snapshot !== (snapshot ?? 0)) continue
    const { nr_ents } = rings.ring(n)!.ring.geometry
    if (slot !== undefined && slot >= nr_ents)
      throw new DumpError(dump.source, `no slot ${slot}`, `they go from 0 to ${nr_ents - 1}`)
    return startAt(n, index === undefined ? slot : slotOf(index, nr_ents))
  }
}

function draw(term: Terminal, state: Browsing, rings: RingsOnDemand, style: Style): void {
  const size = terminalSize(term)
  const { dump } = rings.decoded(state.place.ring)!
  const { source, queue, snapshot } = dump.capture
  const title = `${source}${queue === undefined ? '' : ` queue ${queue}`}${snapshot === 0 ? '' : ` snapshot ${snapshot}`}`
  showLines(term, screenLines(state, rings, title, size, style))
}
