// Scenarios as inputs: what tells one, and the dump folder that it makes.
export { isScenario } from './file/looks-like.ts'
export { folderOfScenario, MAX_MOMENT_BYTES } from './player/folder-of-text.ts'
export { type PlayedRing, ringsPlayed } from './player/rings-played.ts'
