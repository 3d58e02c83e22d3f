// The metrics that exporters offer, as data: names, units, meanings, and where each is read. Attributes come from closed sets, never from guests.
import type { Figures, HighWater, PrincipalFigures } from './figures.ts'
import type { ResourceMonitor } from './resource-monitor.ts'

export type Attributes = Readonly<Record<string, string>>
export type Point = readonly [value: number, attributes: Attributes]

export interface Metric {
  /** As OpenTelemetry writes names; the prefix of all is {@link PREFIX}. */
  readonly name: string
  readonly kind: 'counter' | 'gauge'
  /** UCUM: `s`, `By`, or what is counted, in braces. */
  readonly unit: string
  readonly description: string
  /** Names of its attributes. */
  readonly attributes: readonly string[]
  readonly read: (monitor: ResourceMonitor) => readonly Point[]
}

export const PREFIX = 'wasm_gauntlet.'

/** The duration of brokered calls, which exporters record one by one. */
export const OPERATION_DURATION = {
  name: `${PREFIX}operation.duration`,
  unit: 's',
  description: 'Time of a brokered call, from its request to its reply.',
  attribute: 'operation',
} as const

type Of = Pick<Metric, 'name' | 'unit' | 'description'>

const NONE: Attributes = {}
const sum = (name: string, unit: string, description: string, read: (totals: Figures) => number): Metric => ({
  ...{ name, unit, description },
  kind: 'counter',
  attributes: [],
  read: (monitor) => [[read(monitor.totals()), NONE]],
})
const peak = (of: keyof HighWater, name: string, unit: string, description: string, scale = 1): Metric => ({
  ...{ name, unit, description },
  kind: 'gauge',
  attributes: [],
  read: (monitor) => [[(monitor.totals().highWater[of] ?? 0) * scale, NONE]],
})
const each = <T>(
  of: Of,
  attributes: readonly string[],
  list: (totals: Figures) => readonly T[],
  read: (entry: T) => readonly Point[],
): Metric => ({ ...of, kind: 'counter', attributes, read: (monitor) => list(monitor.totals()).flatMap(read) })

const SECOND = 1 / 1000
/** Seen from the sandbox: what it took from the guest, and what it gave it. */
const directions = (from: number, to: number, attributes: Attributes): readonly Point[] => [
  [from, { ...attributes, direction: 'from_guest' }],
  [to, { ...attributes, direction: 'to_guest' }],
]

export const METRICS: readonly Metric[] = [
  {
    name: 'instances',
    kind: 'gauge',
    unit: '{instance}',
    description: 'Instances that are there now.',
    attributes: [],
    read: ({ instances }) => [[instances.live, NONE]],
  },
  {
    name: 'instances.created',
    kind: 'counter',
    unit: '{instance}',
    description: 'Instances that there ever were.',
    attributes: [],
    read: ({ instances }) => [[instances.created, NONE]],
  },
  each(
    { name: 'activations', unit: '{activation}', description: 'Loads and calls that have ended, by outcome.' },
    ['outcome'],
    ({ outcomes }) => outcomes,
    ({ outcome, count }) => [[count, { outcome }]],
  ),
  sum('cpu.time', 's', 'CPU time of guests.', ({ cpuMs }) => cpuMs * SECOND),
  sum('wall.time', 's', 'Wall-clock time of activations.', ({ wallMs }) => wallMs * SECOND),
  sum('fuel', '{unit}', 'Fuel that guests used, where they were metered.', ({ fuel }) => fuel ?? 0),
  sum('output.io', 'By', 'Bytes that guests wrote to stdout and stderr.', ({ outputBytes }) => outputBytes),
  sum('network.io', 'By', 'Bytes that guests sent and received.', ({ networkBytes }) => networkBytes),
  sum('network.requests', '{request}', 'Requests, connections and queries of guests.', ({ networkRequests }) => networkRequests),
  sum('reports', '{report}', 'Log lines, metrics, results and timings that guests reported.', ({ reports }) => reports),
  each(
    { name: 'security.events', unit: '{event}', description: 'Security events, by type.' },
    ['type'],
    ({ events }) => events,
    ({ type, count }) => [[count, { type }]],
  ),
  each(
    { name: 'alerts', unit: '{alert}', description: 'Thresholds that were reached, by quota.' },
    ['quota'],
    ({ alerts }) => alerts,
    ({ metric, count }) => [[count, { quota: metric }]],
  ),
  each(
    { name: 'host_calls', unit: '{call}', description: 'Host calls that guests made, as their cells counted them.' },
    ['host_call'],
    ({ hostCalls }) => hostCalls,
    ({ hostCall, calls }) => [[calls, { host_call: hostCall }]],
  ),
  each(
    { name: 'host_call.io', unit: 'By', description: 'Guest memory that host calls copied, as cells counted it.' },
    ['host_call', 'direction'],
    ({ hostCalls }) => hostCalls,
    ({ hostCall, bytesFromGuest, bytesToGuest }) => directions(bytesFromGuest, bytesToGuest, { host_call: hostCall }),
  ),
  each(
    { name: 'operations', unit: '{call}', description: 'Brokered calls.' },
    ['operation'],
    ({ operations }) => operations,
    ({ operation, calls }) => [[calls, { operation }]],
  ),
  each(
    { name: 'operation.errors', unit: '{call}', description: 'Brokered calls that were answered with an error number.' },
    ['operation'],
    ({ operations }) => operations,
    ({ operation, errors }) => [[errors, { operation }]],
  ),
  each(
    { name: 'operation.io', unit: 'By', description: 'Requests to the broker, and its replies.' },
    ['operation', 'direction'],
    ({ operations }) => operations,
    ({ operation, bytesFromJail, bytesToJail }) => directions(bytesFromJail, bytesToJail, { operation }),
  ),
  peak('cpuMs', 'cpu.time.peak', 's', 'Most CPU time of one activation.', SECOND),
  peak('wallMs', 'wall.time.peak', 's', 'Longest activation.', SECOND),
  peak('residentBytes', 'resident_memory.peak', 'By', 'Most resident memory of a jail while a guest ran in it.'),
  peak('memoryBytes', 'linear_memory.peak', 'By', 'Largest linear memory, as the cell said.'),
  peak('handles', 'handles.peak', '{handle}', 'Most open handles of one guest, as the cell said.'),
  peak('kvBytes', 'kv.peak', 'By', 'Most that a namespace of the key-value store held after a write of a guest.'),
]

const ofPrincipal = (of: Of, kind: Metric['kind'], read: (principal: PrincipalFigures) => number) => ({ of, kind, read })
const PRINCIPAL_METRICS = [
  ofPrincipal(
    { name: 'principal.instances', unit: '{instance}', description: 'Instances of a principal that are there now.' },
    'gauge',
    ({ instances }) => instances.live,
  ),
  ofPrincipal(
    { name: 'principal.activations', unit: '{activation}', description: 'Loads and calls of a principal that have ended.' },
    'counter',
    ({ figures }) => figures.activations,
  ),
  ofPrincipal(
    { name: 'principal.cpu.time', unit: 's', description: 'CPU time of a principal’s guests.' },
    'counter',
    ({ figures }) => figures.cpuMs * SECOND,
  ),
  ofPrincipal(
    { name: 'principal.fuel', unit: '{unit}', description: 'Fuel that a principal’s guests used, where they were metered.' },
    'counter',
    ({ figures }) => figures.fuel ?? 0,
  ),
  ofPrincipal(
    { name: 'principal.output.io', unit: 'By', description: 'Bytes that a principal’s guests wrote to stdout and stderr.' },
    'counter',
    ({ figures }) => figures.outputBytes,
  ),
  ofPrincipal(
    { name: 'principal.network.io', unit: 'By', description: 'Bytes that a principal’s guests sent and received.' },
    'counter',
    ({ figures }) => figures.networkBytes,
  ),
] as const

/**
 * Metrics of single principals: only if an embedder asks, because each is a time series for whoever stores them.
 *
 * @param most principals that ever get one: the first that there are
 */
export function principalMetrics(most: number): readonly Metric[] {
  const shown = new Set<string>()
  const isShown = ({ principal }: PrincipalFigures) => {
    if (shown.size < most) shown.add(principal)
    return shown.has(principal)
  }
  return PRINCIPAL_METRICS.map(({ of, kind, read }) => ({
    ...of,
    kind,
    attributes: ['principal'],
    read: (monitor) =>
      monitor
        .principals()
        .filter(isShown)
        .map((figures) => [read(figures), { principal: figures.principal }]),
  }))
}
