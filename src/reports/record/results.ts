// The six results, and no others.

/** The six results. `not-run` never looks like `passed`. */
export const RESULTS = ['passed', 'failed', 'needs-review', 'not-run', 'not-applicable', 'unknown'] as const
export type Result = (typeof RESULTS)[number]
