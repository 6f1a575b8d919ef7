// Files from a drop, a paste or a button, with the paths that they have in their folder.
import { type GivenFile, MAX_FILES, NotTaken } from './given.ts'

/** @throws NotTaken */
export async function droppedFiles(data: DataTransfer): Promise<GivenFile[]> {
  const found: GivenFile[] = []
  // All are asked for at once: what was dropped is gone when this returns to the browser.
  const items = [...data.items]
    .filter(({ kind }) => kind === 'file')
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }))
  for (const { entry, file } of items) {
    if (entry?.isDirectory) await visit(entry as FileSystemDirectoryEntry, entry.name, found)
    else if (file) found.push({ path: file.name, file })
  }
  return found
}

/** Those of a button; of a folder's, with their paths. */
export function chosenFiles(list: FileList): GivenFile[] {
  return [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file }))
}

async function visit(folder: FileSystemDirectoryEntry, path: string, found: GivenFile[]): Promise<void> {
  const reader = folder.createReader()
  for (;;) {
    const entries = await asked<FileSystemEntry[]>(path, (then, fail) => reader.readEntries(then, fail))
    if (entries.length === 0) return
    for (const entry of entries) {
      const below = `${path}/${entry.name}`
      if (found.length >= MAX_FILES) throw new NotTaken(`${path}: more than ${MAX_FILES} files are too many for a page`)
      if (entry.isDirectory) await visit(entry as FileSystemDirectoryEntry, below, found)
      else
        found.push({ path: below, file: await asked<File>(below, (then, fail) => (entry as FileSystemFileEntry).file(then, fail)) })
    }
  }
}

/** Browsers keep pages that were opened from a disk from reading dropped folders, and tell nobody. */
async function asked<T>(path: string, ask: (then: (value: T) => void, fail: (error: unknown) => void) => void): Promise<T> {
  try {
    return await new Promise<T>(ask)
  } catch {
    throw new NotTaken(
      `${path}: this browser does not let a page from a disk read a folder that is dropped; choose it with “Choose a folder”, or drop the files in it`,
    )
  }
}
