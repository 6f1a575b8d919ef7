// As diff(1).
export const EXIT_CLEAN = 0
/** Findings or differences. */
export const EXIT_FINDINGS = 1
/** Could not do it. */
export const EXIT_FAILED = 2
