// Requests and responses of a ring as I/Os.
export { type AnsweredHalf, PAIRINGS, type PairedIo, type Pairing, type SentHalf } from './paired-io.ts'
export { Pairer } from './pairer.ts'
