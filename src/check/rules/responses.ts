// What the backend answered.

import { slotOffset } from '../../codec/ring/geometry.ts'
import { idText } from '../../codec/ring/id-text.ts'
import type { ResponseSlot } from '../../codec/ring/ring.ts'
import { isFirstLap } from '../../codec/ring/ring-idx.ts'
import { fieldOf, layoutOf } from '../../codec/struct/layout.ts'
import { BLKIF_OP_INDIRECT, BLKIF_RSP_EOPNOTSUPP, BLKIF_RSP_ERROR, BLKIF_RSP_OKAY, blkifResponse } from '../../codec/xen/blkif.ts'
import { opName, statusName } from '../../codec/xen/operations.ts'
import { type Found, foundIn, type Rule } from '../rule.ts'
import type { RingSubject } from '../subject.ts'
import { survivorsOf } from '../surviving-id.ts'

const BLKIF = 'xen/include/public/io/blkif.h'

export function atResponse({ ring: { geometry } }: RingSubject, { slot }: ResponseSlot, field: string) {
  return { slot, offset: slotOffset(geometry, slot) + fieldOf(layoutOf(blkifResponse, geometry.abi), field).offset }
}

function each(field: string, test: (slot: ResponseSlot) => string | undefined): (subject: RingSubject) => Found[] {
  return (subject) =>
    foundIn(subject.responses, (slot) => {
      const message = test(slot)
      return message === undefined ? undefined : { message, ...atResponse(subject, slot, field) }
    })
}

/**
 * On a first lap every request that ever was is in its slot still: in flight with its id, or beneath a response with those
 * bytes of it that a response leaves alone. Judged where all of these are ids below nr_ents, as those of Linux and FreeBSD.
 */
function foreignIds(subject: RingSubject): Found[] {
  const { sring, geometry } = subject.ring
  if (!isFirstLap(sring, geometry.nr_ents) || subject.torn.length > 0) return []
  const small = BigInt(geometry.nr_ents)
  const { beneath } = survivorsOf(geometry.abi)
  const asked =
    subject.requests.every(({ request }) => request.id < small) &&
    subject.responses.every(({ slot }) => beneath(subject.bytes, slotOffset(geometry, slot)) < small)
  if (!asked) return []
  return each('id', ({ response: { id } }) =>
    id < small ? undefined : `id ${idText(id)}, and every request that was ever on this ring has one below ${small}`,
  )(subject)
}

/**
 * Ids of Linux, FreeBSD and others are below nr_ents: then so must be the bytes of an id that a response left alone. Where
 * other ids are seen, nothing is said of one page.
 */
function leaks(subject: RingSubject): Found[] {
  const { geometry } = subject.ring
  const { beneath, offsets } = survivorsOf(geometry.abi)
  const written = subject.responses.filter(({ slot }) => {
    const from = slotOffset(geometry, slot)
    return offsets.some((offset) => subject.bytes[from + offset] !== 0)
  })
  const small = BigInt(geometry.nr_ents)
  const others = () =>
    subject.requests.some(({ request }) => request.id >= small) || subject.responses.some(({ response }) => response.id >= small)
  if (written.length === 0 || others()) return []
  return foundIn(written, ({ slot }) => {
    const from = slotOffset(geometry, slot)
    const left = beneath(subject.bytes, from)
    if (left < small) return undefined
    const offset = from + offsets.find((offset) => subject.bytes[from + offset] !== 0)!
    return {
      message: `around the response lies 0x${left.toString(16)} of an id, and all ids seen are below ${small}`,
      slot,
      offset,
    }
  })
}

export const RESPONSE_RULES: readonly Rule[] = [
  {
    id: 'response-error',
    severity: 'note',
    summary: 'A request was answered with BLKIF_RSP_ERROR.',
    source: `${BLKIF}, BLKIF_RSP_ERROR`,
    explain: {
      means: 'The backend refused the request, or the storage below it failed.',
      why: 'The guest sees an I/O error; which request it was is partly lost under the response.',
      todo: "Look at the backend's log and its storage. With 4096-byte sectors, at alignment.",
    },
    ring: each('status', ({ response: { status, op } }) =>
      status === BLKIF_RSP_ERROR ? `${op} answered with status ${status}` : undefined,
    ),
  },
  {
    id: 'response-unsupported',
    severity: 'note',
    summary: 'A request was answered with BLKIF_RSP_EOPNOTSUPP.',
    source: `${BLKIF}, BLKIF_RSP_EOPNOTSUPP`,
    explain: {
      means: 'The backend, or the storage below it, does not know the operation.',
      why: 'Linux stops using the feature. Storage that was exchanged below a running guest does this.',
      todo: 'Check what the feature nodes offer against the storage.',
    },
    ring: each('status', ({ response: { status, op } }) =>
      status === BLKIF_RSP_EOPNOTSUPP ? `${op} answered with status ${status}` : undefined,
    ),
  },
  {
    id: 'response-status-unknown',
    severity: 'warning',
    summary: "A response's status is none of blkif.h.",
    source: `${BLKIF}, BLKIF_RSP_*; XSA-376`,
    explain: {
      means: 'Status is neither 0, -1 nor -2.',
      why: 'Linux takes it for an error; a frontend that passes it on may report success or a size.',
      todo: 'Look at the backend, or at who else wrote to the slot.',
    },
    ring: each('status', ({ response: { status } }) =>
      status !== BLKIF_RSP_OKAY && statusName(status) === undefined ? `status ${status}` : undefined,
    ),
  },
  {
    id: 'response-operation-indirect',
    severity: 'warning',
    summary: 'A response carries BLKIF_OP_INDIRECT.',
    source: 'Linux xen-blkback answers with the inner operation, and xen-blkfront since 5.16 checks for it (XSA-376)',
    explain: {
      means: 'The answer to an indirect request should say read or write.',
      why: "Linux's frontend disables the disk on an operation that is not the request's.",
      todo: 'Correct the backend.',
    },
    ring: each('operation', ({ response: { operation } }) =>
      operation === BLKIF_OP_INDIRECT ? `operation ${operation} (${opName(operation)})` : undefined,
    ),
  },
  {
    id: 'response-id-foreign',
    severity: 'error',
    summary: 'A response carries an id that no request of the ring can have had.',
    source: `${BLKIF}, id: "private guest value, echoed in resp"; XSA-376`,
    explain: {
      means:
        'The ring is on its first lap, so that something of all its requests can be seen: their ids are below nr_ents, and this is not.',
      why: 'Linux disables the disk. A frontend that takes the id as an index or a pointer is led astray by its backend.',
      todo: 'Look at the backend; check the ABI, under which ids lie elsewhere.',
    },
    ring: foreignIds,
  },
]

/** The half of response-leak that one page shows. */
export { leaks as leaksOfOnePage }
