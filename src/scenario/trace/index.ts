// The room's surface: traces of the Linux block layer, from text to events.
export { parseBlkparseLine } from './blkparse.ts'
export { type BlockTrace, parseBlockTrace, TraceError } from './block-trace.ts'
export { parseFtrace, parseFtraceLine, type RequestEvent } from './ftrace.ts'
export { parseRwbs, type Rwbs } from './rwbs.ts'
