// What one more capture would settle.
import type { Case } from './case.ts'
import type { Verdict } from './verdict.ts'

export function settles({ verdict, sureness }: Verdict, c: Case): string | undefined {
  const { moments, reading } = c.history
  const later =
    moments < 2
      ? 'A second snapshot some seconds later'
      : c.interval === undefined
        ? 'The seconds between the snapshots (--interval)'
        : 'One more snapshot some seconds later'
  switch (verdict) {
    case 'storage-below':
    case 'ring-full':
      if (c.qdisk && reading.untaken.atMost > 0)
        return `${later}: if rsp_prod has moved, the disk is slow or well. If not, the stacks of QEMU's threads tell: one in preadv, pwritev or io_getevents waits for storage.`
      return sureness === 'certain'
        ? undefined
        : `${later}: if rsp_prod has not moved, the I/O hangs below; if it has, the disk is slow or well.`
    case 'some-stuck':
      return sureness === 'certain' ? undefined : `${later}: whether the same requests still wait.`
    case 'requests-not-taken':
    case 'lost-front-to-back-event':
    case 'backend-blocked':
      if (reading.known.req_cons === undefined)
        return `${later}: if neither req_event nor rsp_prod has moved, the backend does nothing. Its req_cons (io_ring of tapdisk, or a crash dump: --req-cons) tells asleep from busy.`
      return sureness === 'certain' ? undefined : `${later}: whether req_event or rsp_prod has moved.`
    case 'responses-not-taken':
    case 'lost-back-to-front-event':
    case 'disk-disabled':
      if (reading.known.rsp_cons === undefined)
        return `${later}: if rsp_event has not moved, the frontend takes nothing. Its rsp_cons (from a crash dump of the guest: --rsp-cons) tells for sure.`
      return sureness === 'certain' ? undefined : `${later}: whether rsp_event has moved.`
    case 'corrupt-indices':
      return sureness === 'certain' ? undefined : 'A second snapshot: torn indices do not come twice.'
    case 'uninitialised':
    case 'not-connected':
      return 'A second snapshot, with xenstore-ls at the same moment: whether the device is still about to connect.'
    case 'idle':
    case 'never-used':
      return 'A snapshot while the guest waits for this disk: an idle ring has no part in a hang.'
    default:
      return undefined
  }
}
