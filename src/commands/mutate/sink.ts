// Where rings go: files or dump folders in one folder, which appears whole or not at all, or raw pages.
import { DumpError } from '../../capture/dump-error.ts'
import { indirectName, memberOf, RING, XENSTORE } from '../../capture/dump-names.ts'
import type { Mutant } from '../../mutate/draft.ts'
import type { MutableRing } from '../../mutate/source.ts'
import { type FolderKind, FolderWriter } from '../../node/write/write-folder.ts'
import { deviceText } from '../../xenstore/write.ts'
import { FORCE_REPLACES } from '../shared/cures.ts'
import { openRawPages, type RawPages } from '../shared/raw-pages.ts'

export interface MutantSink {
  /** @returns what it is called */
  write(n: number, source: MutableRing, mutant: Mutant): string
  end(): void
  discard(): void
}

const CORPUS: FolderKind = {
  name: 'corpus',
  isFile: (path) =>
    /^mutant-\d{6,}\.bin$/.test(path) ||
    (/^mutant-\d{6,}\/[^/]+$/.test(path) && memberOf(path.slice(path.indexOf('/') + 1)) !== undefined),
  isFolder: (path) => /^mutant-\d{6,}$/.test(path),
}

const nameOf = (n: number) => `mutant-${String(n).padStart(6, '0')}`

/** @throws DumpError where the folder may not be written */
export function openMutantSink(
  output: string,
  { folders, force }: { readonly folders: boolean; readonly force: boolean },
): MutantSink {
  const raw = openRawPages(output, force)
  if (raw && folders) {
    raw.discard()
    throw new Error(`-o ${output} and --folders: name a folder`)
  }
  if (raw) return rawSink(raw)
  const folder = new FolderWriter(output, { kind: CORPUS, replace: force, cures: FORCE_REPLACES })
  return {
    write: (n, source, mutant) =>
      folders ? writeDump(folder, nameOf(n), source, mutant) : writeFile(folder, `${nameOf(n)}.bin`, mutant),
    end: () => folder.commit(),
    discard: () => folder.discard(),
  }
}

function writeFile(folder: FolderWriter, name: string, { bytes }: Mutant): string {
  folder.write(name, bytes)
  return name
}

/** With the pages that its requests named, and XenStore, so that what the checker saw lies there. */
function writeDump(folder: FolderWriter, name: string, { pages, capture }: MutableRing, mutant: Mutant): string {
  folder.mkdir(name)
  folder.write(`${name}/${RING}`, mutant.bytes)
  for (const [gref, page] of new Map([...pages, ...mutant.pages])) if (page) folder.write(`${name}/${indirectName(gref)}`, page)
  const xenstore = mutant.xenstore ?? capture.xenstore
  if (xenstore) folder.write(`${name}/${XENSTORE}`, deviceText(xenstore))
  return name
}

function rawSink(raw: RawPages): MutantSink {
  let length: number | undefined
  return {
    write(n, { source }, { bytes }) {
      length ??= bytes.length
      if (bytes.length !== length)
        throw new DumpError(source, 'its ring has another number of pages than the first', '-o DIR writes rings of any')
      raw.write(bytes)
      return String(n)
    },
    end: () => raw.end(),
    discard: () => raw.discard(),
  }
}
