import type { Finding } from '../codec/ring/finding.ts'
import { decodeRing, type Ring } from '../codec/ring/ring.ts'
import type { Abi } from '../codec/struct/abi.ts'
import { chooseProtocol, type ProtocolChoice } from './protocol.ts'
import type { RingDump } from './ring-dump.ts'
import { ringRefs } from './xenstore.ts'

/** A dump and everything that was made of it. */
export interface DecodedDump {
  readonly dump: RingDump
  readonly protocol: ProtocolChoice
  readonly ring: Ring
  /** Of the dump as a whole first, then those of the ring by offset. */
  readonly findings: readonly Finding[]
}

/** @param forced the ABI to decode with; undefined chooses one (`chooseProtocol`) */
export function decodeDump(dump: RingDump, forced?: Abi): DecodedDump {
  const protocol = chooseProtocol(dump, forced)
  const { bytes, indirectPages, missing } = dump
  const ring = decodeRing(bytes, protocol.abi, { indirectPages, missing })
  return { dump, protocol, ring, findings: [...dump.findings, ...protocol.findings, ...pageFindings(dump, ring), ...ring.findings] }
}

function pageFindings({ xenstore, queue }: RingDump, { geometry }: Ring): Finding[] {
  if (!xenstore) return []
  const queues = ringRefs(xenstore)
  if (queue !== undefined && queue >= queues.length && queues.length > 0)
    return [
      { code: 'queues-contradict-xenstore', message: `XenStore names ${queues.length} queues, but the dump has a queue ${queue}` },
    ]
  if (queue === undefined && queues.length > 1)
    return [{ code: 'queues-contradict-xenstore', message: `XenStore names ${queues.length} queues, but the dump has one ring` }]
  const pages = queues[queue ?? 0]?.length ?? 0
  if (pages === 0 || pages === geometry.pages) return []
  const message = `XenStore names ${pages} ring ${pages === 1 ? 'page' : 'pages'}, but the dump has ${geometry.pages}`
  return [{ code: 'pages-contradict-xenstore', message }]
}
