// `gauntlet inspect`: what admission thinks of a module, without running it.
import { visibleJson } from '../reports/visible.ts'
import type { Refusal } from '../sandbox/admission/refusal.ts'
import { type Inspection, inspectModule, type Policy } from '../sandbox/index.ts'
import { inspectMetering, type MeteringInspection } from '../sandbox/metering/inspect-metering.ts'
import { OUTCOME_EXIT } from './exit-codes.ts'
import { readModuleFile } from './module-file.ts'
import { type PolicyOptions, policyFrom } from './policy-option.ts'
import { readSideManifest } from './side-manifest.ts'
import { type Output, write } from './terminal.ts'
import { sizeRefusal } from './too-large.ts'

export interface InspectOptions extends Pick<PolicyOptions, 'policy'> {
  readonly metering?: true
  readonly json?: true
}

/** @returns 0 if the module is admitted, the code for `refused` if not */
export async function inspect(path: string, options: InspectOptions, output: Output): Promise<number> {
  const policy = await policyFrom(options)
  const module = await readModuleFile(path, policy.quotas.moduleBytes)
  if (options.metering && 'bytes' in module) return inspectItsMetering(module.bytes, policy, options, output)
  const inspection =
    'size' in module
      ? unread(module.size, sizeRefusal(module, policy), policy.name)
      : inspectModule(module.bytes, policy, await readSideManifest(path))
  await write(output, options.json ? visibleJson(inspection) : describe(inspection))
  return inspection.verdict === 'admitted' ? 0 : OUTCOME_EXIT.refused
}

/** @returns 0 if what the rewriter made of the module is proven */
async function inspectItsMetering(bytes: Uint8Array, policy: Policy, options: InspectOptions, output: Output): Promise<number> {
  const inspection = inspectMetering(bytes, policy)
  await write(output, options.json ? visibleJson(inspection) : describeMetering(inspection))
  return inspection.verdict === 'proven' ? 0 : OUTCOME_EXIT.refused
}

function describeMetering({ verdict, message, bytes, code, proof }: MeteringInspection): string {
  const number = (value: number) => value.toLocaleString('en-US')
  const growth = code && code.before > 0 ? ` (${(100 * (code.after / code.before - 1)).toFixed(1)} % more)` : ''
  const facts: [string, string | undefined][] = [
    ['verdict', verdict],
    ['reason', message],
    ['size', `${number(bytes)} bytes`],
    ['code', code ? `${number(code.before)} to ${number(code.after)} bytes${growth}` : undefined],
    ['functions', proof ? number(proof.functions) : undefined],
    ['charges', proof ? `${number(proof.charges)}, ${number(proof.checks)} of them with a check` : undefined],
    ['added', proof ? `${number(proof.added)} functions, globals and types` : undefined],
  ]
  const lines = facts.filter(([, value]) => value !== undefined).map(([name, value]) => `${name.padEnd(10)} ${value}`)
  return `${lines.join('\n')}\n`
}

/** A file that is too large to be read has a size and a verdict, and nothing else. */
function unread(
  bytes: number,
  refusal: Refusal,
  policy: string,
): Partial<Inspection> & Pick<Inspection, 'verdict' | 'code' | 'message' | 'policy' | 'bytes'> {
  return { verdict: 'refused', code: refusal.code, message: refusal.message, policy, bytes }
}

function describe(inspection: ReturnType<typeof unread>): string {
  const { verdict, code, message, policy, bytes, sha256, memories, tables, functions } = inspection
  const facts: [string, string | undefined][] = [
    ['verdict', code === null ? verdict : `${verdict} (${code})`],
    ['reason', message],
    ['policy', policy],
    ['size', `${bytes.toLocaleString('en-US')} bytes`],
    ['sha256', sha256],
    ['functions', functions?.toString()],
    ['start', inspection.hasStart === undefined ? undefined : inspection.hasStart ? 'has a start function' : 'none'],
    [
      'memory',
      memories?.map(({ initialBytes, maximumBytes }) => range(initialBytes, maximumBytes, 'bytes')).join('; ') || undefined,
    ],
    ['table', tables?.map(({ initial, maximum }) => range(initial, maximum, 'elements')).join('; ') || undefined],
  ]
  const lines = facts.filter(([, value]) => value !== undefined).map(([name, value]) => `${name.padEnd(10)} ${value}`)
  return `${[...lines, ...features(inspection), ...imports(inspection), ...exported(inspection), ...manifest(inspection)].join('\n')}\n`
}

const range = (initial: number, maximum: number | null, unit: string) =>
  `${initial.toLocaleString('en-US')} to ${maximum === null ? 'no maximum' : maximum.toLocaleString('en-US')} ${unit}`

function features({ features: used = [] }: Partial<Inspection>): string[] {
  return section(
    'features',
    used.map(({ name, offset, allowed }) => `${name} (first at byte ${offset})${allowed ? '' : ': not allowed'}`),
  )
}

function imports({ imports: entries = [] }: Partial<Inspection>): string[] {
  return section(
    'imports',
    entries.map(({ module, name, kind, capabilities, place, granted }) => {
      const needs = capabilities?.length ? capabilities.join(' or ') : 'needs no capability'
      const state =
        capabilities === null ? 'not offered' : `${granted ? 'granted' : 'not granted'} (${needs}), ${PLACE[place ?? 'either']}`
      return `${module} ${name}, ${kind}: ${state}`
    }),
  )
}

const PLACE = {
  cell: "in the guest's thread",
  broker: 'in the host process',
  either: "in the guest's thread or the host process",
} as const

function exported({ exports: entries = [] }: Partial<Inspection>): string[] {
  return section(
    'exports',
    entries.map(({ name, kind, signature }) => {
      const type = signature ? ` (${signature.params.join(', ')}) -> (${signature.results.join(', ')})` : ''
      return `${name}, ${kind}${type}`
    }),
  )
}

function manifest({ manifest: asked }: Partial<Inspection>): string[] {
  if (!asked) return []
  const { name, version, description, lines, decisions } = asked
  return [
    ...section('manifest', [`${name} ${version}`, ...(description === null ? [] : [`says about itself: ${description}`])]),
    ...lines.flatMap(({ sentence, claim }, index) => [
      `  - ${sentence}`,
      `      The module's reason: ${claim}`,
      `      ${decisions[index]?.because}`,
    ]),
  ]
}

const section = (title: string, entries: readonly string[]) =>
  entries.length === 0 ? [] : ['', title, ...entries.map((entry) => `  ${entry}`)]
