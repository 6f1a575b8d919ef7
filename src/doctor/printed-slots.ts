// A ring of which a text shows the slots as structs: its page again.
import { type Capture, captureOf } from '../capture/capture.ts'
import { decodeCapture } from '../capture/decode-capture.ts'
import type { Testimony } from '../capture/testimony.ts'
import { INDEX_NAMES, joinSpans } from '../codec/ring/missing.ts'
import { x86_64 } from '../codec/struct/abi.ts'
import { encodeOver } from '../codec/struct/encode.ts'
import { layoutOf } from '../codec/struct/layout.ts'
import { sringHeader } from '../codec/xen/ring.ts'
import { momentOf } from './diagnose.ts'
import type { Moment, PartOfMoment } from './moment.ts'

/** The page of a ring again, where prints of its slots show it; indices that no text says are missing in it. */
export function slotsCapture({ source, queue, sring }: PartOfMoment, { page }: Testimony): Capture | undefined {
  if (!page) return undefined
  const bytes = page.bytes.slice()
  encodeOver(sringHeader, x86_64, { req_prod: 0, req_event: 0, rsp_prod: 0, rsp_event: 0, ...sring }, bytes)
  const { fields } = layoutOf(sringHeader, x86_64)
  const unsaid = INDEX_NAMES.filter((name) => sring[name] === undefined)
  const spans = fields.flatMap(({ name, offset, size }) =>
    unsaid.some((one) => one === name) ? [{ from: offset, to: offset + size }] : [],
  )
  return captureOf(bytes, { source, queue, missing: joinSpans([...spans, ...page.missing]) })
}

/** A moment with the ring that prints of its slots show, where there are such. */
export function withSlots(moment: Moment, testimony: Testimony): Moment {
  const capture = slotsCapture(moment, testimony)
  return capture ? { ...moment, shown: momentOf(decodeCapture(capture, x86_64)).shown } : moment
}
