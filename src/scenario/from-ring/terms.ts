// What driver and backend agreed on, as far as a ring and XenStore tell it: of each thing also who says so.
import { DRIVER_MODELS, type DriverName, negotiatedIndirectSegments, type PageSize } from '../../blkfront/index.ts'
import { bothHave, numberOf, type XenstoreNodes } from '../../xenstore/nodes.ts'
import type { RingIo } from './ring-io.ts'
import { LARGEST_PAGE, type PairsTell } from './two-slots.ts'

/** The module parameter max_indirect_segments, unless a guest sets it. */
const LINUX_MAX_INDIRECT = 32

/** What is known, and who says so: a flag, XenStore, the ring; or what was supposed, because nobody says. */
export interface Told<T> {
  readonly value: T
  readonly from: string
}

/** What a user says himself, before any evidence. */
export interface AskedTerms {
  readonly page_size?: PageSize | undefined
  readonly persistent?: boolean | undefined
  readonly max_indirect_segments?: number | undefined
  readonly flush?: boolean | undefined
  readonly barrier?: boolean | undefined
  readonly discard?: boolean | undefined
  readonly bounce?: boolean | undefined
  readonly handle?: number | undefined
}

export interface RingTerms {
  readonly page_size: Told<PageSize>
  readonly persistent: Told<boolean>
  readonly max_indirect_segments: Told<number>
  readonly flush: Told<boolean>
  readonly barrier: Told<boolean>
  readonly discard: Told<boolean>
  readonly secure_discard: Told<boolean>
  readonly handle: Told<number>
}

const FLAG = 'as asked'
const XENSTORE = 'as XenStore says'
const SPLIT = 'inferred from its two-slot requests'
const EITHER = 'supposed; either that, or 64 KiB with requests over two slots: --page-size 64K reads it so'

/** @param pairs what pairs of its requests tell @param xenstore undefined where there is none */
export function termsOfRing(
  io: readonly RingIo[],
  pairs: PairsTell,
  xenstore: XenstoreNodes | undefined,
  driver: DriverName,
  asked: AskedTerms,
): RingTerms {
  const backend = xenstore && xenstore.backend.size > 0 ? xenstore.backend : undefined
  const seen = (op: RingIo['op']) => io.some((each) => each.op === op)
  const choose = <T>(own: T | undefined, evidence: Told<T>): Told<T> => (own === undefined ? evidence : { value: own, from: FLAG })
  const offered = (name: string, otherwise: Told<boolean>): Told<boolean> =>
    backend ? { value: numberOf(backend, name) === 1n, from: XENSTORE } : otherwise
  return {
    page_size: choose<PageSize>(
      asked.page_size,
      pairs === 'two-slots'
        ? { value: LARGEST_PAGE, from: SPLIT }
        : { value: 4096, from: pairs === 'either' ? EITHER : 'supposed: nothing says otherwise' },
    ),
    persistent: choose(
      asked.persistent,
      xenstore && backend
        ? { value: bothHave(xenstore, 'feature-persistent', '1'), from: XENSTORE }
        : { value: true, from: "supposed, as Linux's default; no field of a request depends on it" },
    ),
    max_indirect_segments: choose(asked.max_indirect_segments, indirectOf(backend, pairs, driver)),
    flush: choose(asked.flush, offered('feature-flush-cache', flushSeen(seen('flush') || !seen('barrier')))),
    barrier: choose(asked.barrier, offered('feature-barrier', flushSeen(seen('barrier')))),
    discard: choose(asked.discard, offered('feature-discard', { value: true, from: 'supposed' })),
    secure_discard: offered('discard-secure', { value: seen('secure discard'), from: 'as its requests say' }),
    handle: choose(asked.handle, handleOf(io, xenstore)),
  }
}

function flushSeen(value: boolean): Told<boolean> {
  return { value, from: 'as its requests say' }
}

function indirectOf(backend: ReadonlyMap<string, string> | undefined, pairs: PairsTell, driver: DriverName): Told<number> {
  const model = DRIVER_MODELS[driver]
  // Whatever the backend offers: a driver that may send indirect requests splits none.
  if (pairs === 'two-slots') return { value: 0, from: SPLIT }
  if (!backend) return { value: LINUX_MAX_INDIRECT, from: "supposed, as Linux's default" }
  const offer = numberOf(backend, 'feature-max-indirect-segments') ?? 0n
  const value = negotiatedIndirectSegments(model, Number(offer > 4096n ? 4096n : offer), LINUX_MAX_INDIRECT)
  if (offer > BigInt(LINUX_MAX_INDIRECT)) return { value, from: `Linux's default; the backend offers ${offer}` }
  if (BigInt(value) !== offer) return { value, from: `the backend offers ${offer}, which the ${driver} driver takes for none` }
  return { value, from: XENSTORE }
}

function handleOf(io: readonly RingIo[], xenstore: XenstoreNodes | undefined): Told<number> {
  const vdev = xenstore && numberOf(xenstore.frontend, 'virtual-device')
  if (vdev !== undefined) return { value: Number(BigInt.asUintN(16, vdev)), from: XENSTORE }
  const counts = new Map<number, number>()
  for (const { handle } of io) if (handle !== undefined) counts.set(handle, (counts.get(handle) ?? 0) + 1)
  const [first] = [...counts].sort(([, a], [, b]) => b - a)
  return first ? { value: first[0], from: 'as its requests say' } : { value: 51712, from: 'supposed' }
}
