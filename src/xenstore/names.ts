// Where XenStore has the two ends of a block device, and what the device goes by. Paths are made and read here only.
import type { XenstoreNodes } from './nodes.ts'

/** A device as its paths name it: digits, as they stand there. */
export interface DeviceNumbers {
  /** The frontend's domain. */
  readonly domain: string
  /** The whole number of the device, `virtual-device` of the frontend. */
  readonly vdev: string
}

/** The path of one end of a device, taken apart. */
export interface EndPath extends DeviceNumbers {
  /** The end's folder, with its first slash, and without what stands behind it. */
  readonly path: string
}

/** The path of a backend, taken apart. */
export interface BackendPath extends EndPath {
  readonly backendDomain: string
  /** The folder of backends of one kind: `vbd` (Linux's blkback), `qdisk` (QEMU), `vbd3` or `tap` (tapdisk). */
  readonly kind: string
}

const FRONTEND = /^\/?(local\/domain\/(\d{1,5})\/device\/vbd\/(\d{1,10}))(?=\/|$)/
const BACKEND = /^\/?(local\/domain\/(\d{1,5})\/backend\/(\w+)\/(\d{1,5})\/(\d{1,10}))(?=\/|$)/
const ERROR = /^(?:local\/domain\/(\d{1,5})\/)?error\/((?:device|backend)\/\w+(?:\/\d{1,10}){1,2})\/error$/
const BLOCK_KIND = /^(?:vbd\w*|qdisk|tap2?)$/

/** The folder of a frontend in XenStore: `/local/domain/9/device/vbd/51712`. */
export function frontendPath({ domain, vdev }: { readonly domain: string | number; readonly vdev: string | number }): string {
  return `/local/domain/${domain}/device/vbd/${vdev}`
}

/** The folder of a backend in XenStore: `/local/domain/0/backend/vbd/9/51712`. */
export function backendPath(backendDomain: string | number, kind: string, domain: string | number, vdev: string | number): string {
  return `/local/domain/${backendDomain}/backend/${kind}/${domain}/${vdev}`
}

/** The folder in which the drivers of a domain leave what they gave up with. */
export function errorFolder(domain: string | number): string {
  return `/local/domain/${domain}/error`
}

/** Of a node in such a folder, without the first slash: the domain, where it is said, and the folder of the device's end in it. */
export function parseErrorPath(path: string): { readonly domain: string | undefined; readonly end: string } | undefined {
  const [, domain, end] = ERROR.exec(path) ?? []
  return end === undefined ? undefined : { domain, end }
}

/**
 * Takes the path of a frontend apart, of its folder or of a node in it, with or without the first slash; undefined for another
 * path.
 */
export function parseFrontendPath(path: string | undefined): EndPath | undefined {
  const [, folder, domain, vdev] = FRONTEND.exec(path ?? '') ?? []
  return folder === undefined ? undefined : { path: `/${folder}`, domain: domain!, vdev: vdev! }
}

/** Takes the path of a backend of any kind apart, of its folder or of a node in it; undefined for another path. */
export function parseBackendPath(path: string | undefined): BackendPath | undefined {
  const [, folder, backendDomain, kind, domain, vdev] = BACKEND.exec(path ?? '') ?? []
  if (folder === undefined) return undefined
  return { path: `/${folder}`, backendDomain: backendDomain!, kind: kind!, domain: domain!, vdev: vdev! }
}

/** Takes the path of a backend of block devices apart; undefined for any other path. */
export function parseBlockBackendPath(path: string): BackendPath | undefined {
  const backend = parseBackendPath(path)
  return backend && BLOCK_KIND.test(backend.kind) ? backend : undefined
}

/** The numbers of a device, as either end names the other; undefined where neither does. */
export function numbersOf({ frontend, backend }: XenstoreNodes): DeviceNumbers | undefined {
  return parseBackendPath(frontend.get('backend')) ?? parseFrontendPath(backend.get('frontend'))
}

/** The name that Linux's backend gives a device (/sys/bus/xen-backend/devices): `vbd-9-51712`. */
export function deviceName({ domain, vdev }: DeviceNumbers): string {
  return `vbd-${domain}-${vdev}`
}

/** Whether the backend is QEMU's qdisk, as its path or the toolstack's `type` says. */
export function isQdisk(nodes: XenstoreNodes | undefined): boolean {
  return nodes !== undefined && (nodes.backend.get('type') === 'qdisk' || kindOf(nodes) === 'qdisk')
}

/** Whether the backend may be QEMU's qdisk: it is, or nothing says what it is. */
export function mayBeQdisk(nodes: XenstoreNodes | undefined): boolean {
  return isQdisk(nodes) || nodes === undefined || (!nodes.backend.has('type') && kindOf(nodes) === undefined)
}

/** Whether the backend is a blkback, of whatever kernel, as its path or the toolstack's `type` says. */
export function isBlkback(nodes: XenstoreNodes): boolean {
  return !isQdisk(nodes) && (nodes.backend.get('type') === 'phy' || kindOf(nodes) === 'vbd')
}

/** Whether the backend is tapdisk, as its path or the toolstack's `type` says. */
export function isTapdisk(nodes: XenstoreNodes | undefined): boolean {
  return nodes !== undefined && (nodes.backend.get('type') === 'tap' || /^(?:vbd3|tap2?)$/.test(kindOf(nodes) ?? ''))
}

function kindOf({ frontend }: XenstoreNodes): string | undefined {
  return parseBackendPath(frontend.get('backend'))?.kind
}
