// Inputs of whatever kind to what they hold: moments of rings, and statements.
import { dirname, resolve } from 'node:path'
import type { Capture } from '../capture/capture.ts'
import type { DumpError } from '../capture/dump-error.ts'
import { count } from '../codec/struct/count.ts'
import { type DeviceHistory, Devices, type History, joinedParts, type PartOfMoment, type PrivateIndices } from '../doctor/index.ts'
import type { Statement } from '../evidence/statement.ts'
import { displayName } from '../inputs/display-name.ts'
import type { Input } from '../inputs/inputs.ts'
import type { SaidInText } from '../inputs/kinds/kind.ts'
import type { InputOptions, OpenOptions } from '../inputs/open-options.ts'
import { type ShownRing, snapshotsOf } from './moments.ts'

export interface Gathered {
  readonly devices: readonly DeviceHistory[]
  readonly statements: readonly Statement[]
  /** Rings of which not all indices of the page are known. */
  readonly parts: readonly PartOfMoment[]
  /** What a reader should know of inputs, one line each. */
  readonly notes: readonly string[]
  /** Inputs of which something is known. */
  readonly known: number
}

/** Opens inputs one after another, as the options and what is taken of them say. */
export type InputOpener = (
  names: readonly string[],
  options: InputOptions,
  taking: Pick<OpenOptions, 'onError' | 'onUnknown' | 'indices' | 'statements'>,
) => AsyncIterable<Input>

interface GatherOptions extends InputOptions {
  readonly open: InputOpener
  readonly known: PrivateIndices
  readonly interval: number | undefined
  readonly onError: (error: DumpError) => void
  /** Is told of each moment whose ring is at hand, in the order of its history, and of what a new ring came in the place of. */
  readonly onShown?: (history: History, shown: ShownRing, replaced: readonly History[]) => void
  /** Is told of inputs that may have the scenario that their rings are of. */
  readonly onScenario?: (input: Pick<Input, 'path' | 'scenario'>) => void
  /** Takes rings of which indices are missing, that there is nothing to judge by: else they are errors. */
  readonly onUnjudged?: (ring: ShownRing, problem: string) => void
}

/** Files that are named in a note, where nothing is known of them. */
const MAX_NAMED = 6

export async function gather(names: readonly string[], options: GatherOptions): Promise<Gathered> {
  const { onError, onScenario, onShown, onUnjudged } = options
  const captures = new WeakMap<object, Capture>()
  const devices = new Devices(options.interval !== undefined, ({ shown, source }, history, replaced) => {
    const capture = shown && captures.get(shown)
    if (capture) onShown?.(history, { source, capture }, replaced)
  })
  const notes: string[] = []
  const statements: Statement[] = []
  const unknown: string[] = []
  const unread: ReadLines[] = []
  let known = 0
  const onCapture = (shown: object, capture: Capture) => captures.set(shown, capture)
  const onNote = (note: string) => notes.push(note)
  const onUnknown = (error: DumpError) => unknown.push(error.source)
  const base = names.length === 1 ? dirname(resolve(names[0]!)) : undefined
  for await (const input of options.open(names, options, { onError, onUnknown, indices: true, statements: true })) {
    const said = input.said?.statements ?? []
    if (said.length > 0 || input.queues > 0 || input.inWords) known++
    if (said.length > 0 && !input.inWords)
      unread.push({ name: input.path, lines: input.said!.lines, used: input.said!.used.length })
    for (const one of said) statements.push({ ...one, source: displayName(one.source, input.name) })
    onScenario?.(input)
    const onRead = ({ path, unread: count }: SaidInText) => {
      if (count) unread.push({ name: path, lines: count.lines, used: count.lines - count.unused })
    }
    for (const snapshot of snapshotsOf(input, { ...options, onError, onNote, onRead, onUnjudged, onCapture }, (part) => {
      devices.addPart(part)
    }))
      devices.add(snapshot)
  }
  const found = devices.finish(options.known)
  const rest = joinedParts(devices.parts)
  const more = unknown.length - MAX_NAMED
  if (unknown.length > 0)
    notes.push(
      `${unknown.length === 1 ? '1 file says' : `${unknown.length} files say`} nothing of a block device: ${unknown
        .slice(0, MAX_NAMED)
        .map((path) => displayName(path, path, base))
        .join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
    )
  return {
    devices: found,
    statements,
    parts: rest.map((part) => ({ ...part, known: { ...part.known, ...options.known } })),
    notes: [...notes, ...devices.notes, ...unreadNotes(unread, (path) => displayName(path, path, base))],
    known,
  }
}

/** How many lines a text has, and of how many something was read. */
interface ReadLines {
  readonly name: string
  readonly lines: number
  readonly used: number
}

/** One line for all texts. */
function unreadNotes(texts: readonly ReadLines[], nameOf: (path: string) => string): string[] {
  const [only] = texts
  const lines = texts.reduce((sum, text) => sum + text.lines, 0)
  const unused = texts.reduce((sum, text) => sum + text.lines - text.used, 0)
  if (!only || unused <= 0) return []
  const were = unused === 1 ? 'was' : 'were'
  return [
    `${texts.length === 1 ? nameOf(only.name) : `${texts.length} texts`}: ${unused} of ${count(lines, 'line')} ${were} not used`,
  ]
}
