// A ring and what lies beside it, put together: its own pages before those beside it, and its device among those of the listing.
import { MAX_RING_PAGES } from '../codec/ring/geometry.ts'
import type { IndirectPages } from '../codec/ring/indirect-pages.ts'
import type { XenstoreNodes } from '../xenstore/nodes.ts'
import { ringRefs } from '../xenstore/queues.ts'
import type { Capture } from './capture.ts'
import { chooseDevice, devicesByHandle } from './choose-device.ts'
import { XENSTORE } from './dump-names.ts'
import type { RawRing } from './raw-ring.ts'

/** A ring as its own file or text has it, with what that says of its pages and its queue. */
export interface RingAlone extends RawRing, Partial<Pick<Capture, 'indirectPages' | 'origin' | 'address'>> {
  readonly queue?: number | undefined
}

/** What lies beside a ring and belongs to it. */
export interface Beside extends Partial<Pick<Capture, 'queue' | 'grants' | 'extracted' | 'dataPages'>> {
  readonly indirectPages?: IndirectPages | undefined
  /** The devices of a listing of XenStore, none where it names none; undefined where there is no listing. */
  readonly devices?: readonly XenstoreNodes[] | undefined
}

/**
 * Puts a ring together with what lies beside it: its own pages come before those beside it, and its device is chosen among those
 * of the listing.
 */
export function captureBeside(ring: RingAlone, beside: Beside, place: Pick<Capture, 'source' | 'snapshot' | 'number'>): Capture {
  const { devices, grants, extracted, dataPages } = beside
  const { bytes, missing, origin, address } = ring
  const queue = beside.queue ?? ring.queue
  const { device, rivals } = chooseDevice(devices ?? [], ring, queue)
  const { source, snapshot, number } = place
  // Every name in one literal, as there is one for each ring: spread copies that grow are many times as large.
  return {
    source,
    snapshot,
    number,
    queue,
    bytes,
    indirectPages: pagesOf(ring.indirectPages, beside.indirectPages),
    dataPages,
    xenstore: device,
    grants,
    extracted,
    findings: [...listingFindings(devices, rivals), ...ring.findings],
    ...(origin === undefined ? {} : { origin }),
    ...(address === undefined ? {} : { address }),
    ...(missing.length > 0 ? { missing } : {}),
  }
}

function pagesOf(own: IndirectPages | undefined, beside: IndirectPages = new Map<number, Uint8Array>()): IndirectPages {
  if (!own) return beside
  return {
    get: (gref) => own.get(gref) ?? beside.get(gref),
    isCommon: (gref) => !own.get(gref) && beside.isCommon?.(gref) === true,
  }
}

function listingFindings(devices: readonly XenstoreNodes[] | undefined, rivals: number): Capture['findings'] {
  if (devices?.length === 0)
    return [{ code: 'xenstore-empty', message: `${XENSTORE} names no block device: is it the output of xenstore-ls?` }]
  if (rivals === 0) return []
  return [{ code: 'xenstore-ambiguous', message: `${XENSTORE} names ${rivals + 1} devices that fit this ring; the first is taken` }]
}

/** The number of ring pages that all devices of a listing name, or those that the ring can be of; undefined where they name several, or none. */
export function pagesByXenstore(
  { devices = [], queue }: Pick<Beside, 'devices' | 'queue'>,
  ring?: Pick<Capture, 'bytes' | 'missing'>,
): number | undefined {
  const own = ring ? devicesByHandle(devices, ring) : devices
  const [pages, ...others] = new Set(own.flatMap((device) => ringRefs(device)[queue ?? 0]?.length ?? []))
  return others.length > 0 || !pages || pages > MAX_RING_PAGES ? undefined : pages
}
