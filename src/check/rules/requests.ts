// What a request asks for, looked at by itself.

import { idText, isAddressLike } from '../../codec/ring/id-text.ts'
import type { Request } from '../../codec/ring/request.ts'
import { operationOf } from '../../codec/ring/request.ts'
import {
  BLKIF_DISCARD_SECURE,
  BLKIF_OP_DISCARD,
  BLKIF_OP_FLUSH_DISKCACHE,
  BLKIF_OP_INDIRECT,
  BLKIF_OP_READ,
  BLKIF_OP_RESERVED_1,
  BLKIF_OP_WRITE,
  BLKIF_OP_WRITE_BARRIER,
} from '../../codec/xen/blkif.ts'
import { numberOf } from '../../xenstore/nodes.ts'
import { type Found, foundIn, type Rule } from '../rule.ts'
import { atField, type RingSubject } from '../subject.ts'

const BLKIF = 'xen/include/public/io/blkif.h'

/** Bits of blkif_vdev_t: a longer device number is cut. */
const HANDLE_BITS = 16

/** Feature nodes without which an operation is not to be sent. */
const FEATURES: ReadonlyMap<number, string> = new Map([
  [BLKIF_OP_WRITE_BARRIER, 'feature-barrier'],
  [BLKIF_OP_FLUSH_DISKCACHE, 'feature-flush-cache'],
  [BLKIF_OP_DISCARD, 'feature-discard'],
  [BLKIF_OP_INDIRECT, 'feature-max-indirect-segments'],
])

/** One finding for each request of which the test says something. */
function each(field: string, test: (request: Request, subject: RingSubject) => string | undefined) {
  return (subject: RingSubject): Found[] =>
    foundIn(subject.requests, (slot) => {
      const message = test(slot.request, subject)
      return message === undefined ? undefined : { message, ...atField(subject, slot, field) }
    })
}

/** A direct flush or barrier may be empty, a read or write may not. */
function withoutSegments(request: Request): string | undefined {
  if (!('nr_segments' in request) || request.nr_segments !== 0) return undefined
  const operation = operationOf(request)
  const empty = request.kind === 'indirect' || operation === BLKIF_OP_READ || operation === BLKIF_OP_WRITE
  return empty ? `nr_segments is 0 in ${request.kind === 'indirect' ? 'an indirect request' : `a ${request.op}`}` : undefined
}

function notOffered(request: Request, { xenstore }: RingSubject): string | undefined {
  const feature = FEATURES.get(request.operation)
  if (!xenstore || xenstore.backend.size === 0 || feature === undefined) return undefined
  if ((numberOf(xenstore.backend, feature) ?? 0n) > 0n) {
    const secure = request.kind === 'discard' && (request.flag & BLKIF_DISCARD_SECURE) !== 0
    if (!secure || numberOf(xenstore.backend, 'discard-secure') === 1n) return undefined
    return 'a secure discard, and the backend does not publish discard-secure = "1"'
  }
  return `${request.op}, and the backend does not publish ${feature}`
}

/** Handles of the whole ring: one finding, since they are all wrong together. Linux does not set that of a discard. */
function handleDiffers(subject: RingSubject): Found[] {
  const vdev = subject.xenstore && numberOf(subject.xenstore.frontend, 'virtual-device')
  if (vdev === undefined) return []
  const expected = Number(BigInt.asUintN(HANDLE_BITS, vdev))
  const wrong = subject.requests.filter(
    ({ request }) => (request.kind === 'rw' || request.kind === 'indirect') && request.handle !== expected,
  )
  const [first] = wrong
  if (!first) return []
  const others = wrong.length > 1 ? ` (and ${wrong.length - 1} more of ${subject.requests.length})` : ''
  const message = `handle ${first.request.handle}, but virtual-device ${vdev} is ${expected} in 16 bits${others}`
  return [{ message, ...atField(subject, first, 'handle') }]
}

function pointerIds(subject: RingSubject): Found[] {
  const request = subject.requests.find(({ request }) => isAddressLike(request.id))
  const response = subject.responses.find(({ response }) => isAddressLike(response.id))
  const id = request?.request.id ?? response?.response.id
  if (id === undefined) return []
  const where = request ? atField(subject, request, 'id') : { slot: response!.slot }
  return [{ message: `id ${idText(id)} looks like an address of the guest's kernel`, ...where }]
}

export const REQUEST_RULES: readonly Rule[] = [
  {
    id: 'slot-torn',
    severity: 'note',
    summary: 'A slot between rsp_prod and req_prod reads as a response: the dump is newer there than in its header.',
    source: 'rings dumped while they moved',
    explain: {
      means: 'The backend answered while the pages were read. What the slot held as a request is gone.',
      why: 'Nothing is wrong with the ring, but this slot tells nothing about requests.',
      todo: 'Nothing; to have it whole, capture with the guest paused.',
    },
    ring: ({ torn }) => torn.map(({ slot }) => ({ slot, message: 'a response, although rsp_prod does not cover it yet' })),
  },
  {
    id: 'operation-reserved',
    severity: 'warning',
    summary: 'A request carries BLKIF_OP_RESERVED_1.',
    source: `${BLKIF}, BLKIF_OP_RESERVED_1 ("used in SLES sources for device specific command packet")`,
    explain: {
      means: 'Operation 4 passed SCSI packets in old SUSE kernels and is defined nowhere else.',
      why: 'Linux and tapdisk answer EOPNOTSUPP, QEMU ERROR.',
      todo: 'Check which frontend this is.',
    },
    ring: each('operation', ({ operation }) =>
      operation === BLKIF_OP_RESERVED_1 ? `operation ${operation} is reserved` : undefined,
    ),
  },
  {
    id: 'operation-not-offered',
    severity: 'warning',
    summary: 'A request uses a feature that the backend does not publish.',
    source: `${BLKIF}, "Backend XenBus Nodes", Features`,
    explain: {
      means: 'Barrier, flush, discard, secure discard and indirect requests may be sent where the backend has the feature node.',
      why: 'The backend answers EOPNOTSUPP or ERROR; a frontend that sent a flush may believe data safe that is not.',
      todo: 'Check that the frontend reads the feature nodes, also after migration to another host.',
    },
    ring: each('operation', notOffered),
  },
  {
    id: 'nr-segments-zero',
    severity: 'error',
    summary: 'A read or write has no segments.',
    source: `${BLKIF}, struct blkif_request; Linux xen-blkback, dispatch_rw_block_io`,
    explain: {
      means: 'nr_segments is 0, where only a flush or barrier may have no data.',
      why: 'Linux and tapdisk answer ERROR; QEMU takes it as a transfer of nothing, where it lies within the disk.',
      todo: 'Look at the frontend that wrote it.',
    },
    ring: each('nr_segments', withoutSegments),
  },
  {
    id: 'handle-differs',
    severity: 'note',
    summary: "A request's handle is not the device's number.",
    source: `${BLKIF}, blkif_vdev_t handle: virtual-device, cut to 16 bits`,
    explain: {
      means: 'Every request repeats the number of the device; an extended number such as 268441856 appears cut.',
      why: 'Linux and QEMU do not look at it. The ring and the XenStore text may be of different devices.',
      todo: 'Nothing for FreeBSD, which writes 16 bits of a pointer, the same in every request. Else check that ring and text belong together.',
    },
    ring: handleDiffers,
  },
  {
    id: 'discard-flag',
    severity: 'warning',
    summary: 'A discard has flags that blkif.h does not define.',
    source: `${BLKIF}, BLKIF_DISCARD_SECURE`,
    explain: {
      means: 'Bit 0 asks for a secure discard; the others have no meaning.',
      why: 'A backend may come to give them one. Stale bytes may have been sent as flags.',
      todo: 'Have the frontend set the whole byte.',
    },
    ring: each('flag', (request) =>
      request.kind === 'discard' && (request.flag & ~BLKIF_DISCARD_SECURE) !== 0 ? `flag ${request.flag}` : undefined,
    ),
  },
  {
    id: 'discard-empty',
    severity: 'warning',
    summary: 'A discard covers no sectors.',
    source: `${BLKIF}, struct blkif_request_discard`,
    explain: {
      means: 'nr_sectors is 0.',
      why: 'It does nothing at best; block layers refuse it, and the guest sees an I/O error.',
      todo: 'Look at how the frontend computes the length.',
    },
    ring: each('nr_sectors', (request) =>
      request.kind === 'discard' && request.nr_sectors === 0n ? 'nr_sectors is 0' : undefined,
    ),
  },
  {
    id: 'id-like-address',
    severity: 'note',
    summary: 'Ids look like addresses of memory.',
    source: "Windows' xenvbd, EDK2, U-Boot and mini-os put a pointer into the id",
    explain: {
      means: 'The frontend sends the address of its own record of the request, and takes back what the backend echoes.',
      why: 'The backend learns where kernel memory lies, and a hostile one chooses what the frontend uses as a pointer (XSA-376).',
      todo: 'Where the backend is not trusted, use a frontend that sends an index and checks it.',
    },
    ring: pointerIds,
  },
]
