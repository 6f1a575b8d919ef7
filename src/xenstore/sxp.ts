// S-expressions of xend, the toolstack before xl: guests with their devices (`xm list -l`), and a guest's block devices with the nodes
// of their frontends (`xm block-list -l`).
import type { UnpastedLine } from '../paste/unpaste.ts'
import { parseBackendPath } from './names.ts'
import { knownNodes, type Vbd } from './nodes.ts'
import type { VbdLines } from './xl.ts'

type Sxp = string | readonly Sxp[]

/** Deeper text is none that a tool prints. */
const MAX_DEPTH = 64
const TOKEN = /[()]|"(?:[^"\\]|\\.)*"|'[^']*'|[^\s()]+/g

/** The devices of all guests, also of text that is cut; undefined where no line begins such a list. */
export function readXend(lines: readonly UnpastedLine[]): VbdLines | undefined {
  const rest: UnpastedLine[] = []
  const vbds: Vbd[] = []
  const reader = new Reader()
  for (const line of lines) {
    if (!reader.isOpen && !/^\s*\((?:domain|vm|\d{1,10})\b/.test(line.text)) rest.push(line)
    else reader.add(line.text)
  }
  for (const list of reader.end()) {
    if (list[0] === 'domain' || list[0] === 'vm') vbds.push(...guestVbds(list))
    else vbds.push(...listedVbd(list))
  }
  return rest.length === lines.length ? undefined : { vbds, rest }
}

class Reader {
  readonly #lists: Sxp[][] = []
  readonly #open: Sxp[][] = []

  get isOpen(): boolean {
    return this.#open.length > 0
  }

  add(text: string): void {
    for (const [token] of text.matchAll(TOKEN)) {
      if (token === '(') {
        if (this.#open.length === MAX_DEPTH) continue
        const list: Sxp[] = []
        const into = this.#open.at(-1) ?? this.#lists
        into.push(list)
        this.#open.push(list)
      } else if (token === ')') this.#open.pop()
      else this.#open.at(-1)?.push(/^["']/.test(token) ? token.slice(1, -1) : token)
    }
  }

  end(): readonly (readonly Sxp[])[] {
    return this.#lists
  }
}

/** The first word of each pair, and the second. */
function pairs(list: readonly Sxp[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const item of list)
    if (Array.isArray(item) && typeof item[0] === 'string' && typeof item[1] === 'string') found.set(item[0], item[1])
  return found
}

function guestVbds(guest: readonly Sxp[]): Vbd[] {
  const said = pairs(guest)
  const domid = said.get('domid')
  const devices = guest.flatMap((item) => (Array.isArray(item) && item[0] === 'device' ? (item.slice(1) as Sxp[]) : []))
  return devices.flatMap((device): Vbd[] => {
    if (!Array.isArray(device) || !/^(?:vbd|tap2?)$/.test(String(device[0]))) return []
    const disk = pairs(device)
    const [dev, deviceType] = (disk.get('dev') ?? '').split(':')
    const [, type, params] = /^([^:]*):(.*)$/.exec(disk.get('uname') ?? '') ?? []
    const known = { dev: dev || undefined, 'device-type': deviceType, type, params, mode: disk.get('mode') }
    return [
      {
        frontend: knownNodes({ 'backend-id': disk.get('backend') }),
        backend: knownNodes(known),
        domain: domid !== undefined && /^\d{1,5}$/.test(domid) ? Number(domid) : undefined,
        vdev: undefined,
        guest: said.get('name'),
        published: false,
      },
    ]
  })
}

/** `(51712 ((virtual-device 51712) (backend /local/…) …))`: the nodes of a frontend. */
function listedVbd([vdev, nodes]: readonly Sxp[]): Vbd[] {
  if (typeof vdev !== 'string' || !Array.isArray(nodes)) return []
  const frontend = pairs(nodes as Sxp[])
  const end = parseBackendPath(frontend.get('backend'))
  return [{ frontend, backend: knownNodes({}), domain: end && Number(end.domain), vdev, guest: undefined, published: true }]
}
