// What the host says of the storage below a backend and of its threads: `dmsetup info`, `ps` with wchan.
import type { Paste, Reading } from '../reader.ts'
import type { StorageStatement } from '../statement.ts'

const NAME = /^Name:\s+(?<name>\S{1,128})$/
const STATE = /^State:\s+(?<state>ACTIVE|SUSPENDED)/
const NUMBER = /^Major, minor:\s+(?<major>\d{1,5}), (?<minor>\d{1,8})$/
/** A thread of blkback in a listing of processes, with where it sleeps: `297  2 S  xen_blkif_schedule  [1.xvda-0]`. */
const THREAD =
  /^\s*\d{1,8}\s.{0,160}?(?<wchan>[A-Za-z_]\w{0,40}|-|0)\s+\[(?<thread>(?<domid>\d{1,5})\.(?<disk>[A-Za-z][\w.]{0,20}?)(?:-(?<queue>\d{1,4}))?)\]\s*$/
/** Columns of `ps` that are no name of a function. */
const NO_FUNCTION = /^(?:[RSDTZIXKW][<NLsl+]*|root|-|0)$/

export function* hostReader({ source, lines }: Paste): Generator<Reading> {
  let device: { name: string; state: string | undefined; lines: number[] } | undefined
  for (const { text, number } of lines) {
    if (text.length > 400) continue
    const name = NAME.exec(text)?.groups?.['name']
    if (name !== undefined) device = { name, state: undefined, lines: [number] }
    const state = STATE.exec(text)?.groups?.['state']
    if (device && state !== undefined) {
      device.state = state
      device.lines.push(number)
    }
    const numbers = NUMBER.exec(text)?.groups
    if (device?.state !== undefined && numbers) {
      const { name, state, lines } = device
      const statement: StorageStatement = {
        kind: 'storage',
        source,
        line: lines[0],
        of: {},
        device: name,
        number: `${Number(numbers['major']).toString(16)}:${Number(numbers['minor']).toString(16)}`,
        suspended: state === 'SUSPENDED',
      }
      yield { statement, lines: [...lines, number] }
      device = undefined
    }
    const thread = THREAD.exec(text)?.groups
    if (thread && !NO_FUNCTION.test(thread['wchan']!)) {
      const queue = thread['queue'] === undefined ? undefined : Number(thread['queue'])
      const of = { domid: Number(thread['domid']), disk: thread['disk'], queue }
      const statement = {
        kind: 'thread',
        source,
        line: number,
        of,
        thread: thread['thread']!,
        side: 'backend',
        frames: [thread['wchan']!],
      } as const
      yield { statement, lines: [number] }
    }
  }
}
