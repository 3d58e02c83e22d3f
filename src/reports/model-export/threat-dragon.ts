// The threat model for OWASP Threat Dragon, version 2: an overview, and a diagram for each boundary with its flows and threats.
//
// Threats hang on the first flow across their boundary, because that is what Threat Dragon lets one click on; on a side if there is no flow.
import type { Boundary, Flow, Level, Threat, ThreatModel } from '../../threats/index.ts'
import { stableUuid } from '../uuid.ts'
import { BOX, type Box, bends, columns } from './layout.ts'

/** The version whose files these are; Threat Dragon migrates older ones by it. */
const VERSION = '2.6.2'

const STRIDE_WORD: Readonly<Record<Threat['stride'][number], string>> = {
  spoofing: 'Spoofing',
  tampering: 'Tampering',
  repudiation: 'Repudiation',
  'information-disclosure': 'Information disclosure',
  'denial-of-service': 'Denial of service',
  'elevation-of-privilege': 'Elevation of privilege',
}
const SEVERITY_WORD: Readonly<Record<Level, string>> = {
  none: 'TBD',
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  critical: 'Critical',
}

type Cell = Record<string, unknown>

/** @param version of the project */
export function threatDragon(model: ThreatModel, version: string): Record<string, unknown> {
  const numbers = new Map(model.threats.map(({ id }, index) => [id, index + 1]))
  const overview = diagram(
    0,
    'Overview',
    'All flows across all boundaries; the threats stand in the diagrams of the boundaries.',
    [...cellsOf('overview', model, model.boundaries, () => [])],
  )
  const single = model.boundaries.map((boundary, index) => {
    const threats = model.threats.filter((threat) => threat.boundary === boundary.id)
    const entries = threats.map((threat) => threatEntry(threat, numbers.get(threat.id)!, model))
    const cells = cellsOf(boundary.id, model, [boundary], () => entries)
    return diagram(index + 1, `${boundary.group}: ${boundary.title}`, boundary.description, cells)
  })
  return {
    version: VERSION,
    summary: {
      title: model.title,
      owner: '',
      description: `Exported from the threat model of wasm-gauntlet ${version}, SHA-256 ${model.sha256}. Status says whether a control is built; whether it holds, reports say.`,
      id: 0,
    },
    detail: {
      contributors: [],
      diagrams: [overview, ...single],
      diagramTop: single.length + 1,
      reviewer: '',
      threatTop: model.threats.length,
    },
  }
}

const diagram = (id: number, title: string, description: string, cells: readonly Cell[]): Record<string, unknown> => ({
  id,
  title,
  description,
  diagramType: 'STRIDE',
  placeholder: '',
  thumbnail: './public/content/images/thumbnail.stride.jpg',
  version: VERSION,
  cells,
})

/** @param threatsOf what hangs on the first flow across a boundary */
function cellsOf(
  name: string,
  { actors, zones, flows }: ThreatModel,
  boundaries: readonly Boundary[],
  threatsOf: (boundary: Boundary) => readonly Cell[],
): Cell[] {
  const across = flows.filter(({ boundary }) => boundaries.some(({ id }) => id === boundary))
  const sides = new Set([...boundaries.flatMap(({ between }) => between), ...across.flatMap(({ from, to }) => [from, to])])
  const outside = actors.filter(({ id }) => sides.has(id))
  const inside = zones.filter(({ id }) => sides.has(id))
  const boxes = columns(
    outside.map(({ id }) => id),
    inside.map(({ id }) => id),
  )
  const id = (what: string) => stableUuid('threat-dragon', name, what)
  const bare = boundaries.filter((boundary) => !across.some((flow) => flow.boundary === boundary.id))
  const loose = (side: string) => bare.filter(({ between }) => between[1] === side).flatMap(threatsOf)
  const parallel = (flow: Flow) => across.filter(({ from, to }) => pair(from, to) === pair(flow.from, flow.to))
  const first = (flow: Flow) => boundaries.filter((known) => across.find(({ boundary }) => boundary === known.id) === flow)
  return [
    ...(inside.length > 0 && outside.length > 0
      ? [
          frame(
            id('frame'),
            inside.map((zone) => boxes.get(zone.id)!),
          ),
        ]
      : []),
    ...outside.map((side) => node(id(side.id), 'actor', 'tm.Actor', side, boxes.get(side.id)!, loose(side.id))),
    ...inside.map((side) => node(id(side.id), 'process', 'tm.Process', side, boxes.get(side.id)!, loose(side.id))),
    ...across.map((flow) => {
      const together = parallel(flow)
      const from = boxes.get(flow.from)!
      const to = boxes.get(flow.to)!
      const bend = bends(from, to, together.length)[together.indexOf(flow)]!
      return edge(
        id(`flow/${flow.id}`),
        flow,
        { cell: id(flow.from) },
        { cell: id(flow.to) },
        bend,
        first(flow).flatMap(threatsOf),
      )
    }),
  ]
}

const pair = (one: string, other: string): string => [one, other].sort().join(' ')

const LINE = { stroke: '#333333', strokeWidth: 1.5, strokeDasharray: null } as const
/** Threat Dragon draws in red what has an open threat. */
const open = (threats: readonly Cell[]): boolean => threats.some(({ status }) => status === 'Open')
const lineOf = (threats: readonly Cell[]) => (open(threats) ? { ...LINE, stroke: 'red', strokeWidth: 3 } : LINE)

function node(
  id: string,
  shape: 'actor' | 'process',
  type: string,
  { title, description }: { readonly title: string; readonly description: string },
  { x, y, width, height }: Box,
  threats: readonly Cell[],
): Cell {
  return {
    id,
    shape,
    zIndex: 2,
    visible: true,
    position: { x, y },
    size: { width, height },
    attrs: { text: { text: title }, body: lineOf(threats) },
    data: {
      type,
      name: title,
      description,
      isTrustBoundary: false,
      outOfScope: false,
      reasonOutOfScope: '',
      hasOpenThreats: open(threats),
      threats,
    },
  }
}

function edge(
  id: string,
  { title, description }: Flow,
  source: Cell,
  target: Cell,
  bend: { readonly x: number; readonly y: number },
  threats: readonly Cell[],
): Cell {
  return {
    id,
    shape: 'flow',
    zIndex: 10,
    connector: 'smooth',
    attrs: { line: { ...lineOf(threats), targetMarker: { name: 'block' }, sourceMarker: { name: '' } } },
    labels: [{ position: 0.5, attrs: { label: { text: title } } }],
    source,
    target,
    vertices: [bend],
    data: {
      type: 'tm.Flow',
      name: title,
      description,
      isTrustBoundary: false,
      outOfScope: false,
      reasonOutOfScope: '',
      protocol: '',
      isEncrypted: false,
      isPublicNetwork: false,
      isBidirectional: false,
      hasOpenThreats: open(threats),
      threats,
    },
  }
}

/** What belongs to the system, with a line around it. */
function frame(id: string, boxes: readonly Box[]): Cell {
  const x = Math.min(...boxes.map((box) => box.x)) - 30
  const y = Math.min(...boxes.map((box) => box.y)) - 30
  const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + 30
  return {
    id,
    shape: 'trust-boundary-box',
    zIndex: -1,
    visible: true,
    position: { x, y },
    size: { width: BOX.width + 60, height: bottom - y },
    attrs: { label: { text: 'Trust boundary' } },
    data: {
      type: 'tm.BoundaryBox',
      name: 'Trust boundary',
      description: '',
      isTrustBoundary: true,
      hasOpenThreats: false,
      threats: [],
    },
  }
}

function threatEntry(threat: Threat, number: number, { controls, switchedOff }: ThreatModel): Cell {
  const answers = controls.filter(({ id }) => threat.controls.includes(id))
  const off = switchedOff.find((entry) => entry.threat === threat.id)
  const built = answers.some(({ paths }) => paths.length > 0)
  return {
    id: stableUuid('threat-dragon', 'threat', threat.id),
    threatId: stableUuid('threat-dragon', 'threat', threat.id),
    number,
    title: `${threat.id} ${threat.title}`,
    status: off ? 'NA' : built ? 'Mitigated' : 'Open',
    severity: SEVERITY_WORD[threat.severity.level],
    score: String(threat.severity.score),
    type: STRIDE_WORD[threat.stride[0]!],
    modelType: 'STRIDE',
    description: `${threat.description}\n\n${threat.cwe.join(', ')}. ${threat.severity.vector}`,
    mitigation: [
      ...(off ? [`Switched off by ${off.overlay}: ${off.reason}`] : []),
      threat.requirement,
      ...answers.map(({ id, title, description }) => `${id} (${title}): ${description}`),
    ].join('\n\n'),
  }
}
