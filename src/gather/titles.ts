// What a device is called by its inputs.
import { dumpOfQueue } from '../capture/dump-names.ts'
import type { History, KnownDevice } from '../doctor/index.ts'
import { count } from '../print/text.ts'

/** What the inputs of a device are called. */
export function deviceTitle({ queues, parts, statements, listings }: KnownDevice): string {
  const [first] = queues
  const [part] = parts
  if (!first && part) return part.source
  return first
    ? ringTitle(queues, first)
    : [...new Set([...listings, ...statements.map(({ source }) => source)])].slice(0, 3).join(', ')
}

function ringTitle(queues: readonly History[], first: History): string {
  const last = first.last.source
  if (queues.length === 1) return seriesTitle(first.firstSource, last, first.total, 1)
  return seriesTitle(dumpOfQueue(first.firstSource), dumpOfQueue(last), first.total, queues.length)
}

/** `ring.bin`, or for a series its first and last file and how many there are. */
function seriesTitle(first: string, last: string, moments: number, queues: number): string {
  const of = queues > 1 ? `, ${count(queues, 'queue')}` : ''
  if (moments === 1) return `${first}${of}`
  let common = 0
  for (let i = 0; i < first.length && first[i] === last[i]; i++) if (first[i] === '/') common = i + 1
  return `${first} to ${last.slice(common)}, ${moments} snapshots${of}`
}
