// Tables inside pages that are written by hand: between `<!-- table: name arguments -->` and `<!-- end -->`.
import { stringify } from 'yaml'
import { ABI } from '../../src/sandbox/host/abi/index.ts'
import { PROFILES } from '../../src/sandbox/policy/profiles.ts'
import type { Policy } from '../../src/sandbox/policy/schema.ts'
import { FEATURES } from '../../src/wasm/index.ts'
import { code, number, size, table } from './markdown.ts'
import { QUOTAS } from './quotas.ts'

const NAMES = ['strict', 'default', 'relaxed'] as const
const figures = (cell: (policy: Policy) => string): string[] => NAMES.map((name) => cell(PROFILES.get(name)!))

const FORMATS = {
  bytes: size,
  ms: (value: number) => (value % 1000 === 0 ? `${number(value / 1000)} s` : `${number(value)} ms`),
  count: number,
} as const

type Quota = keyof typeof QUOTAS
const isQuota = (name: string): name is Quota => Object.hasOwn(QUOTAS, name)

function quotaRows(names: readonly string[]): string[][] {
  return names.map((name) => {
    if (!isQuota(name)) throw new TypeError(`there is no quota ${name}`)
    const { unit, counts, stops } = QUOTAS[name]
    const figure = ({ quotas }: Policy) => (quotas[name] === null ? code('null') : FORMATS[unit](quotas[name]))
    return [code(name), counts, ...figures(figure), stops]
  })
}

const quotas = (names: readonly string[]): string =>
  table(
    ['quota', 'what is counted', ...NAMES, 'the attack that it stops'],
    quotaRows(names.length > 0 ? names : Object.keys(QUOTAS)),
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
