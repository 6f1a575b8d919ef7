// The log of the captures' I/O tool: which buffer each of its requests used, page by page.
import type { SgSegment } from '../../../src/blkfront/index.ts'

interface Buffer {
  /** Bytes of the first page before it. */
  readonly offset: number
  readonly length: number
  /** Linux PFNs. */
  readonly pages: readonly number[]
}

export interface LoggedIo {
  readonly op: 'read' | 'write'
  readonly sector: bigint
  readonly bytes: number
  readonly buffers: Buffer[]
}

const SUBMIT = / SUBMIT (\d+) (r|w|rv|wv) sector=(\d+) bytes=(\d+) /
const PFN = /^PFN (\d+)\.\d+ va=0x([0-9a-f]+) len=(\d+) pages (.+)$/

export function parseIoLog(text: string, pageSize: number): LoggedIo[] {
  const ios = new Map<string, LoggedIo>()
  for (const line of text.split('\n')) {
    const [, n, letter, sector, bytes] = SUBMIT.exec(line) ?? []
    if (n !== undefined)
      ios.set(n, { op: letter!.startsWith('r') ? 'read' : 'write', sector: BigInt(sector!), bytes: Number(bytes), buffers: [] })
    const [, of, va, length, pages] = PFN.exec(line) ?? []
    if (of === undefined) continue
    const offset = Number(BigInt(`0x${va}`) % BigInt(pageSize))
    ios.get(of)?.buffers.push({
      offset,
      length: Number(length),
      pages: pages!
        .trim()
        .split(' ')
        .map((p) => Number.parseInt(p, 16)),
    })
  }
  return [...ios.values()]
}

/** The segments of a request, which carries a part of a logged I/O or several that follow each other; undefined where none is logged. */
export function segmentsOf(
  ios: readonly LoggedIo[],
  { op, sector, nrSectors }: { readonly op: string; readonly sector: bigint; readonly nrSectors: number },
  pageSize: number,
): SgSegment[] | undefined {
  const segments: SgSegment[] = []
  const end = sector + BigInt(nrSectors)
  for (let at = sector; at < end; ) {
    const io = ios.find((i) => i.op === op && i.sector <= at && at < endOf(i))
    if (!io) return undefined
    const to = endOf(io) < end ? endOf(io) : end
    segments.push(...partOf(io, Number(at - io.sector) * 512, Number(to - at) * 512, pageSize))
    at = to
  }
  return segments
}

function endOf({ sector, bytes }: LoggedIo): bigint {
  return sector + BigInt(bytes / 512)
}

function partOf({ buffers }: LoggedIo, from: number, bytes: number, pageSize: number): SgSegment[] {
  let skip = from
  let left = bytes
  const segments: SgSegment[] = []
  for (const { offset, length, pages } of buffers) {
    const used = Math.min(Math.max(length - skip, 0), left)
    for (let at = offset + skip, to = offset + skip + used; at < to; ) {
      const next = Math.min(to, at - (at % pageSize) + pageSize)
      segments.push([pages[Math.floor(at / pageSize)]!, at % pageSize, next - at])
      at = next
    }
    skip = Math.max(skip - length, 0)
    left -= used
  }
  return segments
}
