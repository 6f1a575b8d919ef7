import type { Finding } from '../codec/ring/finding.ts'
import type { IndirectPages } from '../codec/ring/indirect-pages.ts'
import type { ByteSpan } from '../codec/ring/missing.ts'
import type { Extracted, GrantTable } from '../image/index.ts'
import type { XenstoreNodes } from '../xenstore/nodes.ts'

/** Pages of data by the references that segments name. */
export type PagesOfData = Pick<ReadonlyMap<number, Uint8Array>, 'get'>

/** A ring's bytes at one moment, and what lies beside them. */
export interface Capture {
  /** The file as the user named it, or its path below the folder that he named; `-` is standard input. */
  readonly source: string
  /** The queue that the ring belongs to, where the device has several. */
  readonly queue: number | undefined
  /** Its place in the series that the input holds; 0 where it holds one moment only. */
  readonly snapshot: number
  /** NNN of ring-NNN.bin; undefined where the name has none, or the file holds several rings. */
  readonly number: number | undefined
  /** Pages of the ring, end to end in ring-ref order. */
  readonly bytes: Uint8Array
  /** Bytes of the ring that the input does not have, in order; they are 0 in `bytes`. */
  readonly missing?: readonly ByteSpan[] | undefined
  /** Looked up one by one, so that a folder of many pages costs nothing. */
  readonly indirectPages: IndirectPages
  /** The pages of data that lie beside it; of most rings none do. */
  readonly dataPages?: PagesOfData | undefined
  readonly xenstore: XenstoreNodes | undefined
  /** The guest's grant table, read when it is asked for; undefined where there is none that can be read. */
  readonly grants?: (() => GrantTable | undefined) | undefined
  /** What it was read from, where that is no file of raw pages: `xxd, lines 2 to 257`. */
  readonly origin?: string
  /** Where it lies in the memory that it was dumped from, where the dump says so. */
  readonly address?: bigint | undefined
  /** Where in a memory image it was found; of a folder, as its origin.txt says. */
  readonly extracted?: Extracted | undefined
  /** What is wrong with the capture itself. */
  readonly findings: readonly Finding[]
}

/**
 * A capture of bytes that are at hand, and of what is known beside them: XenStore's nodes, indirect pages, the queue.
 * @param bytes pages of the ring, end to end in ring-ref order
 * @param beside what is left out is not known; without a `source` messages call the ring `ring`
 */
export function captureOf(bytes: Uint8Array, beside: Partial<Omit<Capture, 'bytes'>> = {}): Capture {
  return {
    source: 'ring',
    queue: undefined,
    snapshot: 0,
    number: undefined,
    indirectPages: new Map(),
    xenstore: undefined,
    findings: [],
    ...beside,
    bytes,
  }
}
