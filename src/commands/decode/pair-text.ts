// I/Os for people: a table of so many rows at a time, and what they add up to.
import type { Certainty } from '../../codec/ring/answered.ts'
import { shortId } from '../../codec/ring/id-text.ts'
import { BLKIF_RSP_OKAY, NO_SECTOR } from '../../codec/xen/blkif.ts'
import { statusName } from '../../codec/xen/operations.ts'
import { SLOT_MARKS } from '../../print/ring-picture.ts'
import type { Paint, Style } from '../../print/style.ts'
import { type Cell, type Column, tableOf } from '../../print/table.ts'
import { count } from '../../print/text.ts'
import type { PlacedIo } from './pair-row.ts'

export interface PairTextOptions {
  readonly style: Style
  readonly width: number
  /** There are several snapshots, several queues: columns say which. */
  readonly hasSnapshots: boolean
  readonly hasQueues: boolean
}

type PairColumn = Column & { readonly cell: (io: PlacedIo, style: Style) => Cell }

const left = (title: string, cell: PairColumn['cell']): PairColumn => ({ title, align: 'left', cell })
const right = (title: string, cell: PairColumn['cell']): PairColumn => ({ title, align: 'right', cell })
const known = (value: number | bigint | null | undefined): string => (value === undefined || value === null ? '?' : String(value))

/** Lines of a table of I/Os, titles first. */
export function pairTable(ios: readonly PlacedIo[], { style, width, hasSnapshots, hasQueues }: PairTextOptions): string[] {
  const columns = [
    left('', mark),
    ...(hasQueues ? [right('queue', ({ queue }) => ({ text: queue === undefined ? '' : String(queue) }))] : []),
    left('op', (io) => ({ text: opOf(io), paint: style.ops[io.indirect_op ?? io.op] })),
    right('id', ({ id }) => ({ text: shortId(id) })),
    right('sector_number', ({ sent }) => ({ text: sent?.sector_number === NO_SECTOR ? '-' : known(sent?.sector_number) })),
    right('sectors', ({ sent }) => ({ text: known(sent?.nr_sectors) })),
    right('sent at', ({ sent }) => ({ text: known(sent?.index) })),
    right('answered at', ({ answered, isAnswered }) => ({
      text: answered ? String(answered.index) : isAnswered === 'yes' ? '?' : '',
    })),
    ...(hasSnapshots ? [right('snapshots', ({ from, to }) => ({ text: from === to ? String(from) : `${from}-${to}` }))] : []),
    { ...left('notes', notes), words: true as const },
  ]
  const table = tableOf(
    columns,
    ios.map((io) => columns.map(({ cell }) => cell(io, style))),
    style.dim,
    width,
  )
  return [...table.titles, ...table.rows.flat()]
}

function opOf({ op, operation, indirect_op }: PlacedIo): string {
  if (op === 'indirect' && indirect_op !== undefined) return `indirect ${indirect_op}`
  return op === 'unknown' ? `unknown ${operation}` : op
}

const OPEN_MARKS: Readonly<Record<Certainty, readonly [char: string, paint: (style: Style) => Paint]>> = {
  no: [SLOT_MARKS['in-flight'].char, ({ bold }) => bold],
  unlikely: [SLOT_MARKS['in-flight'].char, ({ bold }) => bold],
  maybe: [SLOT_MARKS['maybe-answered'].char, ({ unsure }) => unsure],
  yes: [SLOT_MARKS.answered.char, ({ dim }) => dim],
}

/** As in the table of slots. */
function mark({ answered, isAnswered, pairing }: PlacedIo, style: Style): Cell {
  if (!answered) {
    const [text, paint] = OPEN_MARKS[isAnswered]
    return { text, paint: paint(style) }
  }
  if (answered.status !== BLKIF_RSP_OKAY) return { text: SLOT_MARKS.error.char, paint: style.bad }
  return pairing === 'maybe'
    ? { text: SLOT_MARKS['maybe-answered'].char, paint: style.unsure }
    : { text: SLOT_MARKS.response.char, paint: style.dim }
}

const NOTES: Readonly<Record<Certainty, string>> = {
  no: 'in flight',
  unlikely: 'in flight, as far as is seen',
  maybe: 'may be answered',
  yes: 'answered, the response was not seen',
}

function notes({ answered, isAnswered, pairing }: PlacedIo, style: Style): Cell {
  if (!answered) return { text: NOTES[isAnswered], paint: isAnswered === 'maybe' ? style.unsure : undefined }
  const { status } = answered
  const isOkay = status === BLKIF_RSP_OKAY
  const words = isOkay ? 'OKAY' : `${statusName(status) ?? 'error'} (${status})`
  const why =
    pairing === 'maybe'
      ? ' (perhaps of this request)'
      : pairing === 'in-order'
        ? ' (if responses came in order)'
        : pairing === undefined
          ? ' (the request was not seen)'
          : ''
  return { text: words + why, paint: isOkay ? (pairing === 'maybe' ? style.unsure : style.dim) : style.bad }
}

/** How many I/Os of each kind there were. */
export class PairSums {
  #answered = 0
  #alone = 0
  #doubtful = 0
  #lost = 0
  #inFlight = 0

  add({ answered, isAnswered, pairing }: PlacedIo): void {
    if (answered && pairing === undefined) this.#alone++
    else if (pairing === 'maybe' || (!answered && isAnswered === 'maybe')) this.#doubtful++
    else if (answered) this.#answered++
    else if (isAnswered === 'yes') this.#lost++
    else this.#inFlight++
  }

  text(): string {
    const parts = [
      [this.#answered, 'answered'],
      [this.#inFlight, 'in flight'],
      [this.#doubtful, 'in doubt'],
      [this.#lost, 'answered by a response that was not seen'],
      [this.#alone, 'of which only the response was seen'],
    ] as const
    const all = parts.reduce((sum, [n]) => sum + n, 0)
    const words = parts.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`)
    return all === 0 ? 'no I/Os\n' : `${count(all, 'I/O')}: ${words.join(', ')}\n`
  }
}
