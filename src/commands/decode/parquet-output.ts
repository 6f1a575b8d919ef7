// Where `decode --parquet` writes: a file, standard output, or a dataset of files in folders that are named by their columns.

import { isatty } from 'node:tty'
import { DumpError } from '../../capture/dump-error.ts'
import type { Batch } from '../../codec/batch/batch.ts'
import type { OutputFile } from '../../node/write/output-file.ts'
import { FileWriter } from '../../node/write/write-file.ts'
import { type FolderKind, FolderWriter } from '../../node/write/write-folder.ts'
import { printable } from '../../print/text.ts'
import type { ParquetFile, RingOrigin, RowGroup } from '../../rows/parquet/index.ts'
import { writeBytes } from '../../terminal/output.ts'
import { FORCE_REPLACES } from '../shared/cures.ts'
import type { RowTaker, TakeRows } from './columns.ts'

/** Of one file of a dataset: 2 Mi, of some 128 MB. */
const PART_ROWS = 2 ** 21

const STDOUT = 1

export interface ParquetPlace {
  /** A file, a folder where it is partitioned, `-` for standard output. */
  readonly path: string
  readonly partition: boolean
  readonly force: boolean
}

const FILE = { name: 'Parquet', magic: 'PAR1' }

const CURES = {
  ...FORCE_REPLACES,
  folder: 'name a file, or give --partition for a dataset of several',
  special: '--parquet - writes to a pipe',
}

const DATASET: FolderKind = {
  name: 'dataset',
  isFile: (path) => /^device=[^/]+\/queue=\d+\/part-\d+\.parquet$/.test(path),
  isFolder: (path) => /^device=[^/]+(\/queue=\d+)?$/.test(path),
}

/** Takes rows, and writes them group by group. */
export interface ParquetOutput extends RowTaker {
  /** Says where the rows that follow come from. */
  from(origin: RingOrigin): void
  /** Puts the output in its place. */
  commit(): void
  /** Leaves nothing behind of an output that was not put in its place. */
  discard(): void
  /** What is left behind at Ctrl-C, for the message. */
  readonly left: string
}

type Library = typeof import('../../rows/parquet/index.ts')

/** @throws DumpError where the output may not be written */
export async function openParquet({ path, partition, force }: ParquetPlace): Promise<ParquetOutput> {
  if (path === '-' && partition) throw new DumpError(path, '--partition makes folders', 'name one for them')
  if (path === '-' && isatty(STDOUT)) throw new DumpError(path, 'a terminal does not show Parquet', 'name a file')
  const library = await import('../../rows/parquet/index.ts')
  if (partition)
    return datasetOutput(library, new FolderWriter(path, { kind: DATASET, replace: force, cures: { exists: CURES.exists } }))
  if (path === '-') return fileOutput(library, STANDARD_OUTPUT)
  return fileOutput(library, { ...NOTHING_LEFT, to: new FileWriter(path, { kind: FILE, replace: force, cures: CURES }) })
}

const NOTHING_LEFT = { left: 'nothing was written' }
const STANDARD_OUTPUT = { left: 'the output is incomplete', to: { write: writeBytes, commit() {}, discard() {} } }

interface Target {
  readonly left: string
  readonly to: { write(bytes: Uint8Array): void; commit(): void; discard(): void }
}

function fileOutput({ ParquetFile, RowGroup }: Library, { left, to }: Target): ParquetOutput {
  const group = new RowGroup(false)
  let file: ParquetFile | undefined
  const open = () => {
    file ??= new ParquetFile(group.schema, (bytes) => to.write(bytes))
    return file
  }
  const flush = () => {
    if (group.rows > 0) open().add(group)
    group.clear()
  }
  return {
    left,
    from: (origin) => group.from(origin),
    rowsOf: (batch) => rowsTo(group, batch, flush),
    commit() {
      flush()
      open().end()
      to.commit()
    },
    discard: () => to.discard(),
  }
}

function rowsTo(group: RowGroup, batch: Batch, flush: () => void): TakeRows {
  return (from, end, ring) => {
    for (let row = from; row < end; ) {
      row = group.add(batch, row, end, ring ?? 0)
      if (group.isFull) flush()
    }
  }
}

/** A part that is being written. */
interface Part {
  readonly file: ParquetFile
  readonly to: OutputFile
}

function datasetOutput({ ParquetFile, RowGroup }: Library, folder: FolderWriter): ParquetOutput {
  const group = new RowGroup(true)
  /** Parts of each partition so far. */
  const parts = new Map<string, number>()
  let partition = ''
  let part: Part | undefined
  const open = () => {
    if (part) return part
    const number = parts.get(partition) ?? 0
    parts.set(partition, number + 1)
    const to = folder.open(`${partition}/part-${String(number).padStart(5, '0')}.parquet`)
    part = { to, file: new ParquetFile(group.schema, (bytes) => to.write(bytes)) }
    return part
  }
  const close = () => {
    part?.file.end()
    part?.to.close()
    part = undefined
  }
  const flush = () => {
    if (group.rows > 0) {
      const { file } = open()
      file.add(group)
      if (file.rows >= PART_ROWS) close()
    }
    group.clear()
  }
  const end = () => {
    flush()
    // Of a disk without rows there is a file that says so, with the schema.
    if (partition !== '' && !parts.has(partition)) open()
    close()
  }
  return {
    ...NOTHING_LEFT,
    from(origin) {
      const next = `device=${folderName(origin.device)}/queue=${origin.queue}`
      if (next !== partition) end()
      partition = next
      group.from(origin)
    },
    rowsOf: (batch) => rowsTo(group, batch, flush),
    commit() {
      end()
      folder.commit()
    },
    discard() {
      try {
        part?.to.close()
      } finally {
        folder.discard()
      }
    },
  }
}

/** As Hive writes values into names of folders: ASCII that a file system or a reader may take for something else, and what is not safe to show, as %XX of UTF-8. */
function folderName(value: string): string {
  return [...value]
    .map((char) => (/[\w.-]/.test(char) || (char > '\u007f' && printable(char) === char) ? char : percent(char)))
    .join('')
}

function percent(char: string): string {
  return Array.from(Buffer.from(char), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
}
