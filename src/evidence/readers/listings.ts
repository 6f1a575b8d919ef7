// Listings of XenStore, and what xl prints of devices.
import { listVbds } from '../../xenstore/devices.ts'
import { numbersOf } from '../../xenstore/names.ts'
import type { Vbd } from '../../xenstore/nodes.ts'
import type { Paste, Reading } from '../reader.ts'

/** What a line of a listing has: a node, or a row of `xl block-list`. */
const NODE = /^\s*[\w/.@-]{1,400} = "|^\s*\d{1,10} +\d{1,5} +-?\d+ +-?\d+ .*\/backend\//

export function* listingReader({ source, lines, whole }: Paste): Generator<Reading> {
  const vbds = listVbds(whole).filter(isNamed)
  if (vbds.length === 0) return
  const used = lines.filter(({ text }) => NODE.test(text.slice(0, 512))).map(({ number }) => number)
  for (const [i, { domain, guest, frontend, backend }] of vbds.entries()) {
    const vdev = frontend.get('virtual-device') ?? numbersOf({ frontend, backend })?.vdev
    // xl's configuration has the name alone.
    const isNumber = vdev !== undefined && /^\d{1,10}$/.test(vdev)
    const of = { domid: domain, guest, ...(isNumber ? { vdev: Number(vdev) } : { disk: backend.get('dev')?.slice(0, 40) }) }
    yield { statement: { kind: 'device', source, line: used[0], of, nodes: { frontend, backend } }, lines: i === 0 ? used : [] }
  }
}

/** Something tells which device it is, or it is the folder of one. */
function isNamed(vbd: Vbd): boolean {
  const { domain, frontend } = vbd
  return domain !== undefined || numbersOf(vbd) !== undefined || frontend.has('ring-ref') || frontend.has('protocol')
}
