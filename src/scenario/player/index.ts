// The room's surface: scenarios run on the emulator, and what a dump folder holds of them.

export { stepsOfTrace } from '../trace/trace-scenario.ts'
export { type CutRow, cutRows, emptyCutRow, splitSkips, walkCut } from './cut.ts'
export { type DumpFile, folderFiles, queuesShownAfter, ringFiles, SnapshotFiles } from './dump-files.ts'
export { type ExplainedGrant, type ExplainedRequest, explainRequest } from './explain.ts'
export { indirectPagesInWindow } from './indirect-pages.ts'
export { type Played, Player, queueDepth } from './play.ts'
export { noRefusals, noteRefusal, type Refusals, refusalText } from './refusals.ts'
export { xenstoreText } from './xenstore-text.ts'
