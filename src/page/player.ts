// The slider of a series: one moment after another, by hand or by itself.
import { h } from '../report/markup.ts'
import type { ReportRing } from '../report/model.ts'
import { fill, part } from './dom.ts'

const EACH_MS = 250

export class SeriesPlayer {
  readonly #root: HTMLElement
  readonly #ring: ReportRing
  readonly #onMoment: (moment: number) => void
  #timer: ReturnType<typeof setInterval> | undefined
  #moment: number

  /** @param number of the ring */
  constructor(root: HTMLElement, ring: ReportRing, number: number, onMoment: (moment: number) => void) {
    this.#root = root
    this.#ring = ring
    this.#onMoment = onMoment
    const last = ring.moments.length - 1
    this.#moment = last
    const button = (action: string, text: string, label: string) =>
      h('button', { type: 'button', 'data-do': action, 'aria-label': label }, text)
    fill(part(root, '[data-part=player]'), [
      h(
        'div',
        { class: 'player' },
        button('back', '◀', 'snapshot before'),
        button('play', 'Play', 'play'),
        button('on', '▶', 'next snapshot'),
        h('label', { for: `moment-${number}` }, 'snapshot'),
        h('input', { type: 'range', id: `moment-${number}`, min: 0, max: last, value: last }),
        h('output', { for: `moment-${number}` }),
      ),
      h('p', { class: 'changes' }),
    ])
    part(root, 'input[type=range]').oninput = ({ target }) => this.#go(Number((target as HTMLInputElement).value))
    part(root, '.player').onclick = ({ target }) => {
      const action = target instanceof HTMLElement ? target.dataset['do'] : undefined
      if (action === 'play') this.#toggle()
      else if (action !== undefined) this.#go(this.#moment + (action === 'on' ? 1 : -1))
    }
    part(root, '.depth svg').onclick = (event) => {
      const box = (event.currentTarget as Element).getBoundingClientRect()
      this.#go(Math.floor(((event.clientX - box.left) / box.width) * ring.moments.length))
    }
  }

  /** Shows which moment it is, and what is said of it. */
  show(moment: number, changes: string): void {
    const { moments } = this.#ring
    this.#moment = moment
    const slider = part(this.#root, 'input[type=range]') as HTMLInputElement
    slider.value = String(moment)
    slider.setAttribute('aria-valuetext', `${moment + 1} of ${moments.length}`)
    fill(part(this.#root, 'output'), `${moment + 1} of ${moments.length}: ${moments[moment]!.source}`)
    fill(part(this.#root, '.changes'), changes)
    const now = part(this.#root, '.depth .now')
    now.setAttribute('x', String((moment * 600) / moments.length))
  }

  #go(moment: number): void {
    if (moment >= 0 && moment < this.#ring.moments.length && moment !== this.#moment) this.#onMoment(moment)
  }

  #toggle(): void {
    const playing = this.#timer !== undefined
    clearInterval(this.#timer)
    this.#timer = undefined
    if (!playing) {
      const last = this.#ring.moments.length - 1
      if (this.#moment === last) this.#go(0)
      this.#timer = setInterval(() => {
        if (this.#moment === last || !this.#root.isConnected) this.#toggle()
        else this.#go(this.#moment + 1)
      }, EACH_MS)
    }
    const button = part(this.#root, '[data-do=play]')
    fill(button, playing ? 'Play' : 'Pause')
    button.setAttribute('aria-label', playing ? 'play' : 'pause')
  }
}
