// What Windows' xenvbd writes on Xen's console when it is asked for its state (src/xenvbd/ring.c of the Windows PV drivers, its
// debug callback; `xl debug-keys q` raises it), one line a value:
//   XENVBD|RING: Shared: req_prod / req_event - rsp_prod / rsp_event
//   XENVBD|RING: Front: req_prod_pvt / rsp_cons (nr_ents)

import type { Testimony } from '../capture/testimony.ts'
import { timeIn } from './clock.ts'
import { indicesIn, type TestimonyDraft } from './draft.ts'

const LINE = /\bXENVBD\|[A-Z]+:[ \t]*(.*)$/i
const GUEST = /\b(HVM\d{1,5}|d\d{1,5}(?:v\d{1,4})?)(?=:|\b)/
const INDEX = String.raw`(\d{1,10})[ \t]*`
const SHARED = new RegExp(String.raw`\bShared[ \t]*:[ \t]*${INDEX}/[ \t]*${INDEX}-[ \t]*${INDEX}/[ \t]*${INDEX}$`, 'i')
const FRONT = new RegExp(String.raw`\bFront[ \t]*:[ \t]*${INDEX}/[ \t]*${INDEX}\([ \t]*${INDEX}\)`, 'i')
const GRANT = /\bGrants\[[ \t]*\d{1,2}[ \t]*\][ \t]*:[ \t]*(?:0x)?[\da-f]+[ \t]*\((\d{1,10})\)/i
const CHANNEL = /\bChannel[ \t]*:[ \t]*(?:0x)?[\da-f]+[ \t]*\((\d{1,10})\)/i

/** Takes the lines of a text one after another. */
export class WindowsDebug {
  readonly testimonies: Testimony[] = []
  /** By the guest, the ring whose lines are being read. */
  readonly #drafts = new Map<string, TestimonyDraft>()

  /** @returns whether something was read from the line */
  line(text: string, number: number): boolean {
    const body = LINE.exec(text.trimEnd())?.[1]
    if (body === undefined) return false
    const guest = GUEST.exec(text)?.[1] ?? ''
    const shared = SHARED.exec(body)
    const front = FRONT.exec(body)
    const grant = GRANT.exec(body)
    const channel = CHANNEL.exec(body)
    if (!shared && !front && !grant && !channel) return false
    if (shared) this.#end(guest)
    let draft = this.#drafts.get(guest)
    if (draft && front && 'rsp_cons' in draft.known) {
      this.#end(guest)
      draft = undefined
    }
    draft ??= {
      form: "xenvbd's debug callback",
      lines: [number, number],
      device: guest || undefined,
      time: timeIn(text),
      shared: {},
      known: {},
    }
    this.#drafts.set(guest, draft)
    draft.lines = [draft.lines[0], number]
    if (shared) {
      const [req_prod, req_event, rsp_prod, rsp_event] = indicesIn(shared)
      draft.shared = { req_prod: req_prod!, req_event: req_event!, rsp_prod: rsp_prod!, rsp_event: rsp_event! }
    }
    if (front) {
      const [req_prod_pvt, rsp_cons] = indicesIn(front)
      draft.known = { req_prod_pvt, rsp_cons }
      draft.nr_ents = Number(front[3])
    }
    if (grant) draft.ringRefs = [...(draft.ringRefs ?? []), Number(grant[1])]
    if (channel) draft.evtchn = Number(channel[1])
    return true
  }

  end(): void {
    for (const guest of [...this.#drafts.keys()]) this.#end(guest)
    this.testimonies.sort((a, b) => a.lines[0] - b.lines[0])
  }

  #end(guest: string): void {
    const draft = this.#drafts.get(guest)
    this.#drafts.delete(guest)
    if (!draft || (Object.keys(draft.shared).length === 0 && Object.keys(draft.known).length === 0)) return
    // A guest has a ring for each of its disks: the page's grant tells them apart.
    const page = draft.ringRefs?.[0]
    this.testimonies.push({
      ...draft,
      device: [guest, page === undefined ? '' : `ring-ref ${page}`].filter(Boolean).join(' ') || undefined,
    })
  }
}
