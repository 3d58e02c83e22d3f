// Tables inside pages that are written by hand: between `<!-- table: name arguments -->` and `<!-- end -->`.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { ABI } from '../../src/sandbox/host/abi/index.ts'
import { FIXED } from '../../src/sandbox/policy/limits/fixed.ts'
import type { FixedLimit, Limit, Quota, Unit } from '../../src/sandbox/policy/limits/limit.ts'
import { nullOf, QUOTA_NAMES, type QuotaName, quota } from '../../src/sandbox/policy/limits/quotas.ts'
import { PROFILES } from '../../src/sandbox/policy/profiles.ts'
import type { Policy } from '../../src/sandbox/policy/schema.ts'
import { FEATURES } from '../../src/wasm/index.ts'
import { code, number, size, table } from './markdown.ts'

const CORPUS = join(import.meta.dirname, '..', '..', 'corpus')
const NAMES = ['strict', 'default', 'relaxed'] as const
const figures = (cell: (policy: Policy) => string): string[] => NAMES.map((name) => cell(PROFILES.get(name)!))

const FORMATS: Readonly<Record<Unit, (value: number) => string>> = {
  bytes: size,
  ms: (value) => (value % 1000 === 0 ? `${number(value / 1000)} s` : `${number(value)} ms`),
  count: number,
  fuel: number,
}

const isQuota = (name: string): name is QuotaName => (QUOTA_NAMES as readonly string[]).includes(name)
/** With the threats' ids. */
const stopped = ({ stops, threats }: Limit) => (threats.length === 0 ? stops : `${stops} (${threats.join(', ')})`)

function quotaRows(names: readonly string[]): string[][] {
  return names.map((name) => {
    if (!isQuota(name)) throw new TypeError(`there is no quota ${name}`)
    const row = quota(name)
    const figure = ({ quotas }: Policy) => (quotas[name] === null ? code('null') : FORMATS[row.unit](quotas[name]))
    return [code(name), row.counts, ...figures(figure), stopped(row)]
  })
}

const quotas = (names: readonly string[]): string =>
  table(['quota', 'what is counted', ...NAMES, 'the attack that it stops'], quotaRows(names.length > 0 ? names : QUOTA_NAMES))

const NULLS = { inline: ', or `null` at level `inline`', off: ', or `null` for none' } as const
function range(row: Quota): string {
  const [min, max] = row.range.map(FORMATS[row.unit])
  const stands = nullOf(row)
  return `${min === max ? min : `${min} to ${max}`}${stands ? NULLS[stands] : ''}`
}

/** What comes of it, and what shows that it does, as seen from docs. */
const proof = ({ exceeding, keptBy, exceededBy }: Limit): string[] => [
  exceeding.map((each) => `[${each.replace('/', ' ')}](errors/${each.replace('/', '-')}.md)`).join(', ') || 'nothing else',
  keptBy.join(', '),
  exceededBy.startsWith('test/') ? `[test](../${exceededBy})` : `[${exceededBy}](../corpus/${fileOf(exceededBy)})`,
]
const fileOf = (id: string): string => {
  const file = readdirSync(CORPUS).find((name) => name === `${id}.wat` || name === `${id}.yaml`)
  if (!file) throw new TypeError(`the corpus has no case ${id}`)
  return file
}
const PROOF = ['what comes of it', 'kept by', 'exceeded by']

const ranges = (): string =>
  table(
    ['quota', 'range', ...PROOF],
    QUOTA_NAMES.map((name) => [code(name), range(quota(name)), ...proof(quota(name))]),
  )

const fixed = (): string =>
  table(
    ['limit', 'of what', 'the attack that it stops', ...PROOF],
    Object.values<FixedLimit>(FIXED).map((row) => [FORMATS[row.unit](row.limit), row.counts, stopped(row), ...proof(row)]),
  )

/** A value of a policy as one would write it. */
const written = (value: unknown): string =>
  code(stringify(value, { collectionStyle: 'flow', lineWidth: 0, defaultStringType: 'PLAIN' }).trim())

function capabilities(names: readonly string[]): string {
  const own = Object.keys(PROFILES.get('default')!.capabilities)
  const unknown = names.find((name) => !own.includes(name))
  if (unknown) throw new TypeError(`there is no capability ${unknown}`)
  const shown = (names.length > 0 ? names : own) as (keyof Policy['capabilities'])[]
  const rows = shown.map((name) => [code(name), ...figures((policy) => written(policy.capabilities[name]))])
  return table(['capability', ...NAMES], rows)
}

const features = (): string =>
  table(
    ['feature', ...NAMES],
    FEATURES.map((feature) => [code(feature), ...figures(({ features }) => (features.includes(feature) ? 'yes' : 'no'))]),
  )

/** The host calls of a capability, as seen from docs/capabilities. */
function calls(names: readonly string[]): string {
  const rows = ABI.filter((entry) =>
    names.some((name) => entry.name === name || (entry.capabilities as readonly string[]).includes(name)),
  )
  if (rows.length === 0) throw new TypeError(`there are no host calls ${names.join(' ')}`)
  return table(
    ['host call', 'what it does'],
    rows.map(({ name, summary }) => [`[${code(name)}](../abi.md#${name})`, summary]),
  )
}

const TABLES: ReadonlyMap<string, (names: readonly string[]) => string> = new Map([
  ['quotas', quotas],
  ['ranges', ranges],
  ['fixed', fixed],
  ['capabilities', capabilities],
  ['features', features],
  ['calls', calls],
])

/** @throws {TypeError} for a table that does not exist, or names what does not */
export function fillTables(text: string): string {
  return text.replace(
    /^(<!-- table: ([\w ]+) -->)\n[\s\S]*?^(<!-- end -->)$/gm,
    (_, begin: string, words: string, end: string) => {
      const [name = '', ...names] = words.split(' ')
      const make = TABLES.get(name)
      if (!make) throw new TypeError(`there is no table ${name}`)
      return `${begin}\n\n${make(names)}\n\n${end}`
    },
  )
}
