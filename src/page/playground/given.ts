// What was given to the page: files by their paths, and which of them are inputs.
import { tellsDump } from '../../capture/dump-names.ts'
import { byNumber } from '../../inputs/anything.ts'
import { MAX_UNPACKED } from '../../inputs/sizes.ts'

export interface Given {
  readonly files: ReadonlyMap<string, Uint8Array>
  /** As a command would be given them, in the folder that they lie in. */
  readonly names: readonly string[]
}

/** What cannot be taken, in words. */
export class NotTaken extends Error {}

/** A file, and its path in what was dropped. */
export interface GivenFile {
  readonly path: string
  readonly file: Blob
}

/** Files in all. A dropped folder may be a whole disk. */
export const MAX_FILES = 20_000

/** Reads the files. @throws NotTaken */
export async function givenFiles(given: readonly GivenFile[]): Promise<Given> {
  if (given.length === 0) throw new NotTaken('nothing in it: drop files or a folder of files')
  let size = 0
  for (const { path, file } of given) {
    size += file.size
    if (size > MAX_UNPACKED)
      throw new NotTaken(
        `${path}: more than ${MAX_UNPACKED / 2 ** 20} MiB in all are too many for a page; blkring report ${path} reads them`,
      )
  }
  const files = new Map<string, Uint8Array>()
  for (const { path, file } of given) files.set(path, await bytesOf(path, file))
  return { files, names: namesOf([...files.keys()]) }
}

export function givenText(name: string, text: string): Given {
  return { files: new Map([[name, new TextEncoder().encode(text)]]), names: [name] }
}

/** A dump folder's files are one input; others, and folders, are one each. */
function namesOf(paths: readonly string[]): readonly string[] {
  const tops = [...new Set(paths.map((path) => path.split('/')[0]!))].sort(byNumber)
  return tops.length > 1 && tops.some(tellsDump) ? ['.'] : tops
}

async function bytesOf(path: string, file: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer())
  } catch {
    throw new NotTaken(`${path}: the browser cannot read it; is it a folder, or has it changed?`)
  }
}
