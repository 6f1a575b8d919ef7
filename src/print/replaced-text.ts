// A ring that was replaced: what was in flight in the old one, and what the new one asks for of it.
import { type AskedAgain, type NewPlace, type Redone, type SectorRange, sectorsIn } from '../codec/ring/asked-again.ts'
import { idText } from '../codec/ring/id-text.ts'
import { CONNECTED_ANEW } from '../codec/ring/replaced.ts'
import type { Replaced } from '../diff/index.ts'
import { requestWords } from './slot-words.ts'
import type { Style } from './style.ts'
import { count, wrapped } from './text.ts'

/** Ranges and indices that a line names. */
const MAX_NAMED = 4

export function replacedLines(replaced: Replaced, style: Style, width: number): string[] {
  const why = `a new ring: ${CONNECTED_ANEW}; ${replaced.why}`
  return [
    ...wrapped('  replaced    ', why.split(' '), ' ', width).map((line) => style.unsure(line)),
    `  ${style.dim('in flight'.padEnd(10))}  ${inFlightText(replaced)}`,
    ...replaced.requests.flatMap((request) => [
      style.removed(`    - ${oldText(request)}`),
      ...wrapped('        ', newText(request).split(' '), ' ', width).map((line) => paintOf(request, style)(line)),
    ]),
  ]
}

function inFlightText({ requests, hidden }: Redone): string {
  const beneath = hidden > 0 ? `; ${count(hidden, 'more lies', 'more lie')} beneath responses and cannot be told` : ''
  return `${count(requests.length, 'request')} of the old ring${beneath}`
}

/** `slot 0, index 0: indirect write of 2048 sectors at 0, id 0`. */
function oldText({ slot }: AskedAgain): string {
  const may = slot.answered === 'maybe' ? ', perhaps answered' : ''
  return `slot ${slot.slot}, index ${slot.index}: ${requestWords(slot.request)}, id ${idText(slot.request.id)}${may}`
}

function paintOf({ again }: AskedAgain, style: Style): (text: string) => string {
  return again === 'whole' ? style.added : again === 'unknown' ? style.unsure : style.bad
}

function newText({ again, by, perhaps, missing, uncovered, range }: AskedAgain): string {
  const asked = by.length > 0 ? [`asked for again by ${indicesText(by)}`] : []
  const answered =
    perhaps.length === 1 ? 'which is answered: how long it was is lost' : 'which are answered: how long they were is lost'
  const lost = perhaps.length > 0 ? [`perhaps by ${indicesText(perhaps)}, ${answered}`] : []
  switch (again) {
    case 'whole':
      return asked.join('')
    case 'none':
      return 'not asked for again so far'
    case 'part':
      return [...asked, ...lost, `not asked for again so far: ${rangesText(uncovered)}`].join('; ')
    case 'unknown': {
      const rest = asked.length > 0 && range ? [`not seen to be asked for: ${rangesText(missing)}`] : []
      return [...asked, ...rest, ...(lost.length > 0 ? lost : ['whether it is asked for again cannot be known'])].join('; ')
    }
  }
}

function indicesText(places: readonly NewPlace[]): string {
  const more = places.length - MAX_NAMED
  const shown = places.slice(0, MAX_NAMED)
  const [{ queue } = { queue: undefined }] = shown
  const rest = more > 0 ? ` and ${more} more` : ''
  const one = shown.every((place) => place.queue === queue)
  const named = shown.map((place) => (one ? place.index : `${place.index} (queue ${place.queue})`)).join(', ')
  if (queue === undefined) return `index ${named}${rest} of the new ring`
  return one && more <= 0
    ? `index ${named} of the new ring of queue ${queue}`
    : `index ${named}${one ? ` (queue ${queue})` : ''}${rest} of the new rings`
}

/** `1536 sectors, 512 to 2047`. */
export function rangesText(ranges: readonly SectorRange[]): string {
  const named = ranges.slice(0, MAX_NAMED).map(({ from, to }) => (from === to ? String(from) : `${from} to ${to}`))
  const more = ranges.length - named.length
  return `${count(sectorsIn(ranges), 'sector')}, ${named.join(', ')}${more > 0 ? ` and ${more} more stretches` : ''}`
}

/** How much of what was in flight in the old ring the new one asks for, as far as its first snapshot tells. */
export function lostText({ requests, hidden }: Redone, open: number): string {
  const beneath = hidden > 0 ? ` (${hidden} more ${hidden === 1 ? 'lies' : 'lie'} beneath responses)` : ''
  if (requests.length === 0) return `No request can be seen to have been in flight in the old one${beneath}.`
  const one = requests.length === 1
  if (open === 0)
    return `It asks again for ${one ? 'the one request' : `all ${requests.length} requests`} in flight in the old one${beneath}.`
  const all = `Of ${count(requests.length, 'request')} in flight in the old one${beneath}`
  return `${all} its first snapshot shows ${open === requests.length ? 'none' : requests.length - open} asked for again in full; ${one ? 'it may be lost, answered' : 'the others may be lost, answered'} or still to come:`
}

/** One of those in a few words. */
export function openText(request: AskedAgain): string {
  return `${requestWords(request.slot.request)}, id ${idText(request.slot.request.id)}: ${newText(request)}`
}
