// What lies around a ring in its folder, and belongs to it.
import { basename, dirname, join, resolve } from 'node:path'
import type { Beside } from '../capture/beside.ts'
import { memberOf, queueOfFolder } from '../capture/dump-names.ts'
import { readVbds } from '../xenstore/devices.ts'
import { unusedListing } from '../xenstore/no-device.ts'
import type { XenstoreNodes } from '../xenstore/nodes.ts'
import { type Files, memberIn, withMember } from './files.ts'
import { FolderPages } from './folder-pages.ts'
import { grantsBeside } from './grants-beside.ts'
import { listingText } from './listing.ts'
import type { OpenOptions } from './open-options.ts'
import { readOrigin } from './origin.ts'
import { orReport } from './report.ts'

export interface Surroundings extends Omit<Beside, 'indirectPages' | 'dataPages'> {
  readonly files: Files
  readonly pages?: FolderPages
}

/** Of a file that is named itself: those of a ring of a dump folder, else none. */
export function surroundingsOfFile(files: Files, path: string, options: OpenOptions): Surroundings {
  if (path !== '-' && memberOf(basename(path))?.kind === 'ring') return surroundingsIn(files, dirname(path), options)
  return { files }
}

export function surroundingsIn(files: Files, folder: string, options: OpenOptions): Surroundings {
  const queue = queueOfFolder(basename(resolve(folder)))
  const folders = queue === undefined ? [folder] : [folder, join(folder, '..')]
  return {
    files,
    pages: new FolderPages(files, folder),
    queue,
    devices: devicesIn(files, folders, options),
    grants: grantsBeside(files, folders),
    extracted: readOrigin(files, folder),
  }
}

/** Of the first of the folders that has a listing which can be read. */
function devicesIn(files: Files, folders: readonly string[], options: OpenOptions): readonly XenstoreNodes[] | undefined {
  for (const folder of folders) {
    const path = memberIn(files, folder, 'xenstore')
    const text = path === undefined ? undefined : orReport(options, () => withMember(files, path, listingText))
    if (text !== undefined) return devicesOf(path!, text, options)
  }
  return undefined
}

/** The devices whose rings a listing names; where there are none, it is said why. */
function devicesOf(path: string, text: string, { onNote }: OpenOptions): readonly XenstoreNodes[] {
  const { vbds, nodes } = readVbds(text)
  const published = vbds.filter((vbd) => vbd.published)
  if (published.length === 0) onNote?.(`${path}: ${unusedListing(vbds, nodes, text)}: it is not used`)
  return published
}
