// What a dump folder holds of a scenario: names and bytes. Writing them is the caller's.
import { DISCONNECTED } from '../blkfront/index.ts'
import { indirectName, RING, SCENARIO, XENSTORE } from '../dump/dump-names.ts'
import type { PlainScenario } from '../scenario/index.ts'
import { indirectPagesInWindow } from './indirect-pages.ts'
import type { Player } from './play.ts'
import { xenstoreText } from './xenstore-text.ts'

export interface DumpFile {
  readonly name: string
  /** The emulator's own memory: the next step may change it. */
  readonly content: Uint8Array | string
}

/** The ring as it stands, with the indirect pages that its requests name. */
export function* ringFiles({ emulator }: Player): Generator<DumpFile, void> {
  yield { name: RING, content: emulator.frontend.ring.bytes }
  for (const [gref, content] of indirectPagesInWindow(emulator)) yield { name: indirectName(gref), content }
}

/** What belongs to the whole folder. */
export function* folderFiles({ emulator, script }: Player, plain: PlainScenario): Generator<DumpFile, void> {
  const { ringGrefs, state } = emulator.frontend
  yield { name: XENSTORE, content: xenstoreText(script.config, ringGrefs, state.connected !== DISCONNECTED) }
  yield { name: SCENARIO, content: scenarioText(plain) }
}

/**
 * The snapshots of one folder. indirect-GREF.bin is the page as the first snapshot that names it has it; a later one whose page
 * is another has it as ring-NNN.indirect-GREF.bin. Of each page only its digest is remembered, however long the series.
 */
export class SnapshotFiles {
  readonly #digest: (page: Uint8Array) => string
  readonly #shared: Map<number, string> = new Map()
  #count = 0

  /** @param digest the same for the same bytes only */
  constructor(digest: (page: Uint8Array) => string) {
    this.#digest = digest
  }

  /** Of the next snapshot: the ring as it stands, and the pages that no file holds yet. */
  *next({ emulator }: Player): Generator<DumpFile, void> {
    const name = `ring-${String(this.#count++).padStart(3, '0')}`
    yield { name: `${name}.bin`, content: emulator.frontend.ring.bytes }
    for (const [gref, content] of indirectPagesInWindow(emulator)) {
      const digest = this.#digest(content)
      const shared = this.#shared.get(gref)
      if (shared === digest) continue
      if (shared === undefined) this.#shared.set(gref, digest)
      yield { name: indirectName(gref, shared === undefined ? undefined : name), content }
    }
  }
}

/** One step a line, so that a scenario can be read, and compared with another. */
function scenarioText({ steps, ...rest }: PlainScenario): string {
  const head = JSON.stringify(rest, null, 2).replace(/\n?\}$/, '')
  const lines = (Array.isArray(steps) ? steps : []).map((step) => `    ${JSON.stringify(step)}`)
  const comma = Object.keys(rest).length > 0 ? ',' : ''
  return `${head}${comma}\n  "steps": [${lines.length > 0 ? `\n${lines.join(',\n')}\n  ` : ''}]\n}\n`
}
