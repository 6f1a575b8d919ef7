// Lines of logs that the table of messages knows. A log repeats itself: lines alike, but for their numbers, are one statement.
import { subjectOfValues } from '../messages/message.ts'
import { messageOf } from '../messages/table.ts'
import type { Paste, Reading } from '../reader.ts'
import type { MessageStatement } from '../statement.ts'

interface Repeated {
  statement: MessageStatement
  readonly lines: number[]
}

/** The last of lines alike is kept: what counts is how it ended. */
export function* messageReader({ source, lines }: Paste): Generator<Reading> {
  const found = new Map<string, Repeated>()
  for (const { text, label, number, at } of lines) {
    const known = (label === '' ? undefined : messageOf(label + text)) ?? messageOf(text)
    if (!known) continue
    const { message, values } = known
    const of = subjectOfValues(values)
    const key = JSON.stringify([message.name, of.domid, of.vdev, of.disk, of.queue, values['task']])
    const before = found.get(key)
    const statement: MessageStatement = {
      kind: 'message',
      source,
      line: number,
      of,
      message: message.name,
      text: text.trim(),
      values,
      at,
      firstAt: before ? before.statement.firstAt : at,
      times: (before?.statement.times ?? 0) + 1,
    }
    if (before) {
      before.statement = statement
      before.lines.push(number)
    } else found.set(key, { statement, lines: [number] })
  }
  for (const { statement, lines } of found.values()) yield { statement, lines }
}
