// Lines of logs. A line says that something happened at its time; what came after it may have undone it.
import { messageNamed } from '../../../evidence/messages/table.ts'
import type { MessageStatement } from '../../../evidence/statement.ts'
import type { Weighing } from '../weighing.ts'

/** @param all lines of the device, also those that are weighed apart */
export function weighMessages(messages: readonly MessageStatement[], all: readonly MessageStatement[], w: Weighing): void {
  const seen = new Set<string>()
  // A log is often there twice: the later one has what the earlier has.
  for (const one of messages.toReversed()) {
    if (seen.has(one.message)) continue
    seen.add(one.message)
    weighMessage(one, undoneBy(one, all), w)
  }
}

/** The connection that came later in the same log: what a driver said of the one before is past. */
function undoneBy(one: MessageStatement, all: readonly MessageStatement[]): MessageStatement | undefined {
  const row = messageNamed(one.message)
  if (!row?.sign || row.sign.verdict === 'io-errors') return undefined
  return all.find(
    (other) => /-connected$/.test(other.message) && other.source === one.source && (other.line ?? 0) > (one.line ?? 0),
  )
}

function weighMessage(one: MessageStatement, undone: MessageStatement | undefined, w: Weighing): void {
  const row = messageNamed(one.message)
  if (!row) return
  const times = one.times > 1 ? ` (${one.times} lines like it)` : ''
  const later = undone ? ` The device connected again at line ${undone.line}: that is past.` : ''
  const next = row.next === undefined || undone ? '' : ` To settle: ${row.next}.`
  const rule = row.rule === undefined ? '' : ` Rule ${row.rule}.`
  w.remark(one, `"${one.text.slice(0, 120)}"${times}: ${row.means}${later}${rule}${next}`)
  const { sign } = row
  if (!sign || undone) return
  // Who connects, and whether, a ring or a listing tells better.
  if (w.sums && sign.verdict !== 'disk-disabled' && sign.verdict !== 'corrupt-indices') return
  if (sign.sureness === 'may' && w.verdicts.length > 0) return
  if (w.has(sign.verdict)) {
    w.raise(sign.verdict, sign.sureness, `The log says so (${one.source}${one.line === undefined ? '' : `:${one.line}`}).`)
    return
  }
  w.add({ verdict: sign.verdict, problem: true, sureness: sign.sureness, text: `By the log: ${row.means}`, causes: [] })
}
