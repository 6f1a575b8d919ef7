// In which layout Linux's blkback reads a ring: what XenStore has under `protocol`, and what it takes where that is missing.

import type { DecodedRing } from '../../capture/decoded-ring.ts'
import { decodeRing } from '../../codec/ring/decode-ring.ts'
import { arm, sameLayout, x86_32 } from '../../codec/struct/abi.ts'
import { PROTOCOL_STRINGS } from '../../codec/xen/protocols.ts'
import { quoted } from '../../xenstore/nodes.ts'
import { queuesOf, ringRefKeys } from '../../xenstore/queues.ts'
import type { BackendReading } from '../model.ts'

/**
 * Linux's blkback takes a frontend that names no protocol for one of x86_32 where it runs on x86 (run; on Arm as the host's own),
 * and does not connect to one that names a protocol it does not know. Of a ring without XenStore, or whose
 * frontend has published no ring there, nothing is known, and it is read as given.
 */
export function asReadByLinux(decoded: DecodedRing): BackendReading {
  const { ring, capture } = decoded
  const { xenstore } = capture
  const published = xenstore && queuesOf(xenstore).some((queue) => ringRefKeys(xenstore, queue).length > 0)
  if (!published) return { decoded, note: undefined }
  const { abi } = ring.geometry
  if (xenstore.frontend.has('protocol')) {
    const known = PROTOCOL_STRINGS.includes(xenstore.frontend.get('protocol')!)
    const note = `Linux does not know the protocol ${quoted(xenstore.frontend, 'protocol')} and would not connect`
    return { decoded, note: known ? undefined : `${note}: what follows is what it would do if it had` }
  }
  if (sameLayout(abi, x86_32) || abi === arm) return { decoded, note: undefined }
  const reread = decodeRing(capture.bytes, x86_32, {
    indirectPages: capture.indirectPages,
    missing: ring.missing.spans,
    sectorUnit: ring.sectorUnit,
  })
  return {
    decoded: { ...decoded, ring: reread },
    note: `no protocol in XenStore: Linux on x86 reads this ring as ${x86_32.name}-abi, whatever the guest wrote (${abi.name}), and so it is judged here; Linux on Arm reads its own layout`,
  }
}
