// What GitHub takes of a SARIF file; it refuses or silently cuts one that goes beyond (its page "SARIF results exceed one or more limits").

export const SARIF_LIMITS = {
  /** Results shown per run; more are cut, and not by severity, so we cut before. */
  results: 5_000,
  /** Results accepted per run: the bound of the log that is not for alerts. */
  accepted: 25_000,
  /** Tags kept per rule; 20 are accepted. */
  tags: 10,
  /** Our own bound on one text, so that 5,000 results stay far below 10 MB after gzip. */
  text: 1_000,
} as const
