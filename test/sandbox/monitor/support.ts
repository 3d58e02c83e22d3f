// Activations for tests of the monitor, and monitors that record what they tell.
import { activation } from '../../../fuzz/models/activation.ts'
import type { GuestCounts } from '../../../src/sandbox/host/call-counts.ts'
import type { Activation } from '../../../src/sandbox/isolation/housing.ts'
import type { MonitorEvent } from '../../../src/sandbox/monitor/figures.ts'
import type { InstanceMonitor } from '../../../src/sandbox/monitor/instance-monitor.ts'
import { type MonitorOptions, ResourceMonitor } from '../../../src/sandbox/monitor/resource-monitor.ts'
import type { BrokeredCall } from '../../../src/sandbox/monitor/usage-sink.ts'
import { resultOf } from '../../../src/sandbox/outcome.ts'
import { resolvePolicy } from '../../../src/sandbox/policy/resolve.ts'
import type { PolicyInput } from '../../../src/sandbox/policy/schema.ts'

export const counts = (given: Partial<GuestCounts> = {}): GuestCounts => ({
  calls: [],
  handles: { open: 3, peak: 3 },
  fuel: null,
  refusedGrows: 0,
  ...given,
})

export const brokered = (given: Partial<BrokeredCall> = {}): BrokeredCall => ({
  operation: 'kv.get',
  errno: 'success',
  milliseconds: 1,
  bytesFromJail: 10,
  bytesToJail: 20,
  usage: {},
  ...given,
})

export const policy = resolvePolicy()

/** Ends the activation that is under way. */
export const ends = (monitor: InstanceMonitor, given: Partial<Activation> = {}) => {
  const made = activation(given)
  monitor.endActivation(made, resultOf(made, policy, performance.now()))
}

/** One whole activation. */
export const runs = (monitor: InstanceMonitor, given: Partial<Activation> = {}) => {
  monitor.beginActivation()
  ends(monitor, given)
}

export function watched(options: MonitorOptions = {}) {
  const monitor = new ResourceMonitor(options)
  const told: MonitorEvent[] = []
  const enter = (instance: string, principal: string | null = null, input?: PolicyInput) =>
    monitor.enter({ instance, principal, module: 'sha', policy: input ? resolvePolicy(input) : policy })
  return { monitor, told, enter, listen: (...types: MonitorEvent['type'][]) => monitor.subscribe((e) => told.push(e), { types }) }
}
