import type { DecodedCapture } from '../capture/decode-capture.ts'
import { DumpError } from '../capture/dump-error.ts'
import { eachOf, type OneOrMany } from '../capture/one-or-many.ts'
import { type Diagnosis, diagnoseHistory } from './diagnosis.ts'
import { History } from './history.ts'
import type { Moment } from './moment.ts'

/**
 * Why a device hangs, or that it does not: one diagnosis a queue, in the order in which queues are met.
 * @param captures one moment of a ring, or the moments of one device, those of each queue in the order of time; `Devices` sorts moments of several devices
 * @param interval seconds from one moment to the next, where known
 * @throws DumpError of a capture that lacks indices of the ring's header: there is nothing to judge by
 */
export function diagnose(captures: OneOrMany<DecodedCapture>, interval?: number): Diagnosis[] {
  const histories = new Map<number | undefined, History>()
  for (const decoded of eachOf(captures)) {
    const moment = momentOf(decoded)
    const history = histories.get(moment.queue)
    if (history) history.add(moment)
    else histories.set(moment.queue, new History(moment))
  }
  return Array.from(histories.values(), (history) => diagnoseHistory(history, interval))
}

/** @throws DumpError where indices of the header are not in the capture */
export function momentOf({ capture, ring }: DecodedCapture): Moment {
  const { source, queue, bytes, indirectPages, xenstore, extracted } = capture
  const { indices } = ring.missing
  if (indices.length > 0)
    throw new DumpError(source, `${indices.join(', ')} not in the input: nothing to judge by`, 'dump the ring from its first byte')
  const { sring, geometry } = ring
  return {
    source,
    queue,
    sring,
    nr_ents: geometry.nr_ents,
    shown: { ring, bytes, indirectPages },
    known: {},
    xenstore,
    extracted,
  }
}
