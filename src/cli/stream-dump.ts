// A ring of a stream as a dump of its own.
import type { RingDump } from '../dump/ring-dump.ts'

/** @param cut of one that the end of the input cut off: how many of its bytes are there */
export function dumpOf(source: string, bytes: Uint8Array, snapshot: number, cut: number | undefined): RingDump {
  const findings =
    cut === undefined
      ? []
      : [
          {
            code: 'snapshot-cut',
            message: `the input ends ${cut} bytes into this ring of ${bytes.length}; slots that are not whole are left out`,
          },
        ]
  return {
    source,
    queue: undefined,
    snapshot,
    number: undefined,
    bytes,
    cut,
    indirectPages: new Map(),
    xenstore: undefined,
    findings,
  }
}
