// What lies in a folder of anything: dump folders, and files of whatever kind, each once, in an order that moments can be told by.
import { basename, join } from 'node:path'
import { memberOf, tellsDump } from '../capture/dump-names.ts'
import { encodingOf, textOf } from '../capture/encoding.ts'
import { isNamedPacked } from '../capture/packing-names.ts'
import { readStatements } from '../evidence/read.ts'
import type { Statement, TextStatements } from '../evidence/statement.ts'
import { type Files, ifReadable, withMember } from './files.ts'
import { orReport, type Reporting } from './report.ts'
import { HEAD_BYTES, MAX_TEXT } from './sizes.ts'

/** Something to be read in a folder that was named. */
export interface Below {
  readonly path: string
  /** A file that may be anything: it is no mistake if nothing is known of it. */
  readonly isFile: boolean
}

/** Folders in folders, and files of all of them: a collection has fewer. */
const MAX_DEPTH = 8
const MAX_FILES = 100_000

/** Dump folders and files below a folder, those of a folder before those of the folders in it, by the first number in their names. */
export function contentsOf(files: Files, folder: string, isDump: (folder: string) => boolean, reporting: Reporting): Below[] {
  const found: Below[] = []
  const seen = new Set<string>()
  const visit = (path: string, depth: number): void => {
    const key = ifReadable(() => files.keyOf(path))
    if (key === undefined || seen.has(key)) return
    seen.add(key)
    const ofDump = isDump(path)
    if (ofDump) found.push({ path, isFile: false })
    const names = (ifReadable(() => files.list(path)) ?? []).filter((name) => !name.startsWith('.')).sort(byNumber)
    const folders: string[] = []
    for (const name of names) {
      // The queues of a dump, and the texts beside its ring, are read with it.
      if (ofDump && tellsDump(name)) continue
      const below = join(path, name)
      const isFolder = orReport(reporting, () => files.isFolder(below))
      if (isFolder) folders.push(below)
      else if (isFolder === false && !ofDump && files.isFile(below) && found.length < MAX_FILES)
        found.push({ path: below, isFile: true })
    }
    if (depth < MAX_DEPTH) for (const below of folders) visit(below, depth + 1)
  }
  visit(folder, 0)
  return found
}

export function byNumber(a: string, b: string): number {
  const number = (name: string) => Number(/\d+/.exec(name)?.[0] ?? -1)
  return number(a) - number(b) || (a < b ? -1 : 1)
}

/** What plain texts beside a ring in its dump folder say of it: those that are no part of the dump. */
export function saidBeside(files: Files, folder: string): TextStatements {
  const statements: Statement[] = []
  const used: number[] = []
  let lines = 0
  for (const name of (ifReadable(() => files.list(folder)) ?? []).filter(isForeign).sort(byNumber)) {
    const path = join(folder, name)
    const said = ifReadable(() =>
      withMember(files, path, (file) => saidIn(file.peek(HEAD_BYTES), () => file.readAll(MAX_TEXT), path)),
    )
    // What says nothing is no part of what was asked for.
    if (!said?.statements.length) continue
    for (const one of said.statements) statements.push(one)
    for (const line of said.used) used.push(lines + line)
    lines += said.lines
  }
  return { statements, used, lines }
}

function isForeign(name: string): boolean {
  return !name.startsWith('.') && memberOf(name) === undefined && !tellsDump(name) && !isNamedPacked(basename(name))
}

function saidIn(head: Uint8Array, all: () => Uint8Array | undefined, path: string): TextStatements | undefined {
  const encoding = head.length === 0 ? undefined : encodingOf(head)
  const bytes = encoding && all()
  return bytes && readStatements(path, textOf(bytes, encoding))
}
