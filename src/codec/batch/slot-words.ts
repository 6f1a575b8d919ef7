// Where the fields of a ring lie, in words: taken from the layouts, once for each ABI.
import type { Abi } from '../struct/abi.ts'
import type { CType } from '../struct/c-types.ts'
import { sizeOf } from '../struct/layout.ts'
import { perAbi } from '../struct/memo.ts'
import {
  BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST,
  blkifRequest,
  blkifRequestDiscard,
  blkifRequestIndirect,
  blkifRequestSegment,
  blkifResponse,
  blkifSringEntry,
} from '../xen/blkif.ts'
import { type RequestKind, requestKind } from '../xen/operations.ts'
import { sringHeader } from '../xen/ring.ts'
import { sharedWord, wordField, wordsIn } from './words.ts'

export const slotWords = /*#__PURE__*/ perAbi(computeSlotWords)

function computeSlotWords(abi: Abi) {
  const words = (type: CType) => wordsIn(sizeOf(type, abi))
  const sring = (name: string) => wordField(sringHeader, abi, name).word
  const request = (name: string) => wordField(blkifRequest, abi, name)
  const indirect = (name: string) => wordField(blkifRequestIndirect, abi, name)
  const discard = (name: string) => wordField(blkifRequestDiscard, abi, name)
  const segment = (name: string) => wordField(blkifRequestSegment, abi, name)
  const response = (name: string) => wordField(blkifResponse, abi, name)
  return {
    header: words(sringHeader),
    req_prod: sring('req_prod'),
    req_event: sring('req_event'),
    rsp_prod: sring('rsp_prod'),
    rsp_event: sring('rsp_event'),
    /** Words from slot to slot. */
    stride: words(blkifSringEntry),
    /** The id lies at the same place in the structs of all requests. */
    id: inEveryRequest(abi, 'id'),
    sector_number: inEveryRequest(abi, 'sector_number'),
    rw: {
      /** The word of operation, nr_segments and handle. */
      head: sharedWord(blkifRequest, abi, ['operation', 'nr_segments', 'handle']),
      operation: request('operation'),
      nr_segments: request('nr_segments'),
      handle: request('handle'),
      seg: request('seg').word,
    },
    segment: {
      stride: words(blkifRequestSegment),
      gref: segment('gref').word,
      /** The word of first_sect and last_sect. */
      sects: sharedSects(abi),
      first_sect: segment('first_sect'),
      last_sect: segment('last_sect'),
    },
    discard: {
      /** The word of operation, flag and handle. */
      head: sharedWord(blkifRequestDiscard, abi, ['operation', 'flag', 'handle']),
      operation: discard('operation'),
      flag: discard('flag'),
      handle: discard('handle'),
      nr_sectors: discard('nr_sectors').word,
    },
    indirect: {
      /** The word of operation, indirect_op and nr_segments. */
      head: sharedWord(blkifRequestIndirect, abi, ['operation', 'indirect_op', 'nr_segments']),
      operation: indirect('operation'),
      indirect_op: indirect('indirect_op'),
      nr_segments: indirect('nr_segments'),
      handle: indirect('handle'),
      indirect_grefs: indirect('indirect_grefs').word,
      grefs: BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST,
    },
    response: { id: response('id').word, operation: response('operation'), status: response('status') },
  }
}

/** @throws RangeError where the structs of requests have the field in different places */
function inEveryRequest(abi: Abi, name: string): number {
  const [word, ...others] = [blkifRequest, blkifRequestDiscard, blkifRequestIndirect].map((type) => wordField(type, abi, name).word)
  if (word === undefined || others.some((other) => other !== word))
    throw new RangeError(`requests have ${name} in different places`)
  return word
}

function sharedSects(abi: Abi): number {
  const [first, last] = ['first_sect', 'last_sect'].map((name) => wordField(blkifRequestSegment, abi, name).word)
  if (first === undefined || first !== last) throw new RangeError('first_sect and last_sect of a segment do not share a word')
  return first
}

/** Numbers of the kinds of request, for columns. */
export const KINDS = ['rw', 'discard', 'indirect', 'other'] as const satisfies readonly RequestKind[]
export const RW = 0
export const DISCARD = 1
export const INDIRECT = 2
export const OTHER = 3

/** Place in `KINDS` by operation byte. */
export const KIND_OF: Uint8Array = Uint8Array.from({ length: 256 }, (_, operation) => KINDS.indexOf(requestKind(operation)))
