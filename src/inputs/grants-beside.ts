// gnttab.bin of a dump folder, read when somebody asks which references map.
import { type GrantTable, MAX_TABLE_BYTES, namedGrantTable } from '../image/index.ts'
import { type Files, ifReadable, memberIn, withMember } from './files.ts'

/** The table of the first of the folders that has one; undefined where none can be read as such. It is looked for once. */
export function grantsBeside(files: Files, folders: readonly string[]): () => GrantTable | undefined {
  let read: { readonly table: GrantTable | undefined } | undefined
  return () => {
    read ??= { table: readFirst(files, folders) }
    return read.table
  }
}

function readFirst(files: Files, folders: readonly string[]): GrantTable | undefined {
  const path = folders.map((folder) => memberIn(files, folder, 'grant-table')).find((found) => found !== undefined)
  const bytes = path === undefined ? undefined : ifReadable(() => withMember(files, path, (file) => file.readAll(MAX_TABLE_BYTES)))
  return bytes && namedGrantTable(bytes)
}
