// Files from a drop, a paste or a button, with the paths that they have in their folder.
import { type GivenFile, MAX_FILES, NotTaken } from './given.ts'

/** The File System standard's handle of a folder, as far as it is used here. */
interface FolderHandle {
  readonly kind: 'directory'
  values(): AsyncIterable<FolderHandle | FileHandle>
  readonly name: string
}
interface FileHandle {
  readonly kind: 'file'
  readonly name: string
  getFile(): Promise<File>
}
type HandleOfItem = { readonly getAsFileSystemHandle?: () => Promise<FolderHandle | FileHandle | null> }

/** @throws NotTaken */
export async function droppedFiles(data: DataTransfer): Promise<GivenFile[]> {
  const found: GivenFile[] = []
  // All are asked for at once: what was dropped is gone when this returns to the browser.
  const items = [...data.items]
    .filter(({ kind }) => kind === 'file')
    .map((item) => {
      const entry = item.webkitGetAsEntry()
      // Chromium reads a folder's entries on no page that was opened from a disk, and its handle on all.
      const handle = entry?.isDirectory ? (item as HandleOfItem).getAsFileSystemHandle?.().catch(() => null) : undefined
      return { entry, handle, file: item.getAsFile() }
    })
  for (const { entry, handle, file } of items) {
    const folder = await handle
    if (folder?.kind === 'directory') await walk(folder, folder.name, found)
    else if (entry?.isDirectory) await visit(entry as FileSystemDirectoryEntry, entry.name, found)
    else if (file) found.push({ path: file.name, file })
  }
  return found
}

/** Those of a button; of a folder's, with their paths. */
export function chosenFiles(list: FileList): GivenFile[] {
  return [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file }))
}

async function walk(folder: FolderHandle, path: string, found: GivenFile[]): Promise<void> {
  for await (const one of folder.values()) {
    refuseMore(path, found)
    const below = `${path}/${one.name}`
    if (one.kind === 'directory') await walk(one, below, found)
    else found.push({ path: below, file: await one.getFile() })
  }
}

function refuseMore(path: string, found: readonly GivenFile[]): void {
  if (found.length >= MAX_FILES) throw new NotTaken(`${path}: more than ${MAX_FILES} files are too many for a page`)
}

async function visit(folder: FileSystemDirectoryEntry, path: string, found: GivenFile[]): Promise<void> {
  const reader = folder.createReader()
  for (;;) {
    const entries = await asked<FileSystemEntry[]>(path, (then, fail) => reader.readEntries(then, fail))
    if (entries.length === 0) return
    for (const entry of entries) {
      const below = `${path}/${entry.name}`
      refuseMore(path, found)
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
