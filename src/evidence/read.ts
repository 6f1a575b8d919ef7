// Texts to statements: every reader looks at every text.
import { pasteOf, type Reader } from './reader.ts'
import { blockLayerReader } from './readers/block-layer.ts'
import { counterReader } from './readers/counters.ts'
import { hostReader } from './readers/host.ts'
import { listingReader } from './readers/listings.ts'
import { messageReader } from './readers/messages.ts'
import { portReader } from './readers/ports.ts'
import { stackReader } from './readers/stacks.ts'
import type { TextStatements } from './statement.ts'

/** The readers, a row each. */
const READERS: readonly Reader[] = [
  listingReader,
  messageReader,
  stackReader,
  blockLayerReader,
  counterReader,
  hostReader,
  portReader,
]

/**
 * What a text says of rings, devices and ports, in the order of its lines.
 * @param source what the text is called
 */
export function readStatements(source: string, text: string): TextStatements {
  const paste = pasteOf(source, text)
  const readings = READERS.flatMap((reader) => [...reader(paste)])
  const used = new Set(readings.flatMap(({ lines }) => lines))
  const statements = readings.map(({ statement }) => statement).sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
  let lines = 0
  for (const { text } of paste.lines) if (text.trim() !== '') lines++
  return { statements, used: [...used].sort((a, b) => a - b), lines }
}
