// A disk in words, and what a listing does not say of it.
import { type MissingPart, missingParts } from '../xenstore/missing.ts'
import type { Vbd } from '../xenstore/nodes.ts'
import { vdevName } from '../xenstore/vdev.ts'
import { count } from './text.ts'

/** The name that a device's number stands for. */
export function nameOfVdev(vdev: string | undefined): string | undefined {
  return vdev !== undefined && /^\d{1,10}$/.test(vdev) ? vdevName(Number(vdev)) : undefined
}

/** The name and number of a disk: `xvda (51712)`; undefined where neither is known. */
export function diskText({ frontend, backend, vdev: own }: Vbd): string | undefined {
  const vdev = frontend.get('virtual-device') ?? own
  const name = backend.get('dev') ?? nameOfVdev(vdev)
  return vdev === undefined || name === undefined ? (name ?? vdev) : `${name} (${vdev})`
}

const PARTS: Readonly<Record<MissingPart, string>> = {
  frontend: "the frontend's nodes",
  rings: "the ring's references and event channel",
  protocol: "the frontend's protocol",
  backend: "the backend's nodes",
}

/** Disks that are named in a sentence. */
const MAX_NAMED = 3

/** A sentence for each thing that a listing does not say: of which disks, and where it is. */
export function missingTexts(vbds: readonly Vbd[]): string[] {
  const guests = new Set(vbds.map(({ domain }) => domain)).size
  return missingParts(vbds).map(({ part, vbds: of, folder }) => {
    const named = of.slice(0, MAX_NAMED).map((vbd) => nameIn(vbd, guests))
    const names = of.length > MAX_NAMED ? `${named.join(', ')} and ${of.length - MAX_NAMED} more` : named.join(', ')
    const disks = vbds.length === 1 ? '' : ` of ${of.length === vbds.length ? `all ${count(of.length, 'disk')}` : names}`
    return `not in the text: ${PARTS[part]}${disks} (xenstore-ls -f ${folder})`
  })
}

function nameIn(vbd: Vbd, guests: number): string {
  const name = diskText(vbd) ?? 'a disk without a name'
  return guests > 1 && vbd.domain !== undefined ? `${name} of ${vbd.domain}` : name
}
