// The moments in one input of `doctor`: rings, and indices that only the backend knows.
import { basename, dirname, resolve } from 'node:path'
import type { Capture } from '../../capture/capture.ts'
import { decodeCapture } from '../../capture/decode-capture.ts'
import type { DumpError } from '../../capture/dump-error.ts'
import { type Moment, momentOf } from '../../doctor/index.ts'
import type { Input } from '../../node/read/inputs.ts'
import { orReport } from '../../node/read/report.ts'
import { displayName } from '../shared/display-name.ts'
import type { InputOptions } from '../shared/input-flags.ts'
import { seriesOf } from '../shared/series-name.ts'

export interface MomentOptions extends Pick<InputOptions, 'abi' | 'sectorUnit'> {
  readonly onError: (error: DumpError) => void
  /** What a reader should know of an input. */
  readonly onNote: (note: string) => void
}

/** tapdisk writes it at most so often (drivers/td-blkif.c). */
const IO_RING_LAG = 5
const INDICES = ['req_prod', 'req_event', 'rsp_prod', 'rsp_event'] as const

/** One moment, or that of each of a device's queues. */
export type Snapshot = readonly Moment[]

/** Snapshots of the rings of an input, one after another; or what its io_ring shows, where that is none of them. */
export function* snapshotsOf(input: Input, options: MomentOptions): Generator<Snapshot> {
  const io = input.indices && orReport(options, () => ofIoRing(input, options))
  let isHere = false
  for (const snapshot of ofRings(input, options)) {
    yield snapshot.map((moment) => {
      const same = io !== undefined && isSameMoment(io, moment)
      isHere ||= same
      return same ? { ...moment, known: io.known, lag: IO_RING_LAG } : moment
    })
  }
  if (!io) return
  if (input.queues === 0) yield [io]
  else if (!isHere)
    options.onNote(`${io.source} shows no moment of the rings beside it (${words(io)}) and is left aside: name it alone`)
}

/** tapdisk shows its first queue. */
function isSameMoment(io: Moment, { queue = 0, sring, nr_ents }: Moment): boolean {
  return queue === 0 && nr_ents === io.nr_ents && INDICES.every((key) => sring[key] === io.sring[key])
}

function words({ sring }: Moment): string {
  return INDICES.map((key) => `${key} ${sring[key]}`).join(', ')
}

function* ofRings(input: Input, options: MomentOptions): Generator<Snapshot> {
  const { name, path } = input
  const series = seriesOf(path)
  for (const { dumps } of input.moments()) {
    for (const { source, findings } of dumps)
      for (const { code, message } of findings)
        if (code === 'text-bytes-missing' || code === 'snapshot-cut') options.onNote(`${displayName(source, name)}: ${message}`)
    yield dumps.flatMap((dump) => {
      const moment = orReport(options, () => ofRing(dump, name, options))
      // Each ring of an image is another one.
      return moment ? [{ ...moment, series: input.isImage ? `${series}: ${dump.source}` : series }] : []
    })
  }
}

function ofRing(capture: Capture, input: string, { abi, sectorUnit }: MomentOptions): Moment {
  const moment = momentOf(decodeCapture(capture, abi, sectorUnit))
  return { ...moment, source: displayName(capture.source, input) }
}

function ofIoRing({ name, indices }: Input, { onNote }: MomentOptions): Moment {
  const { path, checksum, nr_ents, req_prod, req_cons, req_event, rsp_prod, rsp_prod_pvt, rsp_event } = indices!()
  const source = displayName(path, name)
  if (checksum === false)
    onNote(`${source}: the checksum before the text is not that of the text: it was read while tapdisk wrote it, or is damaged`)
  return {
    source,
    queue: undefined,
    sring: { req_prod, req_event, rsp_prod, rsp_event },
    nr_ents,
    shown: undefined,
    known: { req_cons, rsp_prod_pvt },
    lag: IO_RING_LAG,
    xenstore: undefined,
    series: seriesOf(path),
    device: /^vbd3-\d+-\d+$/.exec(basename(dirname(resolve(path))))?.[0],
  }
}
