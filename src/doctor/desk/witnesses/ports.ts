// Event channels as the hypervisor shows them: whether the event that a side waits for is there, and not let through, or never came.
import type { PortStatement } from '../../../evidence/statement.ts'
import type { Weighing } from '../weighing.ts'

/** What is owed to each side, and the verdicts about it. */
const SIDES = {
  frontend: {
    owed: 'unseenAtMost',
    lost: 'lost-back-to-front-event',
    left: 'responses-not-taken',
    who: 'the guest',
    what: 'responses',
  },
  backend: {
    owed: 'untaken',
    lost: 'lost-front-to-back-event',
    left: 'requests-not-taken',
    who: "the backend's domain",
    what: 'requests',
  },
} as const

export function weighPorts(ports: readonly PortStatement[], w: Weighing): void {
  for (const side of ['frontend', 'backend'] as const) {
    const port = ports.findLast((one) => one.side === side)
    if (port) weighPort(port, w)
  }
}

function weighPort(port: PortStatement, w: Weighing): void {
  const side = SIDES[port.side]
  const { who } = side
  const name = `the event channel of ${who}${port.of.port === undefined ? '' : ` (the frontend's port is ${port.of.port})`}`
  const waits = waitsFor(side, w)
  if (port.pending) pending(port, name, waits, w)
  else if (port.masked) masked(port, name, waits, w)
  else nothing(port, name, waits, w)
}

type SideOfPort = (typeof SIDES)[keyof typeof SIDES]

/** Whether something may wait for this side; undefined where that is not known. */
function waitsFor({ owed, lost, left }: SideOfPort, w: Weighing): boolean | undefined {
  if (w.has(lost) || w.has(left)) return true
  return w.sums && w.sums[owed] > 0
}

/** An event that is there was not lost, whatever else holds. */
function pending(port: PortStatement, name: string, waits: boolean | undefined, w: Weighing): void {
  const { lost, left, who, what } = SIDES[port.side]
  const state = port.masked
    ? 'pending and masked: an event is there, and is held back until the handler has ended the last one'
    : `pending and not masked: an event is there that ${who} has not taken up`
  const meaning = waits
    ? `The event for these ${what} was not lost.`
    : waits === false
      ? 'By its indices nothing is owed to it.'
      : 'Whoever owes work on this ring was told.'
  w.remark(port, `${name} is ${state}. ${meaning}`)
  if (!waits) return
  w.rename(lost, left, `The event was not lost: it is pending (${port.source}).`)
  w.cause(
    left,
    port.masked
      ? `${who} was told, and masks its event channel: its handler has not ended`
      : `${who} was told and has not looked: it is paused, or the vCPU of this interrupt does not run`,
  )
}

function masked(port: PortStatement, name: string, waits: boolean | undefined, w: Weighing): void {
  const { left, lost, who } = SIDES[port.side]
  w.remark(
    port,
    `${name} is masked, and nothing is pending on it: its handler runs, or has not ended, and no event is let through meanwhile.`,
  )
  if (waits) w.cause(w.has(lost) ? lost : left, `the event channel of ${who} is masked`)
}

/** A side that does not run would have its event pending; its handler leaves none, also where it was of no use. */
function nothing(port: PortStatement, name: string, waits: boolean | undefined, w: Weighing): void {
  const { lost, left, who, what } = SIDES[port.side]
  w.remark(
    port,
    `${name} is neither pending nor masked: no event waits there${waits ? `, although ${what} may wait: it was lost, or taken up without effect` : waits === false ? ', and none is owed' : ''}.`,
  )
  if (!waits) return
  const seen = w.surenessOf(left)
  // The frontend takes in its handler; the backend's wakes a thread, which may be anywhere.
  if (w.has(lost) && port.side === 'frontend')
    w.raise(
      lost,
      seen ?? 'may',
      `Nothing is pending on its event channel (${port.source}): a guest that does not run would have it there.`,
    )
  else if (w.has(lost))
    w.raise(
      lost,
      'may',
      `Nothing is pending on its event channel (${port.source}): it was lost, or its handler woke a thread that does nothing.`,
    )
  else w.cause(left, `no event is pending for ${who}: the event was lost, or taken up without effect`)
}
