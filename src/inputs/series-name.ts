// What ties moments together by where they come from.
import { basename, dirname, resolve } from 'node:path'
import { memberOf } from '../capture/dump-names.ts'

/** A word that the moments of one series share. A ring-NNN.bin that is named itself is of its folder's series. */
export function seriesOf(path: string): string {
  if (path === '-') return path
  return resolve(memberOf(basename(path))?.moment === undefined ? path : dirname(path))
}
