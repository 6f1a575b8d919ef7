// A file that appears whole or not at all: it is written beside its place and renamed to it at the end.
import { randomBytes } from 'node:crypto'
import { closeSync, openSync, readSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { DumpError, ioProblem } from './dump-error.ts'

/**
 * Whether a file can be written there, before the work that it takes. One that is there is replaced only if it begins as
 * what is to be written does: a dump is not lost to a slip of the fingers.
 * @param kind what the file is, and the ASCII that it begins with
 * @throws DumpError
 */
export function checkPlace(path: string, kind: { readonly name: string; readonly start: string }): void {
  attempt(path, () => {
    if (path === '') throw new DumpError(path, 'is no name of a file')
    const stat = statSync(path, { throwIfNoEntry: false })
    if (!stat && !statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory())
      throw new DumpError(path, 'the folder that it is to be in does not exist')
    if (stat?.isDirectory()) throw new DumpError(path, 'is a directory', 'name a file')
    if (stat?.isFile() && stat.size > 0 && !begins(path, kind.start))
      throw new DumpError(path, `exists and is no ${kind.name}`, 'name another file')
  })
}

/**
 * Writes a file in place of one that may be there. What is no regular file (a pipe, /dev/stdout) is written as it is.
 * @throws DumpError where that cannot be
 */
export function writeWhole(path: string, content: string): void {
  attempt(path, () => {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat && !stat.isFile()) {
      writeFileSync(path, content)
      return
    }
    // Where a link leads, so that the link stays.
    const place = stat ? realpathSync(path) : path
    const building = `${place}.tmp-${randomBytes(6).toString('hex')}`
    try {
      writeFileSync(building, content, { flag: 'wx' })
      renameSync(building, place)
    } catch (error) {
      rmSync(building, { force: true })
      throw error
    }
  })
}

function begins(path: string, start: string): boolean {
  const fd = openSync(path, 'r')
  try {
    const head = Buffer.alloc(start.length)
    readSync(fd, head, 0, head.length, 0)
    return head.toString('latin1') === start
  } finally {
    closeSync(fd)
  }
}

function attempt(path: string, action: () => void): void {
  try {
    action()
  } catch (error) {
    throw error instanceof DumpError ? error : new DumpError(path, ioProblem(error))
  }
}
