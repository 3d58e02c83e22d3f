// What no schema can check: that ids are unique, that everything that is named exists, and that nothing is said twice in different ways.
import type { Problem } from './model.ts'
import { type Parts, type Placed, switchedOff } from './parts.ts'

/** What is wrong with the parts taken together; each with its place and its remedy. */
export function checkParts(parts: Parts): Problem[] {
  const ids = idsOf(parts)
  return [
    ...repeated(parts.assets),
    ...repeated([...parts.actors, ...parts.zones]), // `between` names either, so they share their names
    ...repeated(parts.boundaries),
    ...repeatedGroups(parts.boundaries),
    ...repeated(parts.flows),
    ...repeated(parts.assumptions),
    ...repeated(parts.residualRisks),
    ...repeated(parts.controls),
    ...repeated(parts.risks),
    ...repeated(parts.frameworks),
    ...parts.boundaries.flatMap((entry) => checkBoundary(entry, ids)),
    ...parts.flows.flatMap((entry) => checkFlow(entry, ids)),
    ...parts.assumptions.flatMap((entry) =>
      dangling(entry, `assumption ${entry.value.id}`, ['threats'], entry.value.threats, ids.threats),
    ),
    ...parts.residualRisks.flatMap((entry) =>
      dangling(entry, `residual risk ${entry.value.id}`, ['threats'], entry.value.threats, ids.threats),
    ),
    ...checkThreats(parts, ids),
    ...parts.risks.flatMap((entry) =>
      dangling(entry, `the decision ${entry.value.id}`, ['threat'], entry.value.threat ? [entry.value.threat] : [], ids.threats),
    ),
    ...parts.frameworks.flatMap((entry) => checkFramework(entry, ids)),
    ...checkOverlays(parts, ids),
  ]
}

/** A kind of thing that can be named, with the ids that there are. */
interface Known {
  readonly what: string
  readonly ids: ReadonlySet<string>
}
type Ids = Readonly<Record<'assets' | 'sides' | 'boundaries' | 'controls' | 'threats', Known>>

function idsOf(parts: Parts): Ids {
  const known = (what: string, entries: readonly Placed<{ readonly id: string }>[]): Known => ({
    what,
    ids: new Set(entries.map(({ value }) => value.id)),
  })
  return {
    assets: known('an asset', parts.assets),
    sides: known('an actor or zone', [...parts.actors, ...parts.zones]),
    boundaries: known('a boundary', parts.boundaries),
    controls: known('a control', parts.controls),
    threats: known('a threat', parts.threats),
  }
}

const problem = (entry: Placed<unknown>, path: readonly PropertyKey[], text: string): Problem => ({
  file: entry.file,
  line: entry.line(path),
  text,
})

/** Names that lead nowhere. */
function dangling(
  entry: Placed<unknown>,
  who: string,
  path: readonly PropertyKey[],
  names: readonly string[],
  { what, ids }: Known,
): Problem[] {
  return [...new Set(names)]
    .filter((name) => !ids.has(name))
    .map((name) => problem(entry, path, `${who} names "${name}", which is not ${what}; correct it or add it`))
}

function repeated(entries: readonly Placed<{ readonly id: string }>[]): Problem[] {
  const seen = new Map<string, Placed<unknown>>()
  return entries.flatMap((entry) => {
    const before = seen.get(entry.value.id)
    if (before)
      return [problem(entry, [], `the id "${entry.value.id}" is used already ${whereIs(before, entry)}; choose another`)]
    seen.set(entry.value.id, entry)
    return []
  })
}

const whereIs = (before: Placed<unknown>, here: Placed<unknown>): string =>
  before.file === here.file ? `on line ${before.line()}` : `at ${before.file}:${before.line()}`

function repeatedGroups(boundaries: Parts['boundaries']): Problem[] {
  const seen = new Map<string, string>()
  return boundaries.flatMap((entry) => {
    const { group, id } = entry.value
    const before = seen.get(group)
    if (before !== undefined && before !== id)
      return [problem(entry, ['group'], `the group ${group} is that of boundary ${before}; choose another`)]
    seen.set(group, id)
    return []
  })
}

function checkBoundary(entry: Parts['boundaries'][number], ids: Ids): Problem[] {
  const { id, between, assets } = entry.value
  return [
    ...dangling(entry, `boundary ${id}`, ['between'], between, ids.sides),
    ...dangling(entry, `boundary ${id}`, ['assets'], assets, ids.assets),
  ]
}

function checkFlow(entry: Parts['flows'][number], ids: Ids): Problem[] {
  const { id, from, to, boundary, assets } = entry.value
  return [
    ...dangling(entry, `flow ${id}`, ['from'], [from], ids.sides),
    ...dangling(entry, `flow ${id}`, ['to'], [to], ids.sides),
    ...dangling(entry, `flow ${id}`, ['boundary'], [boundary], ids.boundaries),
    ...dangling(entry, `flow ${id}`, ['assets'], assets, ids.assets),
  ]
}

function checkThreats({ threats, boundaries }: Parts, ids: Ids): Problem[] {
  const groupOf = new Map(boundaries.map(({ value }) => [value.id, value.group]))
  const seen = new Map<string, Placed<unknown>>()
  return threats.flatMap((entry) => {
    const { id, boundary, controls } = entry.value
    const problems = dangling(entry, `threat ${id}`, ['boundary'], [boundary], ids.boundaries)
    const group = groupOf.get(boundary)
    if (group !== undefined && !id.startsWith(`${group}-`))
      problems.push(
        problem(entry, [], `threat ${id} is not of group ${group}; move it to its own boundary, or name it ${group}-…`),
      )
    const before = seen.get(id)
    if (before) {
      const where = before.file === entry.file ? '' : `, after ${before.file}:${before.line()}`
      problems.push(problem(entry, [], `threat ${id} stands here for the second time${where}; give it an id of its own`))
    } else seen.set(id, entry)
    for (const control of new Set(controls))
      if (!ids.controls.ids.has(control))
        problems.push(
          problem(
            entry,
            ['controls'],
            `threat ${id} names the control "${control}", which controls.yaml does not have; correct it or add it there`,
          ),
        )
    return problems
  })
}

function checkFramework(entry: Parts['frameworks'][number], ids: Ids): Problem[] {
  const seen = new Set<string>()
  return entry.value.requirements.flatMap(({ id, controls, threats = [] }, index) => {
    const place = ['requirements', index]
    const problems = [
      ...dangling(entry, `requirement ${id}`, [...place, 'controls'], controls, ids.controls),
      ...dangling(entry, `requirement ${id}`, [...place, 'threats'], threats, ids.threats),
    ]
    if (seen.has(id)) problems.push(problem(entry, place, `requirement ${id} stands here for the second time; join both`))
    seen.add(id)
    return problems
  })
}

/** An overlay must not contradict itself, nor another one. */
function checkOverlays(parts: Parts, ids: Ids): Problem[] {
  const off = new Map<string, Placed<unknown>>()
  const mapped = new Map<string, Placed<unknown>>()
  const once = (seen: Map<string, Placed<unknown>>, entry: Placed<{ readonly threat: string }>, what: string): Problem[] => {
    const before = seen.get(entry.value.threat)
    seen.set(entry.value.threat, before ?? entry)
    return before
      ? [problem(entry, [], `threat ${entry.value.threat} is ${what} already ${whereIs(before, entry)}; keep one of both`)]
      : []
  }
  return [
    ...parts.switchOff.flatMap((entry) => {
      const { threat, boundary } = entry.value
      return [
        ...dangling(entry, 'switchOff', ['threat'], threat === undefined ? [] : [threat], ids.threats),
        ...dangling(entry, 'switchOff', ['boundary'], boundary === undefined ? [] : [boundary], ids.boundaries),
      ]
    }),
    ...switchedOff(parts).flatMap((entry) => once(off, entry, 'switched off')),
    ...parts.map.flatMap((entry) => [
      ...dangling(entry, 'map', ['threat'], [entry.value.threat], ids.threats),
      ...dangling(entry, 'map', ['controls'], entry.value.controls, ids.controls),
      ...once(mapped, entry, 'mapped'),
      ...(off.has(entry.value.threat)
        ? [problem(entry, [], `threat ${entry.value.threat} is switched off, so nothing answers it; take one of both out`)]
        : []),
    ]),
  ]
}
