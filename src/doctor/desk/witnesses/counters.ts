// Numbers that only grow: from one print to the next they tell what moved, and of one print alone nothing about a hang.
import { count } from '../../../codec/struct/count.ts'
import type { CounterStatement } from '../../../evidence/statement.ts'
import type { Weighing } from '../weighing.ts'

/** What a counter counts, in the words of a sentence. */
const NAMES: Readonly<Record<string, string>> = {
  rd_req: 'reads handed on',
  wr_req: 'writes handed on',
  f_req: 'flushes handed on',
  ds_req: 'discards handed on',
  rd_sect: 'sectors read',
  wr_sect: 'sectors written',
  oo_req: 'times that every request of the backend was in use',
  interrupts: 'interrupts',
}
/** log_stats sets these back to 0 whenever it prints them. */
const RESET = new Set(['rd_req', 'wr_req', 'ds_req', 'oo_req'])

export function weighCounters(all: readonly CounterStatement[], w: Weighing): void {
  const series = new Map<string, CounterStatement[]>()
  for (const one of all) {
    const key = JSON.stringify([one.side, one.counter, one.of.irq])
    const before = series.get(key)
    if (before) before.push(one)
    else series.set(key, [one])
  }
  const moved: string[] = []
  const still: string[] = []
  let last: CounterStatement | undefined
  for (const [first, ...more] of series.values()) {
    const now = more.at(-1)
    if (!first || !now || now.source === first.source) continue
    last = now
    if (now.value < first.value)
      w.remark(
        now,
        `${words(now)} went back from ${first.value} to ${now.value}: ${RESET.has(now.counter) ? 'log_stats set it back' : 'the device was connected anew, or the prints are in another order'}.`,
      )
    else if (now.value > first.value) moved.push(`${words(now)} by ${now.value - first.value}`)
    else still.push(words(now))
  }
  if (last && moved.length > 0)
    w.remark(
      last,
      `Between two prints grew: ${moved.join(', ')}${still.length > 0 ? `; stood still: ${still.join(', ')}` : ''}. Requests are counted when they are handed on, not when they are answered: this shows a backend that takes, or a side that is told, and not that the disk answers.`,
    )
  else if (last && still.length > 0)
    w.remark(
      last,
      `The same in two prints: ${still.join(', ')}. If time passed between them, nothing was handed on and nobody was told meanwhile; an idle disk looks the same.`,
    )
  const single = all.filter((one) => one.counter === 'oo_req' && one.value > 0).at(-1)
  if (single)
    w.remark(
      single,
      `${count(single.value, 'time')} every request of the backend was in use: it took no more until one was answered.`,
    )
  if (series.size > 0 && !last) once(all.at(-1)!, w)
}

function words({ counter, side, of }: CounterStatement): string {
  const irq = of.irq === undefined ? '' : ` of irq ${of.irq}`
  return `${NAMES[counter] ?? counter}${irq}${counter === 'interrupts' ? ` (${side})` : ''}`
}

function once(one: CounterStatement, w: Weighing): void {
  w.remark(
    one,
    `Counters at one moment${RESET.has(one.counter) || one.side === 'backend' ? ' (log_stats sets reads, writes and discards back to 0 each time it prints)' : ''}: they prove nothing of a hang. The same print again, some seconds later, shows what moved.`,
  )
}
