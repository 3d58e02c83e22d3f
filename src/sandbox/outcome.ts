// From an activation, as isolation saw it, to the result that the embedder gets: outcome, sentence, events.
import type { SecurityEvent } from './events.ts'
import type { LocalEvent } from './host/context.ts'
import type { Activation, Outside } from './isolation/housing.ts'
import { REFUSED_GROWS } from './metering/names.ts'
import type { Policy } from './policy/schema.ts'
import { probeRecord } from './probe-record.ts'
import type { ExecutionResult, Outcome, ResourceUsage, Trap } from './result.ts'
import { quoteGuestText } from './text.ts'

interface Told {
  readonly outcome: Outcome
  readonly message: string
  readonly events?: readonly LocalEvent[]
}

const NOTHING_USED: ResourceUsage = { cpuMs: 0, peakResidentBytes: 0, memoryBytes: 0, outputBytes: 0, hostCalls: 0, fuel: null }
const NO_BYTES = new Uint8Array(0)

/** Events get the host's time when the host has them. */
export const stamp = (event: LocalEvent): SecurityEvent => ({ ...event, time: Date.now() }) as SecurityEvent

function tell(ending: Outside, { quotas, name }: Policy): Told {
  switch (ending.kind) {
    case 'returned':
      return { outcome: 'completed', message: 'The guest completed.' }
    case 'exited':
      return { outcome: 'exited', message: `The guest exited with code ${ending.code}.` }
    case 'trapped':
      return {
        outcome: 'trapped',
        message: `The guest trapped: ${ending.trap}.`,
        events: trapEvents(ending.trap, quotas),
      }
    case 'uncaught-exception':
      return { outcome: 'uncaught-exception', message: 'An exception of the guest left its entry function.' }
    case 'engine-refused': {
      const message = `The engine refused the module: ${quoteGuestText(ending.detail.replace(/^"|"$/g, ''), 300)}.`
      return {
        outcome: 'refused',
        message,
        events: [{ type: 'module-refused', severity: 'warning', message, code: 'engine-rejected', offset: null }],
      }
    }
    case 'wall-clock-limit':
      return {
        outcome: 'wall-clock-limit',
        message: `The guest ran for ${quotas.wallClockMs} ms, the limit of policy "${name}".`,
        events: [time('wall', quotas.wallClockMs ?? 0)],
      }
    case 'cpu-limit':
      return {
        outcome: 'cpu-limit',
        message: `The guest used ${quotas.cpuMs} ms of CPU time, the limit of policy "${name}".`,
        events: [time('cpu', quotas.cpuMs ?? 0)],
      }
    case 'fuel-limit': {
      const message = `The guest used ${quotas.fuel} units of fuel, the limit of policy "${name}".`
      return {
        outcome: 'fuel-limit',
        message,
        events: [{ type: 'fuel-limit', severity: 'warning', message, limit: quotas.fuel ?? 0 }],
      }
    }
    case 'memory-limit':
      return {
        outcome: 'memory-limit',
        message: 'The guest used more memory than its jail may have.',
        events: [memory(quotas.residentBytes ?? 0, ending.actualBytes)],
      }
    case 'heap-limit':
      return {
        outcome: 'memory-limit',
        message: 'The guest filled the heap that the engine may have for it.',
        events: [memory(quotas.heapBytes ?? 0, null)],
      }
    case 'out-of-memory':
      return {
        outcome: 'memory-limit',
        message: 'The memory that the guest asked for could not be had.',
        events: [memory(quotas.memoryBytes, null)],
      }
    case 'output-limit': {
      const message = `The guest wrote ${quotas.outputBytes} bytes, the limit of policy "${name}".`
      return {
        outcome: 'output-limit',
        message,
        events: [{ type: 'output-limit', severity: 'warning', message, limitBytes: quotas.outputBytes }],
      }
    }
    case 'host-call-limit': {
      const limit = quotas.hostCalls ?? 0
      return {
        outcome: 'host-call-limit',
        message: `The guest made ${limit} host calls, the limit of policy "${name}".`,
        events: [exceeded('hostCalls', limit, 'wanted to make more host calls')],
      }
    }
    case 'stopped':
    case 'terminated':
      return { outcome: 'terminated', message: 'The guest was ended by its host.' }
    case 'jail-lost':
      return { outcome: 'jail-lost', message: `The jail was lost: ${ending.detail}.` }
    case 'fault':
      return { outcome: 'sandbox-fault', message: `The sandbox failed and ended the guest: ${ending.detail}.` }
  }
}

function trapEvents(trap: Trap, quotas: Policy['quotas']): LocalEvent[] {
  if (trap === 'allocation-failure') return [memory(quotas.memoryBytes, null)]
  if (trap === 'call-depth') return [exceeded('callDepth', quotas.callDepth ?? 0, 'nested its calls deeper than it may')]
  return []
}

/** Growth that the policy's maximum refused: the guest saw -1 and went on. Told once for memories and once for tables. */
function growEvents(refusedGrows: number, { memoryBytes, tableElements }: Policy['quotas']): LocalEvent[] {
  return [
    ...(refusedGrows & REFUSED_GROWS.memory ? [memory(memoryBytes, null)] : []),
    ...(refusedGrows & REFUSED_GROWS.table
      ? [exceeded('tableElements', tableElements, 'wanted to grow its tables further')]
      : []),
  ]
}

const exceeded = (quota: string, limit: number, what: string): LocalEvent => ({
  type: 'quota-exceeded',
  severity: 'warning',
  message: `The guest ${what}; the policy allows ${limit} (quotas.${quota}).`,
  quota,
  limit,
})

const memory = (limitBytes: number, actualBytes: number | null): LocalEvent => ({
  type: 'memory-limit',
  severity: 'warning',
  message: `The guest reached its memory limit of ${limitBytes} bytes.`,
  limitBytes,
  actualBytes,
})
const time = (clock: 'cpu' | 'wall', limitMs: number): LocalEvent => ({
  type: 'cpu-limit',
  severity: 'warning',
  message: `The guest reached its limit of ${limitMs} ms of ${clock === 'cpu' ? 'CPU' : 'wall-clock'} time.`,
  clock,
  limitMs,
})

/** @param startedAt of the call, by `performance.now()` */
export function resultOf(activation: Activation, policy: Policy, startedAt: number): ExecutionResult {
  const { ending, stdout, stderr, cpuMs, peakResidentBytes, memoryBytes, hostCalls } = activation
  const { outcome, message, events = [] } = tell(ending, policy)
  const refused = growEvents(activation.counts?.refusedGrows ?? 0, policy.quotas)
  const fuel = activation.counts?.fuel ?? null
  const exitCode = ending.kind === 'exited' ? ending.code : outcome === 'completed' ? 0 : null
  return {
    outcome,
    success: exitCode === 0,
    stdout,
    stderr,
    exitCode,
    trap: ending.kind === 'trapped' ? ending.trap : null,
    values: ending.kind === 'returned' ? ending.values : [],
    message,
    resourceUsage: { cpuMs, peakResidentBytes, memoryBytes, outputBytes: stdout.length + stderr.length, hostCalls, fuel },
    reports: activation.reports,
    probe: probeRecord(activation.reports),
    changes: activation.changes,
    securityEvents: [...activation.events.map((e) => ('time' in e ? e : stamp(e))), ...refused.map(stamp), ...events.map(stamp)],
    executionTimeMs: performance.now() - startedAt,
  }
}

/** The result of a run in which no guest code ran. */
export function resultWithoutRun(
  outcome: Outcome,
  message: string,
  events: readonly LocalEvent[],
  startedAt: number,
): ExecutionResult {
  return {
    outcome,
    success: false,
    stdout: NO_BYTES,
    stderr: NO_BYTES,
    exitCode: null,
    trap: null,
    values: [],
    message,
    resourceUsage: NOTHING_USED,
    reports: [],
    probe: null,
    changes: [],
    securityEvents: events.map(stamp),
    executionTimeMs: performance.now() - startedAt,
  }
}

/** One result for two activations of a guest, one after the other. */
export function joinResults(start: ExecutionResult, call: ExecutionResult): ExecutionResult {
  const a = start.resourceUsage
  const b = call.resourceUsage
  const reports = [...start.reports, ...call.reports]
  return {
    ...call,
    stdout: new Uint8Array(Buffer.concat([start.stdout, call.stdout])),
    stderr: new Uint8Array(Buffer.concat([start.stderr, call.stderr])),
    reports,
    probe: probeRecord(reports),
    changes: [...start.changes, ...call.changes],
    securityEvents: [...start.securityEvents, ...call.securityEvents],
    executionTimeMs: start.executionTimeMs + call.executionTimeMs,
    resourceUsage: {
      cpuMs: a.cpuMs + b.cpuMs,
      peakResidentBytes: Math.max(a.peakResidentBytes, b.peakResidentBytes),
      memoryBytes: b.memoryBytes,
      outputBytes: a.outputBytes + b.outputBytes,
      hostCalls: b.hostCalls,
      fuel: a.fuel === null || b.fuel === null ? (a.fuel ?? b.fuel) : a.fuel + b.fuel,
    },
  }
}
