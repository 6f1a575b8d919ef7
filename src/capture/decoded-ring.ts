import type { Finding } from '../codec/ring/finding.ts'
import type { Ring } from '../codec/ring/ring.ts'
import type { Capture } from './capture.ts'

/** A ring and what is known beside it: what `decodeCapture` returns, or anything of that shape. */
export interface DecodedRing {
  readonly capture: Pick<Capture, 'source' | 'queue' | 'snapshot' | 'bytes' | 'indirectPages' | 'dataPages' | 'xenstore' | 'grants'>
  readonly ring: Ring
  /** The unit of the ring's sectors was asked for: requests that fit the disk in another are not read in that. */
  readonly sectorUnitGiven?: boolean
  /** Findings of decoding: those of the capture, of the protocol and of the ring. */
  readonly findings: readonly Finding[]
}
