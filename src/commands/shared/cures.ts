import type { Cures } from '../../node/write/atomic-output.ts'

/** Of commands that have --force. */
export const FORCE_REPLACES = { exists: '--force replaces it' } satisfies Cures
