// A dump to pages: where in them it lies, and which of their bytes it does not give.
import type { ByteSpan } from '../codec/ring/missing.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import type { Run } from './run.ts'

export interface TextPage {
  readonly bytes: Uint8Array
  /** Bytes from `from` up to `to`, which the text does not give and which are 0 here. */
  readonly holes: readonly ByteSpan[]
  readonly run: Run
  /** Whether it is the run's first page. */
  readonly first: boolean
}

/**
 * The pages of a run, those that it gives in part filled up with zeros.
 * @param before bytes of the first page before the run
 */
export function pagesOf(run: Run, before = bytesBefore(run)): TextPage[] {
  const count = Math.ceil((before + run.length) / XEN_PAGE_SIZE)
  const bytes = new Uint8Array(count * XEN_PAGE_SIZE)
  const known = new Uint8Array(bytes.length)
  bytes.set(run.bytes, before)
  known.set(run.known, before)
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [i * XEN_PAGE_SIZE, (i + 1) * XEN_PAGE_SIZE]
    return { bytes: bytes.subarray(from, to), holes: holesIn(known.subarray(from, to)), run, first: i === 0 }
  })
}

/** A page between others of which the text gives nothing. */
export function pageLeftOut(run: Run): TextPage {
  return { bytes: new Uint8Array(XEN_PAGE_SIZE), holes: [{ from: 0, to: XEN_PAGE_SIZE }], run, first: false }
}

/** The address at which the first page of a run begins; undefined where the text has no addresses. */
export function pageAddress(run: Run): bigint | undefined {
  return run.address === undefined ? undefined : run.address - BigInt(bytesBefore(run))
}

/** Bytes of the first page before the run: its address tells, unless the run is whole pages wherever it lay. */
function bytesBefore({ address, length }: Run): number {
  if (address === undefined || length % XEN_PAGE_SIZE === 0) return 0
  const inPage = Number(BigInt.asUintN(12, address))
  const endsPage = (inPage + length) % XEN_PAGE_SIZE === 0
  return endsPage || inPage + length < XEN_PAGE_SIZE ? inPage : 0
}

function holesIn(known: Uint8Array): { from: number; to: number }[] {
  const holes: { from: number; to: number }[] = []
  for (let at = known.indexOf(0); at >= 0; ) {
    const next = known.indexOf(1, at)
    const to = next < 0 ? known.length : next
    holes.push({ from: at, to })
    at = known.indexOf(0, to)
  }
  return holes
}
