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
  const { owed, lost, left, who, what } = SIDES[port.side]
  const { sums } = w
  const name = `the event channel of ${who}${port.of.port === undefined ? '' : ` (the frontend's port is ${port.of.port})`}`
  const waits = sums === undefined ? undefined : sums[owed] > 0
  if (port.pending && !port.masked) {
    w.remark(
      port,
      `${name} is pending and not masked: an event is there that ${who} has not taken up. ${waits ? `The event for these ${what} was not lost.` : 'Whoever owes work on this ring was told.'}`,
    )
    if (!waits) return
    w.rename(lost, left, `The event was not lost: it is pending (${port.source}).`)
    w.cause(left, `${who} was told and has not looked: it is paused, or the vCPU of this interrupt does not run`)
  } else if (port.masked) {
    w.remark(
      port,
      `${name} is masked${port.pending ? ', and an event is pending behind the mask' : ''}: no event is let through until its handler has ended the last one.`,
    )
    if (waits) w.cause(left, `the event channel of ${who} is masked`)
  } else {
    w.remark(
      port,
      `${name} is neither pending nor masked: no event waits there${waits ? `, although ${what} may wait: it was lost, or taken up without effect` : waits === false ? ', and none is owed' : ''}.`,
    )
    if (waits) w.raise(lost, 'likely', `Nothing is pending on its event channel (${port.source}).`)
    if (waits && !w.has(lost)) w.cause(left, `no event is pending for ${who}: the event was lost, or taken up without effect`)
  }
}
