// Statements about one device or queue, sorted by what they are, each to its witness.
import { messageNamed } from '../../evidence/messages/table.ts'
import type { MessageStatement, Statement } from '../../evidence/statement.ts'
import type { Weighing } from './weighing.ts'
import { weighBusy } from './witnesses/busy.ts'
import { weighCounters } from './witnesses/counters.ts'
import { weighMessages } from './witnesses/messages.ts'
import { weighPorts } from './witnesses/ports.ts'
import { weighStorage } from './witnesses/storage.ts'
import { weighThreads } from './witnesses/threads.ts'

/** Holds what is said against the verdicts, in the order in which the firmer comes first. */
export function weigh(statements: readonly Statement[], w: Weighing): void {
  const of = <K extends Statement['kind']>(kind: K) =>
    statements.filter((one): one is Extract<Statement, { kind: K }> => one.kind === kind)
  const messages = of('message')
  const isSign = ({ message }: MessageStatement) => messageNamed(message)?.sign !== undefined
  weighThreads(of('thread'), w)
  weighPorts(of('port'), w)
  weighBusy(of('busy'), w)
  weighStorage(of('storage'), w)
  weighMessages(messages.filter(isSign), messages, w)
  weighCounters(of('counter'), w)
  weighMessages(
    messages.filter((one) => !isSign(one)),
    messages,
    w,
  )
}
