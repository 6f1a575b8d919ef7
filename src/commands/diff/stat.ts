// `diff --stat`: how much differs, ring by ring and in all.
import { changeOf, type DeviceDiff, nameOfField } from '../../diff/index.ts'
import type { Style } from '../../print/style.ts'
import { count, printable, wrapped } from '../../print/text.ts'

const BAR = 20

interface Counts {
  changed: number
  removed: number
  added: number
}

/** Collects what differs; memory does not grow with the number of comparisons. */
export class DiffStat {
  readonly #counts: Counts = { changed: 0, removed: 0, added: 0 }
  readonly #fields = new Map<string, number>()
  #rings = 0

  /** The line of one comparison; empty where nothing differs. */
  add(source: string, { hunks }: DeviceDiff, style: Style): string {
    if (hunks.length === 0) return ''
    const counts: Counts = { changed: 0, removed: 0, added: 0 }
    for (const hunk of hunks) {
      const change = changeOf(hunk)
      counts[change]++
      this.#counts[change]++
      for (const { field, kind } of hunk.differences) {
        const name = kind === 'padding' || kind === 'stale' || kind === 'reserved' ? kind : nameOfField(field)
        this.#fields.set(name, (this.#fields.get(name) ?? 0) + 1)
      }
    }
    this.#rings++
    return ` ${printable(source)} | ${hunks.length} ${bar(counts, style)}\n`
  }

  /** The lines below all of them; empty where nothing differed. */
  summary(style: Style, width: number): string {
    if (this.#rings === 0) return ''
    const { changed, removed, added } = this.#counts
    const fields = [...this.#fields].sort(([x, n], [y, m]) => m - n || (x < y ? -1 : 1)).map(([name, n]) => `${name} ${n}`)
    const lines = [
      ` ${count(this.#rings, 'ring')} differ${this.#rings === 1 ? 's' : ''}: ${changed} changed, ${removed} only in A, ${added} only in B`,
      ...wrapped(' ', fields, ', ', width),
    ]
    return `${lines.map((line) => style.bold(line)).join('\n')}\n`
  }
}

function bar({ changed, removed, added }: Counts, style: Style): string {
  const all = changed + removed + added
  const scale = Math.min(1, BAR / all)
  const part = (n: number, sign: string) => sign.repeat(n === 0 ? 0 : Math.max(1, Math.round(n * scale)))
  return style.unsure(part(changed, '~')) + style.removed(part(removed, '-')) + style.added(part(added, '+'))
}
