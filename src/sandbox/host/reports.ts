// What a guest reports of its own accord: log lines, metrics, and the result of a probe. Data for the embedder, never an instruction.
import type { LOG_LEVELS, METRIC_KINDS, RESULT_STATUSES } from './abi/native.ts'

/** Texts are the guest's, as it wrote them, valid UTF-8 and capped; whoever shows them neutralises them (OUT-01 to OUT-03). */
export type Report =
  | { readonly type: 'log'; readonly level: (typeof LOG_LEVELS)[number]; readonly message: string }
  | {
      readonly type: 'metric'
      readonly kind: (typeof METRIC_KINDS)[number]
      readonly name: string
      readonly value: number
      readonly unit: string
    }
  | {
      readonly type: 'result'
      readonly status: (typeof RESULT_STATUSES)[number]
      /** Null if the probe has none (it reported NaN). */
      readonly value: number | null
      readonly unit: string
      readonly message: string
    }
  | { readonly type: 'timing'; readonly name: string; readonly nanoseconds: number }
