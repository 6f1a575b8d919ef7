// A watched device for people: a screen that is drawn again after each look, or a line a look.
import { worst } from '../../doctor/index.ts'
import { TITLES, waitingText } from '../../print/diagnosis-words.ts'
import { cut, type Span } from '../../print/spans.ts'
import type { Style } from '../../print/style.ts'
import { printable, wrap } from '../../print/text.ts'
import type { DeviceState, QueueState, Rates } from './state.ts'

export interface WatchScreen {
  readonly style: Style
  readonly width: number
  readonly height: number
  /** What is watched. */
  readonly title: string
  /** The last thing that went wrong with a look. */
  readonly problem: string | undefined
}

const LABEL = 12

/** As many lines as the screen is high. */
export function watchedLines(state: DeviceState | undefined, options: WatchScreen): string[] {
  const { style, width, height, title, problem } = options
  const looks = state ? `look ${state.looks}, ${duration(state.seconds)}` : 'nothing seen yet'
  const head = cut([{ text: printable(title), paint: style.bold }, { text: `  ${looks}` }], width)
  const foot = cut(
    [
      problem === undefined
        ? { text: 'Ctrl-C ends with the last word', paint: style.dim }
        : { text: `! ${printable(problem)}`, paint: style.bad },
    ],
    width,
  )
  const body = state ? bodyLines(state, options) : []
  const room = Math.max(0, height - 3)
  const shown =
    body.length > room ? [...body.slice(0, Math.max(0, room - 1)), style.dim(`and ${body.length - room + 1} more lines`)] : body
  return [head, '', ...shown, ...Array.from({ length: Math.max(0, room - shown.length) }, () => ''), foot].slice(
    0,
    Math.max(1, height),
  )
}

function bodyLines({ queues }: DeviceState, { style, width }: WatchScreen): string[] {
  const diagnosis = worst(queues.map((queue) => queue.diagnosis))
  const [main] = diagnosis.verdicts
  const paint = main!.problem ? (main!.sureness === 'certain' ? style.bad : style.unsure) : style.bold
  const ofQueue = queues.length > 1 ? `, queue ${diagnosis.last.queue}` : ''
  const line = (label: string, spans: readonly Span[]) => cut([{ text: label.padEnd(LABEL), paint: style.dim }, ...spans], width)
  return [
    line('verdict', [{ text: `${TITLES[main!.verdict]} (${main!.sureness})${ofQueue}`, paint }]),
    ...wrap(printable(main!.text), Math.max(20, width - LABEL)).map((text) => line('', [{ text }])),
    ...queues.flatMap((queue) => ['', ...queueLines(queue, line)]),
  ]
}

function queueLines(
  { last, rates, diagnosis, oldest }: QueueState,
  line: (label: string, spans: readonly Span[]) => string,
): string[] {
  const { req_prod, req_event, rsp_prod, rsp_event } = last.sring
  const label = last.queue === undefined ? 'ring' : `queue ${last.queue}`
  const { answers } = diagnosis.owes
  const digits = Math.max(...[req_prod, req_event, rsp_prod, rsp_event].map((index) => String(index).length))
  const index = (value: number) => String(value).padStart(digits)
  return [
    line(label, [{ text: `req_prod ${index(req_prod)}  ${rate(rates, 'requests')}  req_event ${index(req_event)}` }]),
    line('', [{ text: `rsp_prod ${index(rsp_prod)}  ${rate(rates, 'responses')}  rsp_event ${index(rsp_event)}` }]),
    line('outstanding', [
      { text: answers === undefined ? 'the indices cannot be' : `${answers} of ${last.nr_ents} ${bar(answers, last.nr_ents)}` },
    ]),
    ...(oldest ? [line('oldest', [{ text: `${printable(waitingText(oldest.request))}, ${waited(oldest.seconds)}` }])] : []),
  ]
}

/** One look in a line, for pipes and logs. */
export function lineOf({ looks, seconds }: DeviceState, { last, rates, diagnosis, oldest }: QueueState): string {
  const [main] = diagnosis.verdicts
  const { answers } = diagnosis.owes
  return [
    `${looks}`.padStart(4),
    `${seconds.toFixed(1)} s`.padStart(9),
    ...(last.queue === undefined ? [] : [`queue ${last.queue}`]),
    `req_prod ${last.sring.req_prod} ${rate(rates, 'requests')}`,
    `rsp_prod ${last.sring.rsp_prod} ${rate(rates, 'responses')}`,
    answers === undefined ? 'impossible' : `outstanding ${answers}/${last.nr_ents}`,
    ...(oldest ? [`oldest ${oldest.seconds.toFixed(1)} s`] : []),
    `${TITLES[main!.verdict]} (${main!.sureness})`,
  ].join('  ')
}

const RATE_CELLS = 9

function rate(rates: Rates | undefined, of: keyof Rates): string {
  const value = rates?.[of]
  return (value === undefined ? '' : `+${value < 10 ? value.toFixed(1) : value.toFixed(0)}/s`).padEnd(RATE_CELLS)
}

const BAR = 32

function bar(filled: number, of: number): string {
  const cells = Math.min(BAR, of)
  const full = Math.round((Math.min(filled, of) / of) * cells)
  return `[${'#'.repeat(full)}${'.'.repeat(cells - full)}]`
}

function waited(seconds: number): string {
  return seconds === 0 ? 'seen now' : `waiting for ${duration(seconds)} at least`
}

function duration(seconds: number): string {
  const whole = Math.floor(seconds)
  if (whole < 60) return `${seconds.toFixed(1)} s`
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  return hours === 0 ? `${minutes} min ${whole % 60} s` : `${hours} h ${minutes} min`
}
