// All quotas of a policy, and what follows from the table: their types, and their values in a profile. Nothing here may come from npm: cells load it.
import { HOST_CALLS } from './host-calls.ts'
import type { Quota } from './limit.ts'
import { MODULE } from './module.ts'
import { RUNNING } from './running.ts'

export const QUOTAS = { ...RUNNING, ...HOST_CALLS, ...MODULE } as const

type Table = typeof QUOTAS
export type QuotaName = keyof Table
/** The value of each quota. */
export type Quotas = { [K in QuotaName]: Table[K] extends { readonly null: string } ? number | null : number }

export const QUOTA_NAMES = Object.keys(QUOTAS) as readonly QuotaName[]
export const quota = (name: QuotaName): Quota => QUOTAS[name]
/** What null stands for, if the row itself says so: a polluted `Object.prototype` must not lift limits (LNK-02). */
export const nullOf = (row: Quota) => (Object.hasOwn(row, 'null') ? row.null : undefined)

const PLACES = { strict: 0, default: 1, relaxed: 2 } as const

/** What a built-in policy gives. */
export const quotasOf = (profile: keyof typeof PLACES): Quotas =>
  Object.fromEntries(QUOTA_NAMES.map((name) => [name, quota(name).values[PLACES[profile]]])) as Quotas

/** Quotas that only a jail can enforce: null stands for no limit, and is for level inline alone. */
export const JAIL_ONLY = QUOTA_NAMES.filter((name) => nullOf(quota(name)) === 'inline')
