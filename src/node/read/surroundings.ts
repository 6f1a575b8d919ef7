// What lies around a ring in its folder, and belongs to it.
import { basename, dirname, join, resolve } from 'node:path'
import type { Capture } from '../../capture/capture.ts'
import { devicesByHandle } from '../../capture/choose-device.ts'
import { memberOf, queueOfFolder } from '../../capture/dump-names.ts'
import { MAX_RING_PAGES } from '../../codec/ring/geometry.ts'
import type { Extracted } from '../../image/index.ts'
import { parseXenstore } from '../../xenstore/devices.ts'
import type { XenstoreNodes } from '../../xenstore/nodes.ts'
import { ringRefs } from '../../xenstore/queues.ts'
import { type Files, memberIn, withMember } from './files.ts'
import { FolderPages } from './folder-pages.ts'
import { grantsBeside } from './grants-beside.ts'
import type { OpenOptions } from './kinds/kind.ts'
import { listingText } from './listing.ts'
import { readOrigin } from './origin.ts'
import { orReport } from './report.ts'

export interface Surroundings {
  readonly files: Files
  readonly pages: FolderPages | undefined
  readonly queue: number | undefined
  /** Undefined where no listing is there. */
  readonly devices: readonly XenstoreNodes[] | undefined
  readonly grants: Capture['grants']
  readonly extracted: Extracted | undefined
}

/** Of a file that is named itself: those of a ring of a dump folder, else none. */
export function surroundingsOfFile(files: Files, path: string, options: OpenOptions): Surroundings {
  if (path !== '-' && memberOf(basename(path))?.kind === 'ring') return surroundingsIn(files, dirname(path), options)
  return { files, pages: undefined, queue: undefined, devices: undefined, grants: undefined, extracted: undefined }
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
    if (text !== undefined) return parseXenstore(text)
  }
  return undefined
}

/** The number of ring pages that all devices of a listing name; undefined where they name several, or none. */
export function pagesByXenstore(
  { devices = [], queue }: Surroundings,
  ring?: Pick<Capture, 'bytes' | 'missing'>,
): number | undefined {
  const own = ring ? devicesByHandle(devices, ring) : devices
  const [pages, ...others] = new Set(own.flatMap((device) => ringRefs(device)[queue ?? 0]?.length ?? []))
  return others.length > 0 || !pages || pages > MAX_RING_PAGES ? undefined : pages
}
