// The work of `watch`: looks at a living ring to states, shown until it is enough, and the last word of `doctor` at the end.
import type { DumpError } from '../../capture/dump-error.ts'
import { worst } from '../../doctor/index.ts'
import { jsonText } from '../../print/printable.ts'
import type { Sheet } from '../../print/style.ts'
import { EXIT_CLEAN, EXIT_FAILED, EXIT_FINDINGS } from '../../terminal/exit-codes.ts'
import { report, warn } from '../../terminal/failure.ts'
import { flush, write } from '../../terminal/output.ts'
import { doctorText } from '../doctor/text.ts'
import { watchJson } from './json.ts'
import { type LookOptions, looksAt, type Watched } from './looks.ts'
import { type DeviceState, WatchedDevice } from './state.ts'
import { lineOf, watchedLines } from './text.ts'

export interface WatchOptions extends Omit<LookOptions, 'signal' | 'onError' | 'onNote'> {
  /** Ends after so many looks. */
  readonly count: number | undefined
  readonly ndjson: boolean
}

/** How states are shown. */
interface Show {
  /** @param problem the last thing that went wrong with a look */
  state(state: DeviceState | undefined, problem: string | undefined): void
  close(): void
}

/** Watches until Ctrl-C, the end of a stream, or --count. @returns the exit code of the last verdict */
export async function watch(watched: Watched, title: string, sheet: Sheet, options: WatchOptions): Promise<number> {
  const stop = new AbortController()
  const show = options.ndjson ? showLines(jsonLine) : process.stdout.isTTY ? await showScreen(title, sheet) : showLines(lineOf)
  const device = new WatchedDevice()
  let state: DeviceState | undefined
  let failed: DumpError | undefined
  let looks = 0
  const onError = (error: DumpError) => {
    failed = error
    show.state(state, error.message)
  }
  const onSignal = () => stop.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal)
  try {
    show.state(state, undefined)
    for await (const { snapshots, seconds } of looksAt(watched, { ...options, signal: stop.signal, onError, onNote: () => {} })) {
      for (const snapshot of snapshots) if (snapshot.length > 0) state = device.add(snapshot, seconds)
      if (snapshots.length > 0) show.state(state, undefined)
      // What fails from the beginning is mistyped.
      if (!state && failed) break
      if (options.count !== undefined && ++looks >= options.count) break
    }
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal)
    stop.abort()
    show.close()
  }
  return lastWord(state, title, failed, sheet, options)
}

function lastWord(
  state: DeviceState | undefined,
  title: string,
  failed: DumpError | undefined,
  sheet: Sheet,
  { ndjson }: WatchOptions,
): number {
  if (!state) {
    if (failed) return report(failed)
    warn(`${title}: no ring was seen`)
    return EXIT_FAILED
  }
  const diagnoses = state.queues.map(({ diagnosis }) => diagnosis)
  if (!ndjson) write(doctorText(`${title}, ${state.looks} looks in ${state.seconds.toFixed(1)} s`, diagnoses, sheet))
  return worst(diagnoses).verdicts[0]!.problem ? EXIT_FINDINGS : EXIT_CLEAN
}

function jsonLine(...[state, queue]: Parameters<typeof watchJson>): string {
  return jsonText(watchJson(state, queue))
}

/** A line a queue and look; errors go to standard error. */
function showLines(line: typeof lineOf): Show {
  let shown = 0
  let said: string | undefined
  return {
    state(state, problem) {
      if (state && problem !== undefined && problem !== said) warn(problem)
      said = problem
      if (!state || state.looks === shown) return
      shown = state.looks
      for (const queue of state.queues) write(`${line(state, queue)}\n`)
      // Whoever reads it waits for the line.
      flush()
    },
    close: () => {},
  }
}

async function showScreen(title: string, { style }: Sheet): Promise<Show> {
  const { openScreen, openTerminal, showLines: draw, terminalSize } = await import('../../terminal/screen.ts')
  const term = await openTerminal()
  const close = openScreen(term, { keys: false })
  let last: Parameters<Show['state']> = [undefined, undefined]
  const show = (state: DeviceState | undefined, problem: string | undefined) => {
    last = [state, problem]
    draw(term, watchedLines(state, { ...terminalSize(term), style, title, problem }))
  }
  term.on('resize', () => show(...last))
  return { state: show, close }
}
