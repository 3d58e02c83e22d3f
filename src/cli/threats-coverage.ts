// `gauntlet threats coverage`: what tries each threat, as the tree has it, and what a run made of it.
import { existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { readRun } from '../campaign/merge/files.ts'
import { isOn } from '../campaign/switched-off.ts'
import { readTree, TREE_KINDS, type TreeItem, type TreeKind } from '../campaign/tree-evidence.ts'
import { REPORT_FILE } from '../reports/read-record.ts'
import type { RunRecord } from '../reports/run-record.ts'
import { visible, visibleJson } from '../reports/visible.ts'
import type { Threat, ThreatModel } from '../threats/index.ts'
import { usageError } from './cli-error.ts'
import { modelWith } from './overlay-option.ts'
import { PROJECT_DIR } from './project.ts'
import { type Output, write } from './terminal.ts'

export interface CoverageOptions {
  readonly report?: string
  readonly boundary?: string
  readonly gaps?: true
  readonly overlay?: readonly string[]
  readonly json?: true
}

interface Row {
  readonly threat: string
  readonly title: string
  readonly boundary: string
  /** Names of what can try it; every case has its twin, or it could not be read. */
  readonly tree: Readonly<Record<TreeKind, readonly string[]>>
  readonly switchedOff: boolean
  /** What the run of the report came to; null without a report, or if it did not know the threat. */
  readonly run: Pick<RunRecord['threats'][number], 'result' | 'reason' | 'evidence'> | null
  /** What is missing for a proof, in words. */
  readonly gaps: readonly string[]
}

/** @param root the project's folder */
export async function coverage(options: CoverageOptions, output: Output, root = PROJECT_DIR): Promise<void> {
  const model = modelWith(options.overlay)
  if (options.boundary !== undefined && !model.boundaries.some(({ id }) => id === options.boundary))
    throw usageError(
      `There is no boundary ${JSON.stringify(options.boundary)}; there are ${model.boundaries.map(({ id }) => id).join(', ')}.`,
    )
  const record = options.report === undefined ? null : (await readRun(runFolder(options.report))).record
  const { items } = await readTree(root)
  // That a package comes without them is no gap of a threat.
  const kinds = existsSync(join(root, 'fuzz')) ? TREE_KINDS : IN_PACKAGES
  const rows = model.threats
    .filter(({ boundary }) => options.boundary === undefined || boundary === options.boundary)
    .map((threat) => rowOf(threat, model, items, record, kinds))
    .filter(({ gaps }) => !options.gaps || gaps.length > 0)
  await write(output, options.json ? visibleJson({ totals: totalsOf(rows), threats: rows }) : table(rows, record, kinds))
}

/** What an installed package has of what tries threats. */
const IN_PACKAGES: readonly TreeKind[] = ['case', 'generator']

/** The file and its folder are the same run. */
const runFolder = (path: string): string => (basename(path) === REPORT_FILE ? dirname(resolve(path)) : resolve(path))

function rowOf(
  threat: Threat,
  model: ThreatModel,
  items: readonly TreeItem[],
  record: RunRecord | null,
  kinds: readonly TreeKind[],
): Row {
  const naming = items.filter(({ threats }) => threats.includes(threat.id))
  const tree = Object.fromEntries(
    TREE_KINDS.map((kind) => [kind, naming.filter((item) => item.kind === kind).map(({ name }) => name)]),
  ) as unknown as Row['tree']
  const state = record?.threats.find(({ id }) => id === threat.id)
  const switchedOff = !isOn({ threats: [threat.id] }, model)
  return {
    threat: threat.id,
    title: threat.title,
    boundary: threat.boundary,
    tree,
    switchedOff,
    run: state ? { result: state.result, reason: state.reason, evidence: state.evidence } : null,
    gaps: switchedOff ? [] : gapsOf(tree, kinds),
  }
}

function gapsOf(tree: Row['tree'], kinds: readonly TreeKind[]): string[] {
  const gaps: string[] = []
  if (tree.case.length === 0) gaps.push('no case')
  if (kinds.includes('weakening') && tree.weakening.length === 0) gaps.push('no weakening')
  return gaps
}

/** Distinct things, not mentions: one case that tries three threats is one case. */
function totalsOf(rows: readonly Row[]): Record<TreeKind, number> {
  const entries = TREE_KINDS.map((kind) => [kind, new Set(rows.flatMap(({ tree }) => tree[kind])).size] as const)
  return Object.fromEntries(entries) as Record<TreeKind, number>
}

const HEADS: Readonly<Record<TreeKind, string>> = {
  case: 'cases+twins',
  generator: 'generators',
  property: 'properties',
  fuzzer: 'fuzzers',
  weakening: 'weakenings',
}

function table(rows: readonly Row[], record: RunRecord | null, kinds: readonly TreeKind[]): string {
  const head = `threat  ${kinds.map((kind) => HEADS[kind]).join('  ')}${record ? `  in ${visible(record.run)}` : ''}`
  const lines = rows.map((row) => {
    const counts = kinds.map((kind) => String(row.tree[kind].length).padStart(HEADS[kind].length)).join('  ')
    const said = row.switchedOff
      ? 'switched off'
      : [row.run ? runText(row.run) : null, ...row.gaps].filter((text) => text !== null).join('; ')
    return `${row.threat}  ${counts}  ${said}`.trimEnd()
  })
  const totals = totalsOf(rows)
  const sum = kinds.map((kind) => `${totals[kind]} ${HEADS[kind]}`).join(', ')
  const open = rows.filter(({ gaps }) => gaps.length > 0).length
  const rest = kinds === IN_PACKAGES ? ' Properties, fuzzers and weakenings are in a checkout of the project only.' : ''
  return `${[head, ...lines].join('\n')}\n\n${rows.length} threats: ${sum}. ${open === 0 ? 'None has a gap' : `${open} have a gap`}.${rest}\n`
}

function runText({ result, evidence }: NonNullable<Row['run']>): string {
  const { regressions, twins, campaignModules, properties, coverageGuided, weakeningsDetected, weakenings } = evidence
  return `${result}: ${regressions} cases with ${twins} twins allowed, ${campaignModules} modules, ${properties} properties, ${coverageGuided} fuzzers, ${weakeningsDetected} of ${weakenings} weakenings`
}
