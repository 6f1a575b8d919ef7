// The work of `generate`: runs a script, and writes what the ring came to look like.
import { DumpError } from '../../capture/dump-error.ts'
import type { Script } from '../../scenario/file/index.ts'
import {
  explainRequest,
  noRefusals,
  noteRefusal,
  type Played,
  Player,
  queuesShownAfter,
  refusalText,
} from '../../scenario/player/index.ts'
import { EXIT_CLEAN, EXIT_FINDINGS } from '../../terminal/exit-codes.ts'
import { report } from '../../terminal/failure.ts'
import { cleaningUp, yieldToEventLoop } from '../../terminal/signals.ts'
import type { Printer } from './print.ts'
import { type GenerateTotals, type RecoveredJson, type RingIndices, recoveredJson } from './report.ts'
import { openSink, type Sink, type SinkOptions } from './sinks.ts'
import type { Source } from './source.ts'

/** Steps after which a signal is listened for: some milliseconds of work. */
const STEPS_PER_TURN = 256

/** Runs the script, writes its output and returns the exit code. What was written until the driver died is kept. */
export async function emit(
  script: Script,
  { plain, notes, ringReport }: Source,
  printer: Printer,
  options: SinkOptions,
): Promise<number> {
  let sink: Sink | undefined
  const work = async () => {
    sink = openSink(plain, options, script.config.queues)
    try {
      const player = new Player(script)
      const totals = await run(player, sink, printer, options)
      sink?.end(player)
      await printer.end(totals, notes, ringReport)
      return Math.max(exitCode(totals), ringReport && ringReport.linux.leftOut.length > 0 ? EXIT_FINDINGS : EXIT_CLEAN)
    } catch (error) {
      sink?.discard()
      throw error
    }
  }
  // Nothing else leaves anything behind.
  const writesFolder = options.output !== undefined && options.output !== '-'
  return writesFolder ? cleaningUp(() => sink?.discard(), work) : work()
}

function exitCode(totals: GenerateTotals): number {
  const problem = refusalText(totals)
  if (problem === undefined) return EXIT_CLEAN
  report(new Error(problem))
  return EXIT_FINDINGS
}

async function run(player: Player, sink: Sink | undefined, printer: Printer, options: SinkOptions): Promise<GenerateTotals> {
  const { emulator, script } = player
  const { ring } = emulator.frontend
  const totals = newTotals(player, options)
  let steps = 0
  for (const played of player.play()) {
    if (++steps % STEPS_PER_TURN === 0) await yieldToEventLoop()
    if (played.type === 'connected') printer.connected(script.config, ring.geometry.nr_ents, played.outcome)
    if (played.type !== 'step') continue
    count(totals, played)
    const { outcome } = played
    if ((outcome.type === 'submit' || outcome.type === 'queueRq') && !played.again && printer.showsRequests) {
      printer.request(explainRequest(emulator, outcome, played.idle))
      if (printer.isFull) await printer.drain()
    }
    if (printer.showsRequests) printer.recovery(outcome)
    if (outcome.type === 'reconnect') {
      totals.resumes ??= []
      totals.resumes.push(recoveredJson(outcome))
    }
    for (const queue of queuesShownAfter(player, outcome, options.series)) {
      sink?.snapshot(player, queue, played.path)
      if (options.series) totals.snapshots++
    }
  }
  Object.assign(totals, { fatal: emulator.frontend.fatal, ...indices(player) })
  await yieldToEventLoop()
  if (sink && options.series && totals.snapshots === 0) throw emptySeries(totals, options)
  return totals
}

function emptySeries({ fatal, fatalAt }: GenerateTotals, { output }: SinkOptions): Error {
  const why = fatal ? `${fatalAt}: the driver dies: ${fatal.reason}` : 'no step publishes requests'
  return new DumpError(output === undefined || output === '-' ? 'standard output' : output, `${why}, so the series is empty`)
}

type Totals = { -readonly [K in keyof GenerateTotals]: GenerateTotals[K] } & { resumes: RecoveredJson[] | undefined }

function newTotals(player: Player, { output, series }: SinkOptions): Totals {
  const { config } = player.script
  return {
    output: output === '-' ? undefined : output,
    series,
    pages: config.ringPages,
    requests: 0,
    slots: 0,
    answered: 0,
    snapshots: 0,
    ...noRefusals(),
    resumes: undefined,
    ...indices(player),
  }
}

function indices({ emulator }: Player): RingIndices & Pick<GenerateTotals, 'queues'> {
  const all = emulator.frontend.rings.map(({ req_prod, req_event, rsp_prod, rsp_event }) => ({
    req_prod,
    req_event,
    rsp_prod,
    rsp_event,
  }))
  return { ...all[0]!, queues: all.length > 1 ? all : undefined }
}

function count(totals: Totals, played: Extract<Played, { type: 'step' }>): void {
  const { outcome } = played
  noteRefusal(totals, played)
  if (outcome.type === 'respond') totals.answered++
  if ((outcome.type !== 'submit' && outcome.type !== 'queueRq') || outcome.result !== 'queued') return
  totals.requests++
  totals.slots += outcome.slots.length
}
