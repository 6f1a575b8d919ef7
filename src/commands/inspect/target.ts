// Which part of a ring was asked for, or why there is no such part.

import { DumpError } from '../../capture/dump-error.ts'
import { dataName, indirectName } from '../../capture/dump-names.ts'
import { slotOf } from '../../codec/ring/ring-idx.ts'
import {
  dataGrefsInFlight,
  dataPageView,
  grefsInFlight,
  locate,
  locateInPage,
  pageView,
  type RingView,
} from '../../inspect/index.ts'
import { hexNumber } from '../../print/text.ts'
import type { Target } from './text.ts'

export interface TargetOptions {
  readonly slot: number | undefined
  /** A free-running index. */
  readonly index: number | undefined
  /** Bytes from the start of the ring; with `indirect`, of the page. */
  readonly at: number | undefined
  /** Reference of an indirect page. */
  readonly indirect: number | undefined
  /** Reference of a page of data. */
  readonly data: number | undefined
}

const LAST_INDEX = 2 ** 32 - 1

/** @param source the ring's name, for errors @throws DumpError that says what there is */
export function targetOf(view: RingView, source: string, { slot, index, at, indirect, data }: TargetOptions): Target {
  const { nr_ents, bytes } = view.ring.geometry
  const check = (what: string, value: number, last: number, show: (n: number) => string = String) => {
    if (value > last) throw new DumpError(source, `no ${what} ${show(value)}`, `they go from ${show(0)} to ${show(last)}`)
  }
  if (indirect !== undefined) {
    const page = pageView(view, indirect) ?? missingPage(view, source, indirect)
    if (at === undefined) return { kind: 'page', page }
    check('offset', at, page.bytes.length - 1, hexNumber)
    return { kind: 'location', location: locateInPage(page, at) }
  }
  if (data !== undefined) return { kind: 'data', data: dataPageView(view, data) ?? missingData(view, source, data) }
  if (at !== undefined) {
    check('offset', at, bytes - 1, hexNumber)
    return { kind: 'location', location: locate(view, at) }
  }
  if (slot !== undefined) {
    check('slot', slot, nr_ents - 1)
    return { kind: 'slot', slot, index: undefined }
  }
  if (index !== undefined) {
    if (index > LAST_INDEX) throw new DumpError(source, `no index ${index}`, `indices: 0 to ${LAST_INDEX}, and then 0 again`)
    return { kind: 'slot', slot: slotOf(index, nr_ents), index }
  }
  return { kind: 'ring' }
}

function missingPage(view: RingView, source: string, gref: number): never {
  const grefs = grefsInFlight(view.ring)
  const named = grefs.length === 0 ? 'no request in flight names one' : `requests in flight name ${grefs.join(', ')}`
  throw new DumpError(source, `no readable ${indirectName(gref)} beside it`, named)
}

const SHOWN = 8

function missingData(view: RingView, source: string, gref: number): never {
  const grefs = dataGrefsInFlight(view.ring)
  const beside = grefs.filter((g) => view.dataPages?.get(g))
  const some = beside.slice(0, SHOWN).join(', ') + (beside.length > SHOWN ? ` and ${beside.length - SHOWN} more` : '')
  const which = grefs.includes(gref) ? 'a request in flight names it' : `requests in flight name ${grefs.length} others`
  const there =
    beside.length > 0 ? `those of ${some} are here` : 'blkring find --extract DIR --data writes those that a memory image has'
  throw new DumpError(source, `no readable ${dataName(gref)} beside it`, `${which}; ${there}`)
}
