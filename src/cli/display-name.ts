import { basename, isAbsolute } from 'node:path'

/** What a result calls its input: as it was given, but without the folders of this machine where the path is absolute. */
export function displayName(path: string): string {
  return isAbsolute(path) ? basename(path) : path
}
