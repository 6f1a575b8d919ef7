import { slotsByIndex } from '../codec/ring/ring.ts'
import { diffBytes } from './bytes.ts'
import { diffFields } from './fields.ts'
import type { DiffOptions, Hunk, MatchBy, SideRing, Unknown } from './model.ts'

/** Levels bytes and fields: queue by queue. The slots of a queue that one side does not have are removed or added. */
export function bytesOrFields(
  a: readonly SideRing[],
  b: readonly SideRing[],
  level: 'bytes' | 'fields',
  by: MatchBy,
  options: DiffOptions,
  unknown: Unknown[],
): Hunk[] {
  const diff = level === 'bytes' ? diffBytes : diffFields
  const number = ({ queue }: SideRing) => queue ?? 0
  const queues = [...new Set([...a, ...b].map(number))].sort((x, y) => x - y)
  return queues.flatMap((queue) => {
    const [x, y] = [a.find((side) => number(side) === queue), b.find((side) => number(side) === queue)]
    if (x && y) return diff(x, y, by, options, unknown)
    return [...(x ? alone(x, 'a') : []), ...(y ? alone(y, 'b') : [])]
  })
}

function alone({ ring, queue }: SideRing, side: 'a' | 'b'): Hunk[] {
  return slotsByIndex(ring)
    .filter((slot) => slot.state !== 'unused')
    .map((slot) => ({ part: 'slots', queue: undefined, a: [], b: [], differences: [], [side]: [{ queue, slot }] }))
}
