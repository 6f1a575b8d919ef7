// A ring of which a text shows the slots as structs: its page again.
import { captureOf } from '../capture/capture.ts'
import { decodeCapture } from '../capture/decode-capture.ts'
import type { Testimony } from '../capture/testimony.ts'
import { x86_64 } from '../codec/struct/abi.ts'
import { encodeOver } from '../codec/struct/encode.ts'
import { sringHeader } from '../codec/xen/ring.ts'
import { momentOf } from './diagnose.ts'
import type { Moment } from './moment.ts'

/** A moment with the ring that prints of its slots show, where there are such. */
export function withSlots(moment: Moment, { page }: Testimony): Moment {
  if (!page) return moment
  const bytes = page.bytes.slice()
  encodeOver(sringHeader, x86_64, moment.sring, bytes)
  const capture = captureOf(bytes, { source: moment.source, queue: moment.queue, missing: page.missing })
  return { ...moment, shown: momentOf(decodeCapture(capture, x86_64)).shown }
}
