/**
 * Rings by the thousand, as columns: typed arrays with one row for each used slot, filled in one loop and equal to what `decodeRing`
 * says, field by field: by machine code that is made at run time, or through the table that it is made of. `guessAbi` judges which ABI
 * the bytes of a ring read as.
 * @module
 */

export { type AbiGuess, type AbiScore, guessAbi, plausibleShare, scoreAbi } from '../recognise/score.ts'
export { type RingGeometry, ringGeometry } from '../ring/geometry.ts'
export { ABIS, type Abi, abiByName, arm, x86_32, x86_64 } from '../struct/abi.ts'
export {
  Batch,
  type BatchEngine,
  type BatchOptions,
  CERTAINTIES,
  CLEARED,
  HOLDS,
  NO_SLOT,
  REQUEST,
  RESPONSE,
  STATES,
  UNKNOWN,
  UNRESOLVED,
} from './batch.ts'
export { batchJudge } from './judge-batch.ts'
export { readBatch } from './read-batch.ts'
export { resolveIndirect } from './resolve-batch.ts'
export { RingOfBatch } from './ring-of-batch.ts'
export { slotOfRow } from './row.ts'
export { HIGH, LOW } from './words.ts'
export { writeBatch } from './write-batch.ts'
