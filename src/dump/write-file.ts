// A file that appears whole or not at all: it is written beside its place and renamed to it at the end.
import { randomBytes } from 'node:crypto'
import { lstatSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { DumpError, ioProblem } from './dump-error.ts'

/**
 * Writes a file in place of one that may be there. What is no regular file (a pipe, /dev/stdout) is written as it is.
 * @throws DumpError where that cannot be
 */
export function writeWhole(path: string, content: string): void {
  try {
    const place = followed(path)
    const stat = lstatSync(place, { throwIfNoEntry: false })
    if (stat?.isDirectory()) throw new DumpError(path, 'is a directory', 'name a file')
    if (stat && !stat.isFile()) {
      writeFileSync(place, content)
      return
    }
    const building = `${place}.tmp-${randomBytes(6).toString('hex')}`
    try {
      writeFileSync(building, content, { flag: 'wx' })
      renameSync(building, place)
    } catch (error) {
      rmSync(building, { force: true })
      throw error
    }
  } catch (error) {
    throw error instanceof DumpError ? error : new DumpError(path, ioProblem(error))
  }
}

/** Where a link leads, so that the link stays. */
function followed(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
