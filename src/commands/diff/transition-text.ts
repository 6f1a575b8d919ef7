// What happened between two moments of a ring, for people.

import type { ChangedRange } from '../../codec/ring/changed-in-flight.ts'
import { idText } from '../../codec/ring/id-text.ts'
import type { RequestSlot, ResponseSlot } from '../../codec/ring/ring.ts'
import { advance } from '../../codec/ring/ring-idx.ts'
import { statusName } from '../../codec/xen/operations.ts'
import { type EventStretch, isStill, type Stretch, type Transition } from '../../diff/index.ts'
import { replacedLines } from '../../print/replaced-text.ts'
import { requestWords } from '../../print/slot-words.ts'
import type { Style } from '../../print/style.ts'
import { count, hexNumber, printable, wrapped } from '../../print/text.ts'

const EARLIER = 'the second is the earlier moment, or the device was connected anew in between'

/** Empty where nothing happened. */
export function transitionText(before: string, after: string, transition: Transition, style: Style, width: number): string {
  if (isStill(transition)) return ''
  const queue = transition.queue === undefined ? '' : ` (queue ${transition.queue})`
  const title = style.bold(`${printable(before)} -> ${printable(after)}${queue}`)
  const { order, replaced } = transition
  const lines =
    replaced !== undefined
      ? [...replacedLines(replaced, style, width), ...eventLines(transition, style, width)]
      : order === 'later'
        ? eventLines(transition, style, width)
        : [style.bad(`  ${EARLIER}`)]
  return [title, ...lines].map((line) => `${line}\n`).join('')
}

function eventLines(transition: Transition, style: Style, width: number): string[] {
  const { published, requests, answered, responses, consumed, reused, changed, beingAnswered } = transition
  const lines = [
    ...row('published', stretchText(published, 'request', transition), style),
    ...requests.map((slot) => style.added(`    + slot ${slot.slot}, index ${slot.index}: ${requestText(slot)}`)),
    ...row('answered', stretchText(answered, 'response', transition) + statusText(responses), style),
    ...row('consumed', consumedText(consumed.requests, 'requests', 'req_event'), style),
    ...row('consumed', consumedText(consumed.responses, 'responses', 'rsp_event'), style),
  ]
  const ids = reused.map(({ id, before, after }) => `${id} (index ${before}, then ${after})`)
  if (ids.length > 0) lines.push(...wrapped('  ids reused  ', ids, ', ', width))
  if (changed.length > 0) lines.push(...changedLines(changed, style))
  const slots = [...new Set(beingAnswered.map(({ slot }) => slot))]
  if (slots.length > 0) lines.push(style.unsure(`  responding  slot ${slots.join(', ')}: a response is written, and not published`))
  return lines
}

function row(name: string, text: string, style: Style): string[] {
  return text === '' ? [] : [`  ${style.dim(name.padEnd(10))}  ${text}`]
}

function stretchText({ from, to, count: n }: Stretch, one: string, { countsSlots }: Transition): string {
  const counted = countsSlots ? count(n, `slot of ${one}s`, `slots of ${one}s`) : count(n, one)
  return n === 0 ? '' : `${counted}, ${n === 1 ? `index ${from}` : `from index ${from} to ${advance(to, -1)}`}`
}

function requestText({ request }: RequestSlot): string {
  return `${requestWords(request)}, id ${idText(request.id)}`
}

/** `: 9 OKAY, 1 ERROR`, of those that can still be seen. */
function statusText(responses: readonly ResponseSlot[]): string {
  const counts = new Map<string, number>()
  for (const { response } of responses) {
    const name = statusName(response.status) ?? `status ${response.status}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts.size === 0 ? '' : `: ${[...counts].map(([name, n]) => `${n} ${name}`).join(', ')}`
}

/** An event index says how far a side had come when it last went to sleep. */
function consumedText({ from, to, count: n, back }: EventStretch, what: string, event: string): string {
  if (back) return `${event} moved back, from ${advance(from, 1)} to ${advance(to, 1)}: no side does so`
  return n === 0 ? '' : `${what} before index ${to}, first before ${from} (hint: ${event})`
}

/** The double fetch hazard: a finding of its own. */
function changedLines(changed: readonly ChangedRange[], style: Style): string[] {
  const lines = changed.flatMap(({ slot, index, path, kind, offset, page, before, after }) => {
    const where = `${hexNumber(offset)}${page === undefined ? '' : ` of indirect page ${page}`}`
    const what = kind === 'field' ? '' : ` (${kind})`
    return [
      `    slot ${slot}, index ${index}, at ${where}: ${path}${what}`,
      style.removed(`    - ${bytesText(before)}`),
      style.added(`    + ${bytesText(after)}`),
    ]
  })
  return [`  ${style.bad('request-changed')}: requests changed while in flight (double fetch, XSA-155)`, ...lines]
}

function bytesText(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join(' ')
  return bytes.length > 16 ? `${shown} … (${bytes.length} bytes)` : shown
}
