/**
 * The backends: which answer each of Linux's blkback, QEMU's qdisk and tapdisk gives to a request, by a table of looks in the order of each;
 * and the first two at work on a ring, a disk and the guest's pages, to the byte of what real ones were seen to do.
 * @module
 */

export {
  type AnsweredRequest,
  type AnsweredRing,
  type AnswerOptions,
  answerRing,
  diskOfAnswers,
  type Unanswered,
} from './answer-ring.ts'
export { answerTo, type BackendResponse } from './answer-to.ts'
export { type BackendDisk, backendDisk } from './asked.ts'
export {
  ANSWERING,
  type AnsweringBackend,
  type BackendAnswer,
  Blkback,
  type BlkbackOptions,
  type BlockStore,
  type GuestData,
  type TakenByBackend,
} from './blkback.ts'
export { type Misplaced, misplacedOf } from './misplaced.ts'
export type { DiskSpan, Transfer } from './transfers.ts'
