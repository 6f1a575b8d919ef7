import { type AnsweredRequest, type AnsweredRing, type DiskSpan, type Misplaced, misplacedOf } from '../../blkback/index.ts'
import { byteText } from '../../print/hex-rows.ts'
import type { JsonOf } from '../../print/shape.ts'
import { opText } from '../../print/slot-words.ts'
import { unitJson } from '../../rows/ring-json.ts'
import { type AnswerResult, heldAt } from './result.ts'
import type { ANSWER } from './shape.ts'

type AnswerJson = JsonOf<typeof ANSWER>

export function answerJson(result: AnswerResult): AnswerJson {
  const { backend, image, rings, written } = result
  return {
    backend,
    disk: { image: image.name, bytes: image.bytes },
    rings: rings.map((ring) => ringOf(ring, result)),
    written: written ? { folder: written.folder ?? null, disk: written.disk ?? null } : null,
  }
}

function ringOf({ decoded, note, beyond, requests }: AnsweredRing, result: AnswerResult): AnswerJson['rings'][number] {
  const { source, queue } = decoded.capture
  return {
    source,
    ...(queue !== undefined && { queue }),
    ...unitJson(decoded.ring.sectorUnit),
    ...(note !== undefined && { note }),
    ...(beyond > 0 && { beyond }),
    requests: requests.map(requestOf),
    misplaced: misplacedOf(requests).map((one) => misplacedJson(one, result)),
  }
}

function requestOf(answered: AnsweredRequest): AnswerJson['rings'][number]['requests'][number] {
  const { slot, status, unanswered, reason, touches, writes, lacking, overlaps } = answered
  return {
    slot: slot.slot,
    index: slot.index,
    op: opText(slot.request),
    id: String(slot.request.id),
    status: status ?? null,
    ...(unanswered !== undefined && { unanswered }),
    reason,
    touches: touches ? spanJson(touches) : null,
    writes,
    ...(lacking.length > 0 && { lacking }),
    ...(overlaps.length > 0 && { overlaps }),
  }
}

function misplacedJson({ first, second, writes, done, skipped, moved, beyond }: Misplaced, { disk }: AnswerResult) {
  const held = (span: DiskSpan) => ({ ...spanJson(span), held: Array.from(heldAt(disk, span.at), byteText).join('') })
  return { first, second, writes, done, skipped: held(skipped), moved: spanJson(moved), beyond: held(beyond) }
}

const spanJson = ({ at, length }: DiskSpan) => ({ from: at, bytes: length })
