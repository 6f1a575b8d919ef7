// The dumps of the repository, or of another collection.
import { readdirSync } from 'node:fs'

/** Folders at or below these that hold rings. */
export function dumpFolders(above: readonly string[]): string[] {
  return above.flatMap((folder) => {
    const entries = readdirSync(folder, { withFileTypes: true })
    if (entries.some(({ name }) => /^(ring(-\d+)?\.(bin|txt)(\.gz)?|queue-\d+)$/.test(name))) return [folder]
    return dumpFolders(entries.filter((entry) => entry.isDirectory()).map(({ name }) => `${folder}/${name}`)).sort()
  })
}

/** Entries of a folder that a pattern fits. */
export function filesIn(folder: string, pattern: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => `${folder}/${name}`)
}
