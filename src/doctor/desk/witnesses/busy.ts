// What the guest's block layer has given to blkfront, held against the ring: each of these waits on the ring, or was answered and not
// taken, or was lost in between.
import { count } from '../../../codec/struct/count.ts'
import type { BusyStatement } from '../../../evidence/statement.ts'
import type { Weighing } from '../weighing.ts'

/** The most that a print of one kind proves: a list names each request, tags count all, `inflight` leaves flushes out. */
const BEST = ['list', 'tags', 'inflight'] as const

export function weighBusy(all: readonly BusyStatement[], w: Weighing): void {
  for (const by of BEST) {
    const last = lastOf(all, by)
    if (!last) continue
    if (by === 'inflight') inflight(last, lastOf(all, 'list') ?? lastOf(all, 'tags'), w)
    else held(last, by, w)
  }
}

/** The last print of a kind, the queues of a device together. */
function lastOf(all: readonly BusyStatement[], by: BusyStatement['by']): BusyStatement | undefined {
  const queues = new Map<string, BusyStatement>()
  for (const one of all) if (one.by === by) queues.set(`${one.of.queue ?? ''}`, one)
  const last = [...queues.values()]
  const [first] = last
  if (!first || last.length === 1) return first
  const sum = (of: (one: BusyStatement) => number) => last.reduce((all, one) => all + of(one), 0)
  const ops = new Map<string, number>()
  for (const one of last) for (const [op, n] of one.ops ?? []) ops.set(op, (ops.get(op) ?? 0) + n)
  return { ...last.at(-1)!, requests: sum(({ requests }) => requests), idle: sum(({ idle }) => idle ?? 0), ops }
}

function opsText({ ops }: BusyStatement): string {
  if (!ops || ops.size === 0) return ''
  return ` (${[...ops].map(([op, n]) => `${n} ${op}`).join(', ')})`
}

function held(busy: BusyStatement, by: 'list' | 'tags', w: Weighing): void {
  const { requests } = busy
  const what =
    by === 'list'
      ? `the guest's driver holds ${count(requests, 'request')}${opsText(busy)}`
      : `${count(requests, 'tag')} of the guest's driver ${requests === 1 ? 'is' : 'are'} taken`
  const above = busy.idle ? ` ${count(busy.idle, 'more request')} wait above the driver.` : ''
  const { sums } = w
  if (!sums) {
    w.remark(
      busy,
      `${what}: sent and not ended.${above} Whether the backend has them, or their answers wait to be taken, the ring tells.`,
    )
    if (requests > 0) waitsSomewhere(busy, w)
    return
  }
  const { outstanding, unseenAtMost, unseenAtLeast } = sums
  const untold = requests - outstanding
  if (untold < unseenAtLeast) {
    w.remark(
      busy,
      `${what}, and the ring has ${outstanding} without an answer${unseenAtLeast > 0 ? ` and ${unseenAtLeast} answered that it has not taken` : ''}: they are of other moments, or requests take two slots each.${above}`,
      true,
    )
  } else if (untold === 0) {
    w.remark(busy, `${what}, as many as have no answer on the ring: no answer waits to be taken, and none was lost.${above}`)
    if (unseenAtLeast === 0)
      w.lower(
        'responses-not-taken',
        'may',
        `The guest's driver holds no request that is answered (${busy.source}), so that there may be nothing to take.`,
      )
  } else if (untold <= unseenAtMost) {
    w.remark(
      busy,
      `${what}, and the ring has ${outstanding} without an answer: ${untold} ${untold === 1 ? 'was' : 'were'} answered and not taken by the frontend.${above}`,
    )
    w.raise(
      'responses-not-taken',
      'likely',
      `Its block layer still holds ${untold} that ${untold === 1 ? 'is' : 'are'} answered (${busy.source}).`,
    )
  } else {
    w.remark(
      busy,
      `${what}, and the ring accounts for ${outstanding + unseenAtMost} at the most: the driver lost ${untold - unseenAtMost} of them, or they are of another moment.${above}`,
      true,
    )
  }
}

function waitsSomewhere(busy: BusyStatement, w: Weighing): void {
  if (w.verdicts.length > 0) return
  w.add({
    verdict: 'some-stuck',
    problem: true,
    sureness: 'may',
    text: `The guest has ${count(busy.requests, 'request')} at its driver. A disk in motion has some at any moment; that they stay takes a second look.`,
    causes: [
      'nothing is wrong, and the disk was caught in motion',
      'the backend has not taken them, or they wait in the storage below it',
      'they are answered, and the frontend has not taken the answers',
    ],
  })
}

function inflight(busy: BusyStatement, better: BusyStatement | undefined, w: Weighing): void {
  const { requests } = busy
  const { sums } = w
  const says = `the guest accounts ${count(requests, 'request')} in flight`
  const total = better?.requests ?? sums?.outstanding
  if (total === undefined) {
    w.remark(busy, `${says}: sent to the driver and not ended; flushes are left out. Whether the backend has them the ring tells.`)
    if (requests > 0) waitsSomewhere(busy, w)
    return
  }
  const missing = total - requests
  const whose = better ? 'its driver holds' : 'have no answer on the ring'
  if (missing === 0) w.remark(busy, `${says}, as many as ${whose}.`)
  else if (missing > 0) {
    const flushes = better?.ops?.get('FLUSH') ?? sums?.flushes
    const exact = flushes === missing
    w.remark(
      busy,
      `${says}, and ${better ? `its driver holds ${total}` : `${total} have no answer on the ring`}: the number leaves flushes out${exact ? `, of which there ${missing === 1 ? 'is 1' : `are ${missing}`}` : ''}${flushes !== undefined && !exact ? ', and there are not as many: other moments, or I/O without accounting' : ''}.`,
    )
  } else if (requests > total + (better ? 0 : (sums?.unseenAtMost ?? 0)))
    w.remark(
      busy,
      `${says}, more than ${better ? `the ${total} that its driver holds` : `the ring accounts for`}: they are of other moments.`,
      true,
    )
  else if (!better) w.remark(busy, `${says}: ${requests - total} more than have no answer on the ring, answered and not taken.`)
}
