// A record of the result store: what is kept of an execution, and its way into a row and back.
import type { SecurityEvent } from '../events.ts'
import type { Report } from '../host/reports.ts'
import { type ProbeRecord, probeRecord } from '../probe-record.ts'
import type { ExecutionResult } from '../result.ts'

/** Everything of a result but what it returned and printed: output belongs into files, and can be large. */
export type KeptResult = Pick<
  ExecutionResult,
  'outcome' | 'success' | 'exitCode' | 'trap' | 'message' | 'reports' | 'resourceUsage' | 'securityEvents' | 'executionTimeMs'
>

export interface StoredResult extends KeptResult {
  readonly id: number
  /** Milliseconds since the Unix epoch. */
  readonly time: number
  /** SHA-256 of the module as it came, hexadecimal. */
  readonly module: string
  /** The embedder's name for it. */
  readonly name: string | null
  /** Name of the policy. */
  readonly policy: string
  /** What the probe found out; null if it reported no result. */
  readonly probe: ProbeRecord | null
}

type Column = string | number | null
export type Row = Readonly<Record<string, Column>>

/** Named parameters of the INSERT. */
export function toRow(stored: Omit<StoredResult, 'id' | 'probe'>): Record<string, Column> {
  const probe = probeRecord(stored.reports)
  return {
    time: stored.time,
    module: stored.module,
    name: stored.name,
    policy: stored.policy,
    outcome: stored.outcome,
    success: Number(stored.success),
    exit_code: stored.exitCode,
    trap: stored.trap,
    message: stored.message,
    execution_time_ms: stored.executionTimeMs,
    resource_usage: JSON.stringify(stored.resourceUsage),
    status: probe?.status ?? null,
    value: probe?.value ?? null,
    unit: probe?.unit ?? null,
    reports: JSON.stringify(stored.reports),
  }
}

/** @throws {SyntaxError} if a part is no JSON, which no version wrote */
export function fromRow(row: Row, events: readonly Row[]): StoredResult {
  const reports = JSON.parse(row['reports'] as string) as readonly Report[]
  return {
    id: row['id'] as number,
    time: row['time'] as number,
    module: row['module'] as string,
    name: row['name'] as string | null,
    policy: row['policy'] as string,
    outcome: row['outcome'] as StoredResult['outcome'],
    success: row['success'] === 1,
    exitCode: row['exit_code'] as number | null,
    trap: row['trap'] as StoredResult['trap'],
    message: row['message'] as string,
    executionTimeMs: row['execution_time_ms'] as number,
    resourceUsage: JSON.parse(row['resource_usage'] as string) as StoredResult['resourceUsage'],
    reports,
    probe: probeRecord(reports),
    securityEvents: events.map(({ event }) => JSON.parse(event as string) as SecurityEvent),
  }
}
