// The kinds of inputs, in the order in which they are asked: what none of them knows is raw pages.
import { FOLDER } from './folder.ts'
import { HEXDUMP } from './hexdump.ts'
import { IMAGE } from './image.ts'
import { IO_RING } from './io-ring.ts'
import type { Kind } from './kind.ts'
import { RAW_PAGES } from './raw-pages.ts'
import { SCENARIO_FILE } from './scenario.ts'

export const INPUT_KINDS: readonly Kind[] = [FOLDER, IO_RING, IMAGE, SCENARIO_FILE, HEXDUMP, RAW_PAGES]
/** The kinds that are read at once, without waiting. */
export const QUICK_KINDS: readonly Kind[] = [FOLDER, IO_RING, IMAGE, HEXDUMP, RAW_PAGES]
