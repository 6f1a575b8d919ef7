// The flattened format of makedumpfile (-F, and what reaches a server by ssh): pieces of a file in the order in which they were written,
// each behind its place. Pieces that were written over others count.
import { x86_64 } from '../codec/struct/abi.ts'
import { count } from '../codec/struct/count.ts'
import { decode } from '../codec/struct/decode.ts'
import { layoutOf } from '../codec/struct/layout.ts'
import { makedumpfileDataHeader, makedumpfileHeader } from './core-tables.ts'
import { ImageError } from './image-map.ts'
import { type ByteReader, exact, readBytes } from './reader.ts'

const MAGIC = 'makedumpfile\0\0\0\0'
const FLAT = 1n
/** The header's block. */
const HEADER = 4096
const { size: PIECE_HEADER } = layoutOf(makedumpfileDataHeader, x86_64)
/** makedumpfile writes pieces of some MiB; of a dump of 1 TiB that is as many. */
const MAX_PIECES = 2 ** 20
const END = 2n ** 64n - 1n

/** A piece of the file: where it belongs, and where its bytes lie in the image. */
interface Piece {
  readonly to: number
  readonly from: number
  readonly bytes: number
}

export function isFlattened(head: Uint8Array): boolean {
  const { size } = layoutOf(makedumpfileHeader, x86_64)
  if (head.length < size) return false
  const { signature, type } = decode(makedumpfileHeader, x86_64, head)
  return String.fromCharCode(...Array.from(signature)) === MAGIC && bigEndian(type) === FLAT
}

/** The file that the pieces make. What none has reads as its end would. */
export async function unflatten(reader: ByteReader, notes: string[]): Promise<ByteReader> {
  const pieces = disjoint(await piecesOf(reader, notes))
  const starts = Float64Array.from(pieces, ({ to }) => to)
  const last = pieces.at(-1)
  return {
    size: last ? last.to + last.bytes : 0,
    read: async (offset, into) => {
      let filled = 0
      for (let n = lastAtMost(starts, offset); n < pieces.length && filled < into.length; n++) {
        const piece = pieces[n]
        const skip = piece ? offset + filled - piece.to : -1
        // A hole: the format leaves none, but where the image is cut.
        if (!piece || skip < 0 || skip >= piece.bytes) break
        const part = into.subarray(filled, filled + Math.min(into.length - filled, piece.bytes - skip))
        const got = await reader.read(piece.from + skip, part)
        filled += got
        if (got < part.length) break
      }
      return filled
    },
  }
}

async function piecesOf(reader: ByteReader, notes: string[]): Promise<Piece[]> {
  const pieces: Piece[] = []
  let at = HEADER
  for (;;) {
    const head = await readBytes(reader, at, PIECE_HEADER)
    const fields = head.length < PIECE_HEADER ? undefined : decode(makedumpfileDataHeader, x86_64, head)
    const to = fields && bigEndian(fields.offset)
    if (to === END) return pieces
    const [place, bytes] = [to === undefined ? undefined : exact(to), fields && exact(bigEndian(fields.buf_size))]
    if (place === undefined || bytes === undefined || exact(place + bytes) === undefined || exact(at + bytes) === undefined) {
      notes.push(`the flattened image ends before its last piece, behind ${count(pieces.length, 'piece')}`)
      return pieces
    }
    if (pieces.length === MAX_PIECES)
      throw new ImageError(`more than ${MAX_PIECES} pieces, of which no dump is made`, 'makedumpfile -R puts it together')
    if (bytes > 0) pieces.push({ to: place, from: at + PIECE_HEADER, bytes })
    at += PIECE_HEADER + bytes
  }
}

function bigEndian(bytes: ArrayLike<number>): bigint {
  return Array.from(bytes).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
}

/** The pieces in the order of their places, none over another: of what was written twice, the last. */
function disjoint(pieces: readonly Piece[]): Piece[] {
  const sorted = [...pieces].sort((a, b) => a.to - b.to)
  if (!sorted.some(({ to }, i) => i > 0 && sorted[i - 1]!.to + sorted[i - 1]!.bytes > to)) return sorted
  const bounds = [...new Set(pieces.flatMap(({ to, bytes }) => [to, to + bytes]))].sort((a, b) => a - b)
  const places = new Map(bounds.map((bound, i) => [bound, i]))
  /** For each stretch between two bounds the next that nobody has taken, itself if nobody has. */
  const free = Array.from(bounds, (_, i) => i)
  const freeFrom = (n: number): number => {
    let root = n
    while (free[root] !== root) root = free[root]!
    for (let step = n; free[step] !== root; ) [free[step], step] = [root, free[step]!]
    return root
  }
  const taken: Piece[] = []
  for (const { to, from, bytes } of [...pieces].reverse()) {
    const end = places.get(to + bytes)!
    for (let n = freeFrom(places.get(to)!); n < end; n = freeFrom(n)) {
      taken.push({ to: bounds[n]!, from: from + bounds[n]! - to, bytes: bounds[n + 1]! - bounds[n]! })
      free[n] = n + 1
    }
  }
  return taken.sort((a, b) => a.to - b.to)
}

/** Place of the last that begins there or before it; 0 where none does. */
function lastAtMost(starts: Float64Array, place: number): number {
  let [low, high] = [0, starts.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (starts[middle]! <= place) low = middle + 1
    else high = middle
  }
  return Math.max(0, low - 1)
}
