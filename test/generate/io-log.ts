// The log of the captures' I/O tool: which buffer each of its requests used, page by page.
import type { SgSegment } from '../../src/blkfront/index.ts'

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

/** The segments of a part of the logged I/O that a request carries; undefined where no I/O covers it. */
export function segmentsOf(
  ios: readonly LoggedIo[],
  request: { readonly op: string; readonly sector: bigint; readonly nrSectors: number },
  pageSize: number,
): SgSegment[] | undefined {
  const end = request.sector + BigInt(request.nrSectors)
  const io = ios.find((i) => i.op === request.op && i.sector <= request.sector && end <= i.sector + BigInt(i.bytes / 512))
  if (!io) return undefined
  let skip = Number(request.sector - io.sector) * 512
  let left = request.nrSectors * 512
  const segments: SgSegment[] = []
  for (const { offset, length, pages } of io.buffers) {
    const used = Math.min(Math.max(length - skip, 0), left)
    for (let at = offset + skip, to = offset + skip + used; at < to; ) {
      const next = Math.min(to, at - (at % pageSize) + pageSize)
      segments.push([pages[Math.floor(at / pageSize)]!, at % pageSize, next - at])
      at = next
    }
    skip = Math.max(skip - length, 0)
    left -= used
  }
  return left === 0 ? segments : undefined
}
