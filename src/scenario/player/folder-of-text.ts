// A scenario to the dump folder that it makes, in memory.
import { DumpError } from '../../capture/dump-error.ts'
import { type PlainScenario, parseScenarioText, ScenarioError, scriptOf, type YamlLibrary } from '../file/index.ts'
import { type DumpFile, queuesShownAfter, SnapshotFiles } from './dump-files.ts'
import { Player } from './play.ts'
import { noRefusals, noteRefusal, refusalText } from './refusals.ts'

/** Of all moments that are kept: a script of a few lines may suspend its guest again and again. */
export const MAX_MOMENT_BYTES = 64 * 2 ** 20

export interface ScenarioFolder {
  /** The files by their paths in the folder. */
  readonly files: ReadonlyMap<string, Uint8Array | string>
  /** What went wrong for the driver, in one line; undefined where nothing did. */
  readonly refusal: string | undefined
}

export interface Parts {
  /** Loads the YAML parser; called only for text that is not JSON. */
  readonly yaml: () => Promise<YamlLibrary>
  /** A digest that is the same for the same bytes only. */
  readonly digest: (page: Uint8Array) => string
}

/** @param name what mistakes are told of @throws DumpError at the first mistake, as `generate` tells it */
export async function folderOfScenario(name: string, text: string, parts: Parts): Promise<ScenarioFolder> {
  try {
    const plain = await parseScenarioText(text, parts.yaml)
    return played(new Player(scriptOf(plain)), plain as PlainScenario, parts)
  } catch (error) {
    throw error instanceof ScenarioError ? new DumpError(name, error.message) : error
  }
}

function played(player: Player, plain: PlainScenario, { digest }: Parts): ScenarioFolder {
  const files = new Map<string, Uint8Array | string>()
  const snapshots = new SnapshotFiles(digest)
  const refusals = noRefusals()
  let bytes = 0
  const keep = (made: Iterable<DumpFile>) => {
    for (const { name, content } of made) {
      bytes += content.length
      if (bytes > MAX_MOMENT_BYTES)
        throw new ScenarioError(
          '',
          `its moments take more than ${MAX_MOMENT_BYTES / 2 ** 20} MiB; blkring generate -o DIR writes them`,
        )
      // The next step may change it.
      files.set(name, typeof content === 'string' ? content : content.slice())
    }
  }
  for (const step of player.play()) {
    if (step.type !== 'step') continue
    noteRefusal(refusals, step)
    for (const queue of queuesShownAfter(player, step.outcome, false)) keep(snapshots.next(player, queue, step.path))
  }
  keep(snapshots.last(player, plain, false))
  refusals.fatal = player.emulator.frontend.fatal
  return { files, refusal: refusalText(refusals) }
}
