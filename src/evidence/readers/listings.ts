// Listings of XenStore, and what xl prints of devices.
import { readVbds } from '../../xenstore/devices.ts'
import { numbersOf } from '../../xenstore/names.ts'
import type { Vbd } from '../../xenstore/nodes.ts'
import type { Paste, Reading } from '../reader.ts'

export function* listingReader({ source, lines, whole }: Paste): Generator<Reading> {
  const { vbds, others } = readVbds(whole)
  const named = vbds.filter(isNamed)
  if (named.length === 0) return
  const rest = new Set(others.map(({ number }) => number))
  const used: number[] = []
  for (const { text, number } of lines) if (text.trim() !== '' && !rest.has(number)) used.push(number)
  for (const [i, { domain, guest, vdev: own, frontend, backend, errors }] of named.entries()) {
    const vdev = frontend.get('virtual-device') ?? own
    // xl's configuration has the name alone.
    const isNumber = vdev !== undefined && /^\d{1,10}$/.test(vdev)
    const of = { domid: domain, guest, ...(isNumber ? { vdev: Number(vdev) } : { disk: backend.get('dev')?.slice(0, 40) }) }
    const nodes = { frontend, backend, ...(errors ? { errors } : {}) }
    yield { statement: { kind: 'device', source, line: used[0], of, nodes }, lines: i === 0 ? used : [] }
  }
}

/** Something tells which device it is, or it is the folder of one. */
function isNamed(vbd: Vbd): boolean {
  const { domain, frontend } = vbd
  return domain !== undefined || numbersOf(vbd) !== undefined || frontend.has('ring-ref') || frontend.has('protocol')
}
