// Raw ring pages and nothing beside them: to standard output, or to a file whose name says that it holds such.
import { statSync } from 'node:fs'
import { DumpError } from '../../capture/dump-error.ts'
import { isRawName } from '../../capture/dump-names.ts'
import { type FileKind, FileWriter } from '../../node/write/write-file.ts'
import { RawOutput } from '../../terminal/raw-output.ts'
import { FORCE_REPLACES } from './cures.ts'

/** Where raw pages go. */
export interface RawPages {
  /** What the user calls it. */
  readonly name: string
  write(bytes: Uint8Array): void
  end(): void
  discard(): void
}

/** Nothing in a file of raw pages says that it is one: what is to be replaced is the user's word. */
const RAW_PAGES: FileKind = { name: 'raw ring', magic: '' }

/**
 * Of `-`, and of a path like `r.bin` that is no folder; undefined of others.
 * @throws OutputRefused where the file exists and is not to be replaced
 */
export function openRawPages(output: string, force: boolean): RawPages | undefined {
  if (output === '-') {
    const raw = new RawOutput()
    return { name: 'standard output', write: (bytes) => raw.write(bytes), end: () => raw.flush(), discard() {} }
  }
  if (!isRawName(output) || statSync(output, { throwIfNoEntry: false })?.isDirectory()) return undefined
  const file = new FileWriter(output, { kind: RAW_PAGES, replace: force, cures: FORCE_REPLACES })
  return { name: output, write: (bytes) => file.write(bytes), end: () => file.commit(), discard: () => file.discard() }
}

/** Queues laid end to end would read as one ring. */
export function severalQueues(name: string, queues: number): DumpError {
  return new DumpError(name, `raw pages are of one ring, and the device has ${queues} queues`, '-o DIR writes all')
}
