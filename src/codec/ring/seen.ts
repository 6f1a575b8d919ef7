// What of a ring's slots tells which of its requests were answered: ids and operations, of objects and columns alike.
import { BLKIF_OP_INDIRECT } from '../xen/blkif.ts'

export interface SeenRequest {
  readonly id: bigint
  readonly operation: number
  /** The inner operation of an indirect request, which a backend's response carries. */
  readonly indirect_op: number | undefined
  readonly sector_number: bigint
}

export interface SeenResponse {
  readonly slot: number
  readonly id: bigint
  readonly operation: number
  /** What survives of the request beneath. */
  readonly sector_number: bigint
}

/** What is seen of a ring, filled slot by slot, oldest index first. */
export class SeenSlots {
  readonly requests: SeenRequest[] = []
  readonly responses: SeenResponse[] = []
  /** Slots between these of which no id is known: of the window [rsp_prod, req_prod), and of responses. */
  readonly unseen = { requests: 0, responses: 0 }
  hasCleared = false

  /** A slot that was recycled. Before all others, they are as those that later requests lie over: the responses that are left begin behind. */
  addCleared(): void {
    this.hasCleared = true
    if (this.responses.length > 0) this.unseen.responses++
  }

  /** A slot that is not in the input. @param holds what the indices say of it */
  addUnknown(holds: 'request' | 'response' | 'unused' | 'unknown'): void {
    if (holds === 'request') this.unseen.requests++
    else if (holds === 'response') this.unseen.responses++
  }
}

/** A response of this operation can be the answer: that of an indirect request carries the inner operation. */
export function mayAnswer(response: SeenResponse, request: SeenRequest): boolean {
  const expected = request.operation === BLKIF_OP_INDIRECT ? request.indirect_op : request.operation
  return response.operation === expected
}
