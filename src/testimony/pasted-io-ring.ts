// io_ring as people paste it: behind a prompt, headed by `==> path <==`, each line behind its path as `grep -H` prints it, again and
// again from a loop, with a second number in brackets; and what xen-ringwatch of the Xen tools prints of the same file.

import type { Testimony } from '../capture/testimony.ts'
import { type Clock, timeIn } from './clock.ts'
import { indicesIn, type TestimonyDraft } from './draft.ts'
import type { IoRing } from './io-ring.ts'

const NUMBER = String.raw`(-?\d{1,10})(?:[ \t]*[([][^)\]]{1,24}[)\]])?`
const WORDS = (first: string, second: string) =>
  new RegExp(String.raw`\b${first}[ \t]+prod[ \t:=]+${NUMBER}[ \t,]+${second}[ \t:=]+${NUMBER}[ \t,]+event[ \t:=]+${NUMBER}`, 'i')
const ENTRIES = /\bnr_ents[ \t:=]+(\d{1,6})\b/i
const REQUESTS = WORDS('req', 'cons')
const RESPONSES = WORDS('rsp', 'pvt')
/** `vbd3-DOMID-DEVID` is of tapdisk, `vbd-DOMID-DEVID` of XenServer's blkback. */
const PLACE = /\b(vbd3?-\d{1,5}-\d{1,10})\b/
const RINGWATCH =
  /RingState\(size=(\d{1,6}), Req\(prod=(-?\d{1,10}), cons=(-?\d{1,10}), event=(-?\d{1,10})\), Rsp\(prod=(-?\d{1,10}), pvt=(-?\d{1,10}), event=(-?\d{1,10})\)\)/
/** tapdisk writes it at most so often (drivers/td-blkif.c). */
const TAPDISK_LAG = 5

/** What tapdisk's own file says. @param device what its place is called, `vbd3-DOMID-DEVID` */
export function testimonyOfIoRing({ nr_ents, checksum: _, ...indices }: IoRing, device: string | undefined): Testimony {
  const { req_prod, req_event, rsp_prod, rsp_event, req_cons, rsp_prod_pvt } = indices
  return {
    form: 'io_ring',
    lines: [1, 3],
    device,
    nr_ents,
    shared: { req_prod, req_event, rsp_prod, rsp_event },
    known: { req_cons, rsp_prod_pvt },
    ...lagOf(device),
  }
}

/** What XenServer's blkback shows is of the moment; of an io_ring without a place it is not known whose it is. */
function lagOf(device: string | undefined): Pick<Testimony, 'lag'> {
  return device?.startsWith('vbd-') ? {} : { lag: TAPDISK_LAG }
}

/** Takes the lines of a text one after another. */
export class PastedIoRing {
  readonly testimonies: Testimony[] = []
  readonly #clock: Clock
  #draft: TestimonyDraft | undefined
  #device: string | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @returns whether something was read from the line */
  line(text: string, number: number): boolean {
    const watched = RINGWATCH.exec(text)
    if (watched) return this.#watched(text, watched, number)
    const place = PLACE.exec(text)?.[1]
    if (place !== undefined && place !== this.#device) {
      this.#end()
      this.#device = place
    }
    const entries = ENTRIES.exec(text)
    const requests = REQUESTS.exec(text)
    const responses = RESPONSES.exec(text)
    if (entries)
      this.#begin(number, (draft) => draft.nr_ents !== undefined || 'req_prod' in draft.shared).nr_ents = Number(entries[1])
    if (requests) {
      const [prod, cons, event] = indicesIn(requests)
      const draft = this.#begin(number, ({ shared }) => 'req_prod' in shared)
      draft.shared = { ...draft.shared, req_prod: prod!, req_event: event! }
      draft.known = { ...draft.known, req_cons: cons }
    }
    if (responses) {
      const [prod, pvt, event] = indicesIn(responses)
      const draft = this.#begin(number, ({ shared }) => 'rsp_prod' in shared)
      draft.shared = { ...draft.shared, rsp_prod: prod!, rsp_event: event! }
      draft.known = { ...draft.known, rsp_prod_pvt: pvt }
    }
    return entries !== null || requests !== null || responses !== null || (place !== undefined && /io_ring/.test(text))
  }

  end(): void {
    this.#end()
  }

  /** @param isTaken what a line says is said already: it begins the next */
  #begin(number: number, isTaken: (draft: TestimonyDraft) => boolean): TestimonyDraft {
    if (this.#draft && isTaken(this.#draft)) this.#end()
    this.#draft ??= {
      form: 'io_ring',
      lines: [number, number],
      device: this.#device,
      time: this.#clock.now,
      shared: {},
      known: {},
      ...lagOf(this.#device),
    }
    this.#draft.lines = [this.#draft.lines[0], number]
    return this.#draft
  }

  #end(): void {
    const draft = this.#draft
    this.#draft = undefined
    if (draft && Object.keys(draft.shared).length > 0) this.testimonies.push(draft)
  }

  #watched(text: string, found: RegExpExecArray, number: number): boolean {
    this.#end()
    const [size, req_prod, req_cons, req_event, rsp_prod, rsp_prod_pvt, rsp_event] = [Number(found[1]), ...indicesIn(found, 2)]
    this.testimonies.push({
      form: 'xen-ringwatch',
      lines: [number, number],
      device: PLACE.exec(text)?.[1],
      time: timeIn(text) ?? this.#clock.now,
      nr_ents: size,
      shared: { req_prod: req_prod!, req_event: req_event!, rsp_prod: rsp_prod!, rsp_event: rsp_event! },
      known: { req_cons, rsp_prod_pvt },
    })
    return true
  }
}
