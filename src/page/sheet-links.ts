// Bytes and fields light each other up: under the pointer, and where the keyboard is.

import type { Spot } from '../inspect/index.ts'
import { hexNumber } from '../print/text.ts'
import { type ByteSheet, fieldName } from '../report/render/bytes.ts'
import { numberAt, part } from './dom.ts'

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -16, ArrowDown: 16 }

export interface SheetEvents {
  /** A byte was chosen: it is what the address names from now on. */
  readonly onChosen: (at: number) => void
  readonly say: (text: string) => void
}

export class SheetLinks {
  readonly #sheet: ByteSheet
  readonly #events: SheetEvents
  readonly #dump: HTMLElement
  readonly #bytes = new Map<number, HTMLElement[]>()
  readonly #rows = new Map<number, HTMLElement>()
  #lit: HTMLElement[] = []
  #chosen: number | undefined

  constructor(root: HTMLElement, sheet: ByteSheet, events: SheetEvents) {
    this.#sheet = sheet
    this.#events = events
    this.#dump = part(root, '[data-dump]')
    for (const element of root.querySelectorAll<HTMLElement>('[data-at]')) {
      const at = Number(element.dataset['at'])
      this.#bytes.set(at, [...(this.#bytes.get(at) ?? []), element])
    }
    for (const row of root.querySelectorAll<HTMLElement>('[data-from]')) this.#rows.set(Number(row.dataset['from']), row)
    root.onmouseover = ({ target }) => this.#show(this.#under(target))
    root.onmouseleave = () => this.#show(this.#chosen)
    root.onclick = ({ target }) => {
      const at = this.#under(target)
      if (at !== undefined && !(target instanceof Element && target.closest('a'))) this.choose(at)
    }
    root.addEventListener('focusin', ({ target }) => {
      const at = target === this.#dump ? (this.#chosen ?? sheet.offset) : numberAt(target, 'from')
      if (at !== undefined && at !== this.#chosen) this.choose(at)
    })
    root.onkeydown = (event) => this.#key(event)
  }

  /** Lights a byte's field up, and stays with it. */
  choose(at: number, scrolls = false): void {
    const spot = this.#spotAt(at)
    if (!spot) return
    this.#chosen = at
    this.#show(at)
    const row = this.#rows.get(spot.offset)
    for (const other of this.#rows.values()) other.tabIndex = other === row ? 0 : -1
    for (const [place, elements] of this.#bytes) for (const element of elements) element.classList.toggle('chosen', place === at)
    if (scrolls) {
      row?.scrollIntoView({ block: 'nearest' })
      this.#bytes.get(at)?.[0]?.scrollIntoView({ block: 'nearest' })
    }
    this.#events.say(wordsOf(spot, at))
    this.#events.onChosen(at)
  }

  /** Marks bytes that are not as they were. */
  mark(changed: (at: number) => boolean): void {
    for (const [at, elements] of this.#bytes) if (changed(at)) for (const element of elements) element.classList.add('changed')
  }

  #under(target: EventTarget | null): number | undefined {
    return numberAt(target, 'at') ?? numberAt(target, 'from')
  }

  #spotAt(at: number): Spot | undefined {
    return this.#sheet.spots.find(({ offset, size }) => at >= offset && at < offset + size)
  }

  #show(at: number | undefined): void {
    for (const element of this.#lit) element.classList.remove('lit')
    this.#lit = []
    const spot = at === undefined ? undefined : this.#spotAt(at)
    if (!spot) return
    for (let i = spot.offset; i < spot.offset + spot.size; i++) this.#lit.push(...(this.#bytes.get(i) ?? []))
    const row = this.#rows.get(spot.offset)
    if (row) this.#lit.push(row)
    for (const element of this.#lit) element.classList.add('lit')
  }

  #key(event: KeyboardEvent): void {
    const { target, key } = event
    const step = STEPS[key]
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return
    if (target === this.#dump) {
      const at = (this.#chosen ?? this.#sheet.offset) + step
      if (!this.#bytes.has(at)) return
      event.preventDefault()
      this.choose(at, true)
      return
    }
    const from = numberAt(target, 'from')
    if (from === undefined || Math.abs(step) === 1) return
    const rows = [...this.#rows.values()]
    const next = rows[rows.indexOf(this.#rows.get(from)!) + Math.sign(step)]
    if (!next) return
    event.preventDefault()
    next.focus()
  }
}

function wordsOf(spot: Spot, at: number): string {
  const { kind, value, meaning } = spot
  const what = value === undefined ? kind : `= ${value}`
  return `${hexNumber(at)}: ${fieldName(spot)} ${what}${meaning === undefined ? '' : `, ${meaning}`}`
}
