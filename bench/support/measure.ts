// One thing that is measured: its own file below ../measures.
import type { Effort } from './effort.ts'
import type { Row } from './row.ts'

export interface Measure {
  /** What `--filter` looks at. */
  readonly id: string
  /** Gives each row as soon as it is there, so that an interrupted run keeps it. */
  readonly run: (effort: Effort) => AsyncIterable<Row>
}
