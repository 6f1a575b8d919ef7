// As diff(1).
export const EXIT_CLEAN = 0
/** Findings or differences. */
export const EXIT_FINDINGS = 1
/** Could not do it. */
export const EXIT_FAILED = 2
/** Ended by Ctrl-C: 128 and the number of SIGINT, as shells have it. */
export const EXIT_INTERRUPTED = 130
