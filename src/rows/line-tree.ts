// Lines of several kinds of rows as one: what all of them begin and end with is there once, and what is between them is chosen.
import type { BytePiece, LinePiece } from './pieces.ts'

/** Pieces that all of the kinds have, and between two of them other trees, of which each kind has one. */
export interface LineTree {
  readonly before: readonly LinePiece[]
  /** Empty where the kinds have no more than that. */
  readonly branches: readonly LineTree[]
  /** Of each kind that the tree above has the place of its branch; -1 where it has none. */
  readonly branchOf: readonly number[]
  readonly after: readonly LinePiece[]
}

/** @param lines of each kind, undefined of those that the tree is not for */
export function lineTree(lines: readonly (readonly LinePiece[] | undefined)[]): LineTree {
  const own = lines.filter((line) => line !== undefined)
  const keys = new Map(own.map((line) => [line, line.map(pieceKey)]))
  const [first] = own
  const shortest = Math.min(...own.map(({ length }) => length))
  const isShared = (at: (line: readonly LinePiece[]) => number) =>
    own.every((line) => keys.get(line)![at(line)] === keys.get(first!)![at(first!)])
  let before = 0
  while (before < shortest && isShared(() => before)) before++
  let after = 0
  while (after < shortest - before && isShared(({ length }) => length - 1 - after)) after++
  const rest = lines.map((line) => line?.slice(before, line.length - after))
  const beginnings = [...new Set(rest.flatMap((line) => (line === undefined ? [] : beginning(line))))]
  const isOne = own.length === 1 || rest.every((line) => line === undefined || line.length === 0)
  return {
    before: first!.slice(0, before),
    branches: isOne
      ? []
      : beginnings.map((each) => lineTree(rest.map((line) => (line && beginning(line) === each ? line : undefined)))),
    branchOf: rest.map((line) => (line === undefined ? -1 : beginnings.indexOf(beginning(line)))),
    after: first!.slice(first!.length - after),
  }
}

function beginning(line: readonly LinePiece[]): string {
  return line.length === 0 ? '' : pieceKey(line[0]!)
}

/** The same for pieces that write the same. */
export function pieceKey(piece: LinePiece): string {
  if (typeof piece === 'string') return piece
  switch (piece.write) {
    case 'byte':
      return `${piece.column} ${textsKey(piece)}`
    case 'list': {
      const { open, fields, close, next } = piece.marks
      return [piece.write, piece.type.pools, open, fields, close, next].join('\0')
    }
    default:
      return Object.values(piece).join('\0')
  }
}

const ofTexts = new WeakMap<BytePiece['text'], string>()

function textsKey({ text, values }: BytePiece): string {
  const known = ofTexts.get(text)
  if (known !== undefined) return known
  const key = Array.from({ length: values }, (_, byte) => text(byte)).join('\0')
  ofTexts.set(text, key)
  return key
}
