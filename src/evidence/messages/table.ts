// The table of messages, and how a line is looked up in it.

import { SURROUNDING_MESSAGES } from './around.ts'
import { BACKEND_MESSAGES } from './backend.ts'
import { FRONTEND_MESSAGES } from './frontend.ts'
import type { Message } from './message.ts'

/** All messages. Of two that fit a line the first counts: what is special comes before what is general. */
export const MESSAGES: readonly Message[] = [...FRONTEND_MESSAGES, ...BACKEND_MESSAGES, ...SURROUNDING_MESSAGES]

/** A line may be a megabyte long, and a message is not. */
const MAX_LINE = 512

/** Words of which every message has one: most lines of a log have none, and are done with at once. */
const ANY =
  /blkfront|blkback|illegal|response |disabled for|unmapped|blkdev|vbd|Target\[|bogus|\d\): oo|persistent grants|Purged|segments in|Misaligned|access denied|remap|op failed|up-to-date|Resize|error|xenbus|XENBUS|blocked for|timeout|still in use|grant|block io/

/** The message that a line is, and the values in it; undefined for a line that none is. @param line without what stands before it */
export function messageOf(
  line: string,
): { readonly message: Message; readonly values: Readonly<Record<string, string>> } | undefined {
  const head = line.slice(0, MAX_LINE)
  if (!ANY.test(head)) return undefined
  for (const message of MESSAGES) {
    const found = message.pattern.exec(head)
    if (!found) continue
    const values = Object.fromEntries(Object.entries(found.groups ?? {}).filter(([, value]) => value !== undefined))
    return { message, values }
  }
  return undefined
}

/** The row of a name. */
export function messageNamed(name: string): Message | undefined {
  return MESSAGES.find((message) => message.name === name)
}
