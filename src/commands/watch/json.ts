import type { JsonOf } from '../../print/shape.ts'
import type { WATCH_LINE } from './shape.ts'
import type { DeviceState, QueueState } from './state.ts'

const MILLI = 1000
const rounded = (value: number) => Math.round(value * MILLI) / MILLI

/** A line of `watch --ndjson`. */
export function watchJson({ looks, seconds }: DeviceState, queue: QueueState): JsonOf<typeof WATCH_LINE> {
  const { diagnosis, last, rates, oldest } = queue
  const { req_prod, req_event, rsp_prod, rsp_event } = last.sring
  const [main] = diagnosis.verdicts
  return {
    source: last.source,
    ...(last.queue === undefined ? {} : { queue: last.queue }),
    look: looks,
    seconds: rounded(seconds),
    nr_ents: last.nr_ents,
    req_prod,
    req_event,
    rsp_prod,
    rsp_event,
    outstanding: diagnosis.owes.answers ?? null,
    requestsPerSecond: rates ? rounded(rates.requests) : null,
    responsesPerSecond: rates ? rounded(rates.responses) : null,
    oldest: oldestJson(oldest),
    verdict: main!.verdict,
    certainty: main!.sureness,
    problem: main!.problem,
    text: main!.text,
  }
}

function oldestJson(oldest: QueueState['oldest']): JsonOf<typeof WATCH_LINE>['oldest'] {
  if (!oldest) return null
  const { index, slot, sector_number, request } = oldest.request
  return {
    index: index ?? null,
    slot: slot ?? null,
    sector_number: sector_number === undefined ? null : String(sector_number),
    ...(request ? { op: request.op, id: String(request.id) } : {}),
    seconds: rounded(oldest.seconds),
  }
}
