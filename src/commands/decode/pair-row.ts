// The row of an I/O: one table, of which JSON, CSV, the schema and the columns of the text are made.
import { CERTAINTIES } from '../../codec/batch/batch.ts'
import { opName } from '../../codec/xen/operations.ts'
import { PAIRINGS, type PairedIo } from '../../pairs/paired-io.ts'
import { json, type Shape } from '../../print/shape.ts'
import { queue, source } from '../../rows/shapes.ts'

/** An I/O and where it was seen. */
export interface PlacedIo extends PairedIo {
  readonly source: string
  readonly queue: number | undefined
}

interface PairField {
  readonly shape: Shape<string> | Shape<number> | Shape<string | null> | Shape<number | null> | Shape<string | number | null>
  /** @returns undefined where the row does not have it */
  readonly of: (io: PlacedIo) => string | number | null | undefined
}

const OPS = [...new Set(Array.from({ length: 256 }, (_, operation) => opName(operation)))]
const place = (index: number | undefined) => index ?? null

export const PAIR_FIELDS = {
  source: { shape: source, of: (io) => io.source },
  queue: { shape: queue, of: (io) => io.queue },
  op: { shape: json.word(OPS, 'of the request, or where only its response was seen, of that'), of: (io) => io.op },
  operation: { shape: json.integer('the same as the number on the wire'), of: (io) => io.operation },
  indirect_op: {
    shape: json.optional(json.word(OPS, 'of an indirect request what is done with the data')),
    of: (io) => io.indirect_op,
  },
  id: { shape: json.decimal('of both'), of: (io) => String(io.id) },
  sector_number: {
    shape: json.nullable(json.decimal('first sector of the request; null where that was not seen')),
    of: ({ sent }) => (sent ? String(sent.sector_number) : null),
  },
  nr_sectors: {
    shape: json.nullable(json.either(json.integer(), json.decimal())),
    of: ({ sent }) => (typeof sent?.nr_sectors === 'bigint' ? String(sent.nr_sectors) : (sent?.nr_sectors ?? null)),
  },
  requestIndex: {
    shape: json.nullable(json.integer('free-running index of the request; null where it cannot be told')),
    of: ({ sent }) => place(sent?.index),
  },
  responseIndex: {
    shape: json.nullable(json.integer('free-running index of the response; null where none was seen')),
    of: ({ answered }) => place(answered?.index),
  },
  status: { shape: json.nullable(json.integer('of the response')), of: ({ answered }) => place(answered?.status) },
  answered: { shape: json.word(CERTAINTIES, 'whether it was answered'), of: (io) => io.isAnswered },
  pairing: {
    shape: json.nullable(json.word(PAIRINGS, 'why the two are one I/O; null where one of them was not seen')),
    of: (io) => io.pairing ?? null,
  },
  firstSnapshot: { shape: json.integer('first snapshot that shows it'), of: (io) => io.from },
  lastSnapshot: { shape: json.integer('first snapshot that shows it answered, else the last one'), of: (io) => io.to },
} as const satisfies Readonly<Record<string, PairField>>

/** A line of `decode --pair --ndjson`. */
export const PAIR_LINE = json.object(
  Object.fromEntries(Object.entries(PAIR_FIELDS).map(([name, { shape }]) => [name, shape])) as {
    readonly [K in keyof typeof PAIR_FIELDS]: (typeof PAIR_FIELDS)[K]['shape']
  },
  'an I/O',
)

const FIELDS: readonly (readonly [string, PairField])[] = Object.entries(PAIR_FIELDS)

/** The values of a row by name, without those that it does not have. */
export function pairJson(io: PlacedIo): { readonly [name: string]: string | number | null } {
  return Object.fromEntries(
    FIELDS.flatMap(([name, { of }]) => {
      const value = of(io)
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

export const PAIR_CSV_HEAD = `${FIELDS.map(([name]) => name).join(',')}\n`

/** A line of CSV; what is null or absent is empty. */
export function pairCsv(io: PlacedIo): string {
  return `${FIELDS.map(([, { of }]) => quoted(of(io) ?? '')).join(',')}\n`
}

/** The source is a name of a file, which may have anything in it. */
function quoted(value: string | number): string {
  const text = String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
