// The ends of block devices among the nodes of a listing, wherever the folder that is listed lies: by their paths where these are
// whole, else by what the nodes in a folder say.
import { parseBackendPath, parseBlockBackendPath, parseFrontendPath } from './names.ts'
import { backendNamed } from './nodes.ts'

export interface DeviceEnd {
  /** Its folder in XenStore, with the first slash; undefined where the text does not tell. */
  readonly path: string | undefined
  readonly domain: string | undefined
  readonly vdev: string | undefined
  readonly nodes: Map<string, string>
}

export interface DeviceEnds {
  readonly frontends: readonly DeviceEnd[]
  readonly backends: readonly DeviceEnd[]
  /** What the toolstack has written down of devices (`/libxl`), which have nodes of both ends. */
  readonly records: readonly DeviceEnd[]
}

/** Folders of `xenstore-ls` of a part: of a domain, its `device`, `device/vbd`; of `backend`, `backend/vbd`, `backend/vbd/9`. */
const FRONT_FOLDER = /^(?:(?:(?:domain\/)?(\d{1,5})\/)?device\/)?vbd\/(\d{1,10})$/
const BACK_FOLDER = /^(?:(?:(?:domain\/)?\d{1,5}\/)?backend\/)?(?:vbd\w*|qdisk|tap2?)\/(\d{1,5})\/(\d{1,10})$/
/** Folders of other classes of devices. */
const OTHER_CLASS = /(?:^|\/)(?:vif|console|vkbd|vfb|pci|vusb|vscsi|9pfs|suspend|data|control|memory|tpm|vtpm|argo)(?:\/|$)/
const RECORD = /^libxl\/(\d{1,5})\/device\/vbd\/(\d{1,10})(?=\/|$)/
const QUEUE = /\/?queue-\d+$/
const FRONT_KEY =
  /^(?:virtual-device(?:-ext)?|ring-ref\d*|event-channel|protocol|backend-id|multi-queue-num-queues|ring-page-order)$/
const BACK_KEY = /^(?:frontend-id|physical-device(?:-path)?|hotplug-status|params|sectors|sector-size|max-ring-page-order)$/

/** Finds the ends of block devices. */
export function endsOf(nodes: ReadonlyMap<string, string>): DeviceEnds {
  const [frontends, backends, records] = [new Ends(), new Ends(), new Ends()]
  const folders = new Map<string, Map<string, string>>()
  for (const [path, value] of nodes) {
    const front = parseFrontendPath(path)
    const back = front ? undefined : parseBlockBackendPath(path)
    const end = front ?? back
    if (end) {
      const own = (front ? frontends : backends).of(end.path, end)
      // The paths of a listing have no first slash: that of the folder itself is shorter.
      if (path.length >= end.path.length) own.set(path.slice(end.path.length), value)
    } else if (RECORD.test(path)) {
      const [folder, domain, vdev] = RECORD.exec(path)!
      const own = records.of(folder, { path: undefined, domain, vdev })
      if (path.length > folder.length) own.set(path.slice(folder.length + 1), value)
    } else if (!/^(?:local|libxl|vm|tool)\//.test(path)) addTo(folders, path, value)
  }
  for (const [folder, own] of folders) {
    if (OTHER_CLASS.test(folder)) continue
    const back = parseBackendPath(backendNamed(own))
    const front = parseFrontendPath(own.get('frontend'))
    if (back && front) records.add(folder, { path: undefined, domain: front.domain, vdev: front.vdev, nodes: own })
    else if (back) {
      if (parseBlockBackendPath(back.path)) frontends.add(folder, frontEnd(folder, own, back))
    } else if (front) backends.add(folder, backEnd(folder, own, front))
    else if (FRONT_FOLDER.test(folder) || (isDevice(folder) && hasKey(own, FRONT_KEY))) frontends.add(folder, frontEnd(folder, own))
    else if (BACK_FOLDER.test(folder) || (isDevice(folder) && hasKey(own, BACK_KEY))) backends.add(folder, backEnd(folder, own))
  }
  return { frontends: frontends.all(), backends: backends.all(), records: records.all() }
}

/** Puts a node of a path that is not whole into its folder; nodes of a queue belong to the device's. */
function addTo(folders: Map<string, Map<string, string>>, path: string, value: string): void {
  const slash = path.lastIndexOf('/')
  const parent = path.slice(0, Math.max(slash, 0))
  const folder = parent.replace(QUEUE, '')
  let own = folders.get(folder)
  if (!own) {
    own = new Map()
    folders.set(folder, own)
  }
  own.set(path.slice(folder === '' ? 0 : folder.length + 1), value)
}

/** A listing of the folder itself, or of one that has devices by their numbers. */
function isDevice(folder: string): boolean {
  return /^(?:\S*\/)?\d{1,10}$|^$/.test(folder)
}

function hasKey(nodes: ReadonlyMap<string, string>, wanted: RegExp): boolean {
  for (const key of nodes.keys()) if (wanted.test(key.slice(key.lastIndexOf('/') + 1))) return true
  return false
}

type Numbers = { readonly domain: string; readonly vdev: string }

function frontEnd(folder: string, nodes: Map<string, string>, named?: Numbers): DeviceEnd {
  const [, domain = named?.domain, inPath] = FRONT_FOLDER.exec(folder) ?? []
  const said = nodes.get('virtual-device') ?? nodes.get('virtual-device-ext')
  const vdev = inPath ?? named?.vdev ?? said ?? /(?:^|\/)(\d{1,10})$/.exec(folder)?.[1]
  return { path: undefined, domain, vdev, nodes }
}

function backEnd(folder: string, nodes: Map<string, string>, named?: Numbers): DeviceEnd {
  const [, domain, vdev] = BACK_FOLDER.exec(folder) ?? []
  return { path: undefined, domain: named?.domain ?? domain ?? nodes.get('frontend-id'), vdev: named?.vdev ?? vdev, nodes }
}

/** Ends in the order of the text. */
class Ends {
  readonly #ends = new Map<string, DeviceEnd>()

  /** The nodes of the end with that path. */
  of(path: string, end: Omit<DeviceEnd, 'nodes'>): Map<string, string> {
    let found = this.#ends.get(path)
    if (!found) {
      found = { path: end.path, domain: end.domain, vdev: end.vdev, nodes: new Map() }
      this.#ends.set(path, found)
    }
    return found.nodes
  }

  add(folder: string, end: DeviceEnd): void {
    this.#ends.set(folder, end)
  }

  all(): DeviceEnd[] {
    return [...this.#ends.values()]
  }
}
