// Writes rows of one kind: the pieces of their lines, joined and bound to the columns of a batch once, of which a dozen are left
// that one loop goes through. Functions that call each other would take half as long again.
import type { Batch } from '../codec/batch/batch.ts'
import { HIGH, LOW } from '../codec/batch/words.ts'
import { type ByteSink, Literals, putText } from '../print/byte-sink.ts'
import { putHex, putU32, putU64 } from '../print/digits.ts'
import { ListWriter } from './list-writer.ts'
import { joinedPieces, type LinePiece } from './pieces.ts'

const MINUS = 0x2d

const [BYTE, U16, U32, U64, LOWER, S16, OPTIONAL, LIST, HEX, SNAPSHOT] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
const CODES = ['byte', 'u16', 'u32', 'u64', 'low', 's16', 'optional', 'list', 'hex', 'snapshot', 'end'] as const

/** The text before the value; of a byte, that with each value. All are of one shape, and each array of one kind, for the loop's sake. */
class Bound extends Literals {
  readonly code: number
  key: Literals | undefined
  none = 0
  u8: Uint8Array = new Uint8Array()
  u16: Uint16Array = new Uint16Array()
  s16: Int16Array = new Int16Array()
  u32: Uint32Array = new Uint32Array()
  list: ListWriter | undefined

  constructor(piece: Exclude<LinePiece, string>, before: string, batch: Batch) {
    super(piece.write === 'byte' ? Array.from({ length: piece.values }, (_, byte) => before + piece.text(byte)) : [before])
    this.code = CODES.indexOf(piece.write)
    if (piece.write === 'list') this.list = new ListWriter(piece, batch)
    if (piece.write === 'optional') {
      this.key = new Literals([piece.key])
      this.none = piece.none
    }
    if (!('column' in piece)) return
    const isLong = piece.write === 'u64' || piece.write === 'low'
    const values = isLong ? batch[`${piece.column as 'id'}_halves`] : batch[piece.column]
    if (values instanceof Uint8Array) this.u8 = values
    else if (values instanceof Uint16Array) this.u16 = values
    else if (values instanceof Int16Array) this.s16 = values
    else if (values instanceof Uint32Array) this.u32 = values
  }
}

export class RowWriter {
  readonly #pieces: readonly Bound[]
  readonly #batch: Batch
  readonly #sink: ByteSink
  #gref: Uint32Array

  constructor(pieces: readonly LinePiece[], batch: Batch, sink: ByteSink) {
    const all: Bound[] = []
    let before = ''
    for (const piece of joinedPieces([...pieces, { write: 'end' }])) {
      if (typeof piece !== 'string') all.push(new Bound(piece, before, batch))
      before = typeof piece === 'string' ? piece : ''
    }
    this.#pieces = all
    this.#batch = batch
    this.#sink = sink
    this.#gref = batch.gref
  }

  /** @param snapshot its number */
  write(row: number, snapshot: number): void {
    const sink = this.#sink
    const { bytes, view } = sink
    const pieces = this.#pieces
    let at = sink.at
    if (this.#batch.gref !== this.#gref) this.#bindLists()
    for (let p = 0; p < pieces.length; p++) {
      const piece = pieces[p]!
      const { code } = piece
      if (code === BYTE) {
        at = putText(view, at, piece, piece.u8[row]!)
        continue
      }
      at = putText(view, at, piece, 0)
      let n: number
      switch (code) {
        case U16:
          n = piece.u16[row]!
          break
        case U32:
          n = piece.u32[row]!
          break
        case LOWER:
          n = piece.u32[2 * row + LOW]!
          break
        case U64:
          at = putU64(view, at, piece.u32[2 * row + LOW]!, piece.u32[2 * row + HIGH]!)
          continue
        case S16:
          n = piece.s16[row]!
          if (n < 0) bytes[at++] = MINUS
          n = Math.abs(n)
          break
        case OPTIONAL:
          n = piece.s16[row]!
          if (n === piece.none) continue
          at = putText(view, at, piece.key!, 0)
          break
        case SNAPSHOT:
          n = snapshot
          break
        case LIST:
          at = piece.list!.put(sink, at, row)
          continue
        case HEX:
          at = this.#hex(at, row)
          continue
        default:
          continue
      }
      at = putU32(view, at, n)
    }
    sink.at = at
  }

  #hex(at: number, row: number): number {
    const { words, wordStart, wordCount } = this.#batch
    return putHex(this.#sink.bytes, at, words.subarray(wordStart[row]!, wordStart[row]! + wordCount[row]!))
  }

  #bindLists(): void {
    this.#gref = this.#batch.gref
    for (const { list } of this.#pieces) list?.bind()
  }
}
