import type { Rule } from '../rule.ts'
import { DECODED_RULES } from './decoded.ts'
import { DISK_RULES } from './disk.ts'
import { IN_FLIGHT_RULES } from './in-flight.ts'
import { INDEX_RULES } from './indices.ts'
import { INDIRECT_RULES } from './indirect.ts'
import { PADDING_RULES } from './padding.ts'
import { PAGE_ORDER_RULES } from './page-order.ts'
import { QDISK_RULES } from './qdisk.ts'
import { REPLACED_RULES } from './replaced.ts'
import { REQUEST_RULES } from './requests.ts'
import { RESPONSE_RULES } from './responses.ts'
import { SEGMENT_RULES } from './segments.ts'
import { SERIES_RULES } from './series.ts'
import { TEXT_RULES } from './text.ts'
import { XENSTORE_DISK_RULES } from './xenstore-disk.ts'
import { XENSTORE_END_RULES } from './xenstore-ends.ts'
import { XENSTORE_QUEUE_RULES } from './xenstore-queues.ts'
import { XENSTORE_RING_RULES } from './xenstore-rings.ts'

/** Every rule, sorted by its id. */
export const RULES: readonly Rule[] = [
  ...DECODED_RULES,
  ...INDEX_RULES,
  ...PADDING_RULES,
  ...PAGE_ORDER_RULES,
  ...REQUEST_RULES,
  ...SEGMENT_RULES,
  ...INDIRECT_RULES,
  ...IN_FLIGHT_RULES,
  ...DISK_RULES,
  ...QDISK_RULES,
  ...RESPONSE_RULES,
  ...XENSTORE_QUEUE_RULES,
  ...XENSTORE_RING_RULES,
  ...XENSTORE_END_RULES,
  ...XENSTORE_DISK_RULES,
  ...SERIES_RULES,
  ...REPLACED_RULES,
  ...TEXT_RULES,
].sort((a, b) => (a.id < b.id ? -1 : 1))
