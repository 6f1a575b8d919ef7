import type { XenstoreNodes } from '../codec/xen/xenbus.ts'

const BACKEND = /^\/?local\/domain\/\d+\/backend\/[^/]+\/(\d+)\/(\d+)$/

/** The nodes of one device as `xenstore-ls -f` prints them; `parseXenstore` reads the same device from them. */
export function deviceText({ frontend, backend }: XenstoreNodes): string {
  const back = frontend.get('backend')
  const [, domain, id] = BACKEND.exec(back ?? '') ?? []
  const front = backend.get('frontend') ?? (id === undefined ? undefined : `/local/domain/${domain}/device/vbd/${id}`)
  const lines = (root: string | undefined, nodes: ReadonlyMap<string, string>) =>
    [...nodes].map(([key, value]) => `${root === undefined ? '' : `${root}/`}${key} = "${value}"\n`)
  // Without a path a text is one frontend's: the backend's nodes would be taken for its own.
  const behind = front === undefined || back === undefined ? [] : lines(back, backend)
  return [...lines(front, frontend), ...behind].join('')
}
