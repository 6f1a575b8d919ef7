// The work of `generate`: runs a script, and writes what the ring came to look like.
import type { StepOutcome } from '../blkfront/index.ts'
import { explainRequest, type Played, Player } from '../generate/index.ts'
import { explainHeader, explainText } from '../render/explain.ts'
import { type GenerateTotals, refusalText, requestJson, summaryText, totalsJson } from '../render/generate-report.ts'
import type { Style } from '../render/style.ts'
import type { PlainScenario, Script } from '../scenario/index.ts'
import { EXIT_CLEAN, EXIT_FINDINGS } from './exit-codes.ts'
import { report } from './failure.ts'
import { openSink, type Sink, type SinkOptions } from './generate-sinks.ts'
import { write } from './output.ts'

export interface EmitOptions extends SinkOptions {
  readonly explain: boolean
  readonly json: boolean
}

/** Runs the script, writes its output and returns the exit code. What was written until the driver died is kept. */
export function emit(script: Script, plain: PlainScenario, notes: readonly string[], style: Style, options: EmitOptions): number {
  const sink = openSink(plain, options)
  try {
    const player = new Player(script)
    const totals = run(player, sink, style, options)
    sink?.end(player)
    if (options.json) write(`],\n"totals": ${JSON.stringify(totalsJson(totals))}}\n`)
    else if (options.output !== '-') write(summaryText(totals, notes, options.explain, style))
    return exitCode(totals)
  } catch (error) {
    sink?.discard()
    throw error
  }
}

function exitCode(totals: GenerateTotals): number {
  const problem = refusalText(totals)
  if (problem === undefined) return EXIT_CLEAN
  report(new Error(problem))
  return EXIT_FINDINGS
}

function run(player: Player, sink: Sink | undefined, style: Style, options: EmitOptions): GenerateTotals {
  const { emulator } = player
  const { ring } = emulator.frontend
  const totals = newTotals(player, options)
  let separator = ''
  for (const played of player.play()) {
    if (played.type === 'connected' && options.explain)
      write(explainHeader(player.script.config, ring.geometry.nr_ents, played.outcome, style))
    if (played.type === 'connected' && options.json)
      write(`{"driver": ${JSON.stringify(player.script.config.driver)}, "requests": [`)
    if (played.type !== 'step') continue
    count(totals, played)
    const { outcome } = played
    if ((outcome.type === 'submit' || outcome.type === 'queueRq') && !played.again && (options.explain || options.json)) {
      const explained = explainRequest(emulator, outcome, played.idle)
      write(options.json ? `${separator}\n${JSON.stringify(requestJson(explained))}` : `\n${explainText(explained, style)}`)
      separator = ','
    }
    if (options.series && publishes(outcome)) {
      sink?.snapshot(player)
      totals.snapshots++
    }
  }
  Object.assign(totals, { fatal: emulator.frontend.fatal, ...indices(player) })
  return totals
}

function publishes(outcome: StepOutcome): boolean {
  return outcome.type === 'push' || (outcome.type === 'queueRq' && outcome.result === 'queued')
}

type Totals = { -readonly [K in keyof GenerateTotals]: GenerateTotals[K] }

function newTotals(player: Player, { output, series }: EmitOptions): Totals {
  const { config } = player.script
  return {
    output: output === '-' ? undefined : output,
    series,
    pages: config.ringPages,
    requests: 0,
    slots: 0,
    answered: 0,
    snapshots: 0,
    refused: { busy: 0, ringFull: 0, invalid: 0 },
    firstRefused: undefined,
    fatal: undefined,
    fatalAt: 'connect',
    disabledAt: undefined,
    ...indices(player),
  }
}

function indices({ emulator }: Player): Pick<GenerateTotals, 'req_prod' | 'req_event' | 'rsp_prod' | 'rsp_event'> {
  const { req_prod, req_event, rsp_prod, rsp_event } = emulator.frontend.ring
  return { req_prod, req_event, rsp_prod, rsp_event }
}

function count(totals: Totals, { outcome, path, again }: Extract<Played, { type: 'step' }>): void {
  totals.fatalAt = path
  if (outcome.type === 'respond') totals.answered++
  if (outcome.state.connected === 3) totals.disabledAt ??= path
  if (outcome.type !== 'submit' && outcome.type !== 'queueRq') return
  if (outcome.result === 'queued') {
    totals.requests++
    totals.slots += outcome.slots.length
  } else if (outcome.result !== 'fatal' && !again) {
    totals.refused[outcome.result]++
    totals.firstRefused ??= path
  }
}
