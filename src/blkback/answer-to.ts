// What a backend answers a request that stands in no ring of its own: a status and an operation.
import type { Request } from '../codec/ring/request.ts'
import { askedOf, type BackendDisk } from './asked.ts'
import { ANSWERING_MODELS, type AnsweringBackend, STATUS } from './blkback.ts'
import { judgeRequest } from './judge.ts'

/** What a response says, but for the id. */
export interface BackendResponse {
  readonly status: number
  readonly operation: number
}

/** @param unit bytes of what the backend counts in @returns undefined where it gives none, or nobody knows which */
export function answerTo(
  request: Request,
  backend: AnsweringBackend,
  disk: BackendDisk,
  unit: bigint,
): BackendResponse | undefined {
  const model = ANSWERING_MODELS[backend]
  const { outcome } = judgeRequest(askedOf(request, disk, unit), model, undefined, undefined)
  if (outcome === 'unknown' || outcome === 'halt') return undefined
  return { status: STATUS[outcome], operation: model.answers.operation(request) }
}
