// What a dump folder holds of a scenario: names and bytes. Writing them is the caller's.
import { DISCONNECTED, type StepOutcome } from '../../blkfront/index.ts'
import { indirectName, queueFolder, RING, SCENARIO, XENSTORE } from '../../capture/dump-names.ts'
import { MadeSteps, type PlainScenario } from '../file/index.ts'
import { indirectPagesInWindow } from './indirect-pages.ts'
import type { Player } from './play.ts'
import { xenstoreText } from './xenstore-text.ts'

/** A file of a dump folder: its path below the folder, and what it holds. */
export interface DumpFile {
  readonly name: string
  /** The emulator's own memory: the next step may change it. */
  readonly content: Uint8Array | string
}

/** The rings as they stand, with the indirect pages that their requests name; of several queues each in a folder of its own. */
export function* ringFiles({ emulator }: Player): Generator<DumpFile, void> {
  const { rings } = emulator.frontend
  for (const [queue, { bytes }] of rings.entries()) {
    const folder = folderOf(queue, rings.length)
    yield { name: `${folder}${RING}`, content: bytes }
    for (const [gref, content] of indirectPagesInWindow(emulator, queue)) yield { name: `${folder}${indirectName(gref)}`, content }
  }
}

function folderOf(queue: number, queues: number): string {
  return queues === 1 ? '' : `${queueFolder(queue)}/`
}

/** The files that belong to the whole dump folder: XenStore's text and the scenario. */
export function* folderFiles({ emulator, offered }: Player, plain: PlainScenario): Generator<DumpFile, void> {
  const { frontend } = emulator
  const ringGrefs = frontend.rings.map((_, queue) => frontend.ringGrefsOf(queue))
  // The driver goes on to discard where a new backend cannot, which publishes what it can.
  const discard = offered?.['feature-discard']
  const config = discard === undefined ? frontend.config : { ...frontend.config, featureDiscard: discard === '1' }
  yield { name: XENSTORE, content: xenstoreText(config, ringGrefs, frontend.state.connected !== DISCONNECTED) }
  yield { name: SCENARIO, content: scenarioText(plain) }
}

/**
 * The snapshots of one folder. indirect-GREF.bin is the page as the first snapshot that names it has it; a later one whose page
 * is another has it as ring-NNN.indirect-GREF.bin. Of each page only its digest is remembered, however long the series.
 */
export class SnapshotFiles {
  readonly #digest: (page: Uint8Array) => string
  /** Digests of the pages that are there, by the paths of their files. */
  readonly #shared: Map<string, string> = new Map()
  /** Snapshots so far, of each queue. */
  readonly #counts: Map<number, number> = new Map()

  /** @param digest the same for the same bytes only */
  constructor(digest: (page: Uint8Array) => string) {
    this.#digest = digest
  }

  /** Of the next snapshot of a queue: its ring as it stands, and the pages that no file holds yet. @param step its path, for a mistake */
  *next({ emulator, script: { work } }: Player, queue: number, step: string): Generator<DumpFile, void> {
    const { rings } = emulator.frontend
    const folder = folderOf(queue, rings.length)
    const count = this.#counts.get(queue) ?? 0
    this.#counts.set(queue, count + 1)
    const name = `ring-${String(count).padStart(3, '0')}`
    const { bytes } = rings[queue]!
    work.file(bytes.length, step)
    yield { name: `${folder}${name}.bin`, content: bytes }
    for (const [gref, content] of indirectPagesInWindow(emulator, queue)) {
      work.page(step)
      const digest = this.#digest(content)
      const path = `${folder}${indirectName(gref)}`
      const shared = this.#shared.get(path)
      if (shared === digest) continue
      if (shared === undefined) this.#shared.set(path, digest)
      work.file(content.length, step)
      yield { name: shared === undefined ? path : `${folder}${indirectName(gref, name)}`, content }
    }
  }

  /** When all is played: the rings as they stand, where they are no moment of a series yet, and what belongs to the whole folder. */
  *last(player: Player, plain: PlainScenario, series: boolean): Generator<DumpFile, void> {
    if (!series && player.script.suspends)
      for (const queue of player.emulator.frontend.rings.keys()) yield* this.next(player, queue, '')
    else if (!series) yield* ringFiles(player)
    yield* folderFiles(player, plain)
  }
}

/** Queues whose rings are a moment of their own after a step. @param series each publishing of requests is one */
export function queuesShownAfter({ emulator }: Player, outcome: StepOutcome, series: boolean): readonly number[] {
  if (!series) return outcome.type === 'suspend' ? [...emulator.frontend.rings.keys()] : []
  const publishes = outcome.type === 'push' || (outcome.type === 'queueRq' && outcome.result === 'queued')
  return publishes ? [outcome.queue] : []
}

const STEPS_A_PART = 1024

/** One step a line, so that a scenario can be read, and compared with another. */
function scenarioText({ steps, ...rest }: PlainScenario): string {
  const head = JSON.stringify(rest, null, 2).replace(/\n?\}$/, '')
  const comma = Object.keys(rest).length > 0 ? ',' : ''
  let text = `${head}${comma}\n  "steps": [`
  let lines: string[] = []
  let separator = '\n'
  const flush = () => {
    if (lines.length > 0) text += separator + lines.join(',\n')
    if (lines.length > 0) separator = ',\n'
    lines = []
  }
  // Lines of a trace are many: they do not wait for each other one by one.
  for (const step of Array.isArray(steps) || steps instanceof MadeSteps ? steps : []) {
    if (lines.push(`    ${JSON.stringify(step)}`) === STEPS_A_PART) flush()
  }
  flush()
  return `${text}${separator === '\n' ? '' : '\n  '}]\n}\n`
}
