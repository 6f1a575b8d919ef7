// Where `generate` writes: a dump folder, a folder of snapshots, or raw pages on standard output.
import { createHash } from 'node:crypto'
import { FolderWriter } from '../dump/write-folder.ts'
import { type DumpFile, folderFiles, type Player, ringFiles, SnapshotFiles } from '../generate/index.ts'
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
  return output === '-' ? rawSink(series) : folderSink(new FolderWriter(output, force), series, plain)
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

function folderSink(folder: FolderWriter, series: boolean, plain: PlainScenario): Sink {
  const snapshots = new SnapshotFiles((page) => createHash('sha1').update(page).digest('base64'))
  const write = (files: Iterable<DumpFile>) => {
    for (const { name, content } of files) folder.write(name, content)
  }
  return {
    snapshot: (player) => write(snapshots.next(player)),
    end(player) {
      if (!series) write(ringFiles(player))
      write(folderFiles(player, plain))
      folder.commit()
    },
    discard: () => folder.discard(),
  }
}
