// Where `generate` writes: a dump folder, a folder of snapshots, or raw pages on standard output.
import { createHash } from 'node:crypto'
import { DumpError } from '../dump/dump-error.ts'
import { FolderWriter } from '../dump/write-folder.ts'
import { indirectPagesInWindow, type Player, xenstoreText } from '../generate/index.ts'
import type { PlainScenario } from '../scenario/index.ts'
import { RawOutput } from './raw-output.ts'

export interface SinkOptions {
  /** A folder, `-` for raw pages on standard output, undefined for none. */
  readonly output: string | undefined
  readonly force: boolean
  /** A snapshot after every push. */
  readonly series: boolean
}

/** Where snapshots go. */
export interface Sink {
  snapshot(player: Player): void
  end(player: Player): void
  discard(): void
}

/** Throws a `DumpError` where the output may not be written. */
export function openSink(plain: PlainScenario, { output, force, series }: SinkOptions): Sink | undefined {
  if (output === undefined) return undefined
  if (output === '-') return rawSink(series)
  return series ? seriesSink(output, force, plain) : dumpSink(output, force, plain)
}

function rawSink(series: boolean): Sink {
  const raw = new RawOutput()
  return {
    snapshot: ({ emulator }) => raw.write(emulator.frontend.ring.bytes),
    end({ emulator }) {
      if (!series) raw.write(emulator.frontend.ring.bytes)
      raw.flush()
    },
    discard() {},
  }
}

function dumpSink(output: string, force: boolean, plain: PlainScenario): Sink {
  const folder = new FolderWriter(output, force)
  return {
    snapshot() {},
    end(player) {
      folder.write('ring.bin', player.emulator.frontend.ring.bytes)
      for (const [gref, page] of indirectPagesInWindow(player.emulator)) folder.write(`indirect-${gref}.bin`, page)
      finish(folder, player, plain)
    },
    discard: () => folder.discard(),
  }
}

/**
 * ring-NNN.bin after every push. A page that several snapshots name, with other contents each time, would be right for one of them
 * only: it is left out.
 */
function seriesSink(output: string, force: boolean, plain: PlainScenario): Sink {
  const folder = new FolderWriter(output, force)
  const digests = new Map<number, string | undefined>()
  let n = 0
  return {
    snapshot({ emulator }) {
      folder.write(`ring-${String(n++).padStart(3, '0')}.bin`, emulator.frontend.ring.bytes)
      for (const [gref, page] of indirectPagesInWindow(emulator)) {
        const digest = createHash('sha1').update(page).digest('base64')
        if (!digests.has(gref)) folder.write(`indirect-${gref}.bin`, page)
        else if (digests.get(gref) === digest) continue
        else if (digests.get(gref) !== undefined) folder.remove(`indirect-${gref}.bin`)
        digests.set(gref, digests.has(gref) ? undefined : digest)
      }
    },
    end(player) {
      if (n === 0) throw new DumpError(output, 'no step publishes requests, so the series is empty')
      finish(folder, player, plain)
    },
    discard: () => folder.discard(),
  }
}

function finish(folder: FolderWriter, { emulator, script }: Player, plain: PlainScenario): void {
  const { ringGrefs, state } = emulator.frontend
  folder.write('xenstore.txt', xenstoreText(script.config, ringGrefs, state.connected !== 0))
  folder.write('scenario.json', scenarioText(plain))
  folder.commit()
}

/** One step a line, so that a scenario can be read, and compared with another. */
function scenarioText({ steps, ...rest }: PlainScenario): string {
  const head = JSON.stringify(rest, null, 2).replace(/\n?\}$/, '')
  const lines = (Array.isArray(steps) ? steps : []).map((step) => `    ${JSON.stringify(step)}`)
  const comma = Object.keys(rest).length > 0 ? ',' : ''
  return `${head}${comma}\n  "steps": [${lines.length > 0 ? `\n${lines.join(',\n')}\n  ` : ''}]\n}\n`
}
