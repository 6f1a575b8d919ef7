// gnttab.bin of a dump folder, read when somebody asks which references map.
import { statSync } from 'node:fs'
import { type GrantTable, MAX_TABLE_BYTES, namedGrantTable } from '../../image/index.ts'
import { openInput, readAll } from './input-file.ts'
import { memberIn } from './listing.ts'

/** The table of the first of the folders that has one; undefined where none can be read as such. It is looked for once. */
export function grantsBeside(folders: readonly string[]): () => GrantTable | undefined {
  let read: { readonly table: GrantTable | undefined } | undefined
  return () => {
    read ??= { table: readFirst(folders) }
    return read.table
  }
}

function readFirst(folders: readonly string[]): GrantTable | undefined {
  const path = folders.map((folder) => memberIn(folder, 'grant-table')).find((found) => found !== undefined)
  try {
    // A pipe of that name would block.
    if (path === undefined || !statSync(path).isFile()) return undefined
    const file = openInput(path)
    try {
      const bytes = readAll(file, MAX_TABLE_BYTES)
      return bytes && namedGrantTable(bytes)
    } finally {
      file.close()
    }
  } catch {
    return undefined
  }
}
