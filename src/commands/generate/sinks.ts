// Where `generate` writes: a dump folder, a folder of snapshots, or raw pages.
import crypto from 'node:crypto'
import { dirname } from 'node:path'
import { FolderWriter } from '../../node/write/write-folder.ts'
import type { PlainScenario } from '../../scenario/file/index.ts'
import { type DumpFile, type Player, SnapshotFiles } from '../../scenario/player/index.ts'
import { FORCE_REPLACES } from '../shared/cures.ts'
import { openRawPages, type RawPages, severalQueues } from '../shared/raw-pages.ts'

export interface SinkOptions {
  /** A folder, `NAME.bin` or `-` for raw pages, undefined for none. */
  readonly output: string | undefined
  readonly force: boolean
  /** A snapshot after every push. */
  readonly series: boolean
}

/** Something that snapshots are written to. */
export interface Sink {
  /** A snapshot of one queue. @param path of the step that it follows */
  snapshot(player: Player, queue: number, path: string): void
  end(player: Player): void
  discard(): void
}

/** @throws DumpError where the output may not be written */
export function openSink(plain: PlainScenario, { output, force, series }: SinkOptions, queues = 1): Sink | undefined {
  if (output === undefined) return undefined
  const raw = openRawPages(output, force)
  if (raw) return rawSink(raw, series, queues)
  const folder = new FolderWriter(output, { replace: force, cures: FORCE_REPLACES })
  return folderSink(folder, series, plain)
}

function rawSink(raw: RawPages, series: boolean, queues: number): Sink {
  if (queues > 1) {
    raw.discard()
    throw severalQueues(raw.name, queues)
  }
  return {
    snapshot({ emulator, script }, _, path) {
      const { bytes } = emulator.frontend.ring
      script.work.file(bytes.length, path)
      raw.write(bytes)
    },
    end({ emulator }) {
      if (!series) raw.write(emulator.frontend.ring.bytes)
      raw.end()
    },
    discard: () => raw.discard(),
  }
}

function folderSink(folder: FolderWriter, series: boolean, plain: PlainScenario): Sink {
  const snapshots = new SnapshotFiles((page) => crypto.createHash('sha1').update(page).digest('base64'))
  const write = (files: Iterable<DumpFile>) => {
    for (const { name, content } of files) {
      if (name.includes('/')) folder.mkdir(dirname(name))
      folder.write(name, content)
    }
  }
  return {
    snapshot: (player, queue, path) => write(snapshots.next(player, queue, path)),
    end(player) {
      write(snapshots.last(player, plain, series))
      folder.commit()
    },
    discard: () => folder.discard(),
  }
}
