import { indirectName } from '../../capture/dump-names.ts'
import { originLines } from '../../capture/origin.ts'
import { type FoundImage, placeText, protocolOfRing } from '../../image/index.ts'
import { hexNumber, printable } from '../../print/text.ts'
import { type Salvaged, salvagedText } from './salvage.ts'
import { ringEvidence } from './words.ts'

export interface OriginNames {
  readonly source: string
  readonly grantTable: string | undefined
  readonly data?: Salvaged | undefined
}

/** Where a ring that was taken out of an image came from: the text of origin.txt. */
export function originText(image: FoundImage, n: number, { source, grantTable, data }: OriginNames): string {
  const ring = image.rings[n]!
  const { map, tables } = image
  const table = tables.find((t) => t.table === ring.table)
  const lines = [
    `Taken out of a memory image by blkring find.`,
    ...originLines(
      { image: printable(source), place: placeText(ring.offsets), protocol: protocolOfRing(ring, map) },
      { format: map.format, ring: n, score: ring.score.score },
    ),
    ...(ring.numbers ? [`frame of the first: pfn ${hexNumber(ring.numbers.pfn)}, gmfn ${hexNumber(ring.numbers.gmfn)}`] : []),
    ...(table
      ? [
          `grant table: ${table.offset === undefined ? printable(grantTable ?? '') : `at ${hexNumber(table.offset)}`}, version ${table.table.version}`,
        ]
      : []),
    ...[...ring.indirect].map(([gref, { offset }]) => `${indirectName(gref)} at: ${hexNumber(offset)}`),
    ...(ring.missing.length > 0 ? [`not found: indirect pages of references ${ring.missing.join(' ')}`] : []),
    ...(data ? [`data of requests in flight: ${salvagedText(data)}`] : []),
    ...ringEvidence(ring, map).map((word) => `evidence: ${word}`),
  ]
  return lines.map((line) => `${line}\n`).join('')
}
