// What xl prints of block devices: a line for each (xl block-list, tools/xl/xl_block.c), or the guests' configuration as JSON
// (xl list -l).
import type { UnpastedLine } from '../paste/unpaste.ts'
import { wholeJson } from './cut-json.ts'
import { parseBackendPath } from './names.ts'
import { knownNodes, type Vbd } from './nodes.ts'

/** Devices that were found in lines, and the lines that are no part of them. */
export interface VbdLines {
  readonly vbds: readonly Vbd[]
  readonly rest: readonly UnpastedLine[]
}

const TITLES = /^[ \t]*Vdev +BE +handle +state +evt-ch +ring-ref +BE-path[ \t]*$/
const ROW = /^[ \t]*(\d{1,10}) +(\d{1,5}) +(-?\d+) +(-?\d+) +(-?\d+) +(-?\d+) +(\S{1,99})[ \t]*$/

/** The devices that `xl block-list` printed, with or without its titles; undefined where there are none. */
export function readBlockList(lines: readonly UnpastedLine[]): VbdLines | undefined {
  const vbds: Vbd[] = []
  const rest = lines.filter(({ text }) => {
    const vbd = rowVbd(text)
    if (vbd) vbds.push(vbd)
    return !vbd && !TITLES.test(text)
  })
  return rest.length === lines.length ? undefined : { vbds, rest }
}

/** -1 and 0 stand for what is not there: the references of a ring of several pages, or of several queues. */
function rowVbd(line: string): Vbd | undefined {
  const [, vdev, backendDomain, , state, channel, ref, path] = ROW.exec(line) ?? []
  const end = parseBackendPath(path)
  if (!end) return undefined
  const there = (number: string | undefined) => (Number(number) > 0 ? number : undefined)
  const frontend = knownNodes({
    'virtual-device': vdev,
    'backend-id': backendDomain,
    state,
    backend: end.path,
    'event-channel': there(channel),
    'ring-ref': there(ref),
  })
  return { frontend, backend: knownNodes({}), domain: Number(end.domain), vdev, guest: undefined, published: true }
}

/** The devices in `xl list -l`, also of one that is cut; undefined where the lines are no JSON of guests. */
export function readConfigurations(lines: readonly UnpastedLine[]): VbdLines | undefined {
  const from = lines.findIndex(({ text }) => /^\s*[[{]\s*(?:$|[{"])/.test(text))
  if (from < 0) return undefined
  const found = wholeJson(lines.slice(from))
  if (!found) return undefined
  const guests = [found.value].flat().filter((guest) => 'domid' in fields(guest) || 'config' in fields(guest))
  if (guests.length === 0) return undefined
  return { vbds: guests.flatMap(configuredVbds), rest: [...lines.slice(0, from), ...lines.slice(from + found.lines)] }
}

/** Of a guest's configuration its name and disks: no ring is in it. */
function configuredVbds(guest: unknown): Vbd[] {
  const { domid, config } = fields(guest)
  const { c_info, disks } = fields(config)
  const { name } = fields(c_info)
  const domain = typeof domid === 'number' ? domid : undefined
  return (Array.isArray(disks) ? (disks as unknown[]) : []).map((disk) => {
    const { vdev, pdev_path, readwrite, backend, backend_domid, backend_domname } = fields(disk)
    const known = { dev: vdev, params: pdev_path, mode: readwrite === 0 || readwrite === false ? 'r' : 'w', type: backend }
    const behind = backend_domid ?? backend_domname
    return {
      frontend: knownNodes({ 'backend-id': behind === undefined ? undefined : String(behind) }),
      backend: knownNodes(known),
      domain,
      vdev: undefined,
      guest: typeof name === 'string' ? name : undefined,
      published: false,
    }
  })
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
