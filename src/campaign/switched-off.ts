// Threats that an overlay switches off: what only tries those is left out on the targets that decide, and the report says why.
import type { ThreatModel } from '../threats/index.ts'
import { plural } from './stages/stage.ts'

type Tries = { readonly threats: readonly string[] }
type Model = Pick<ThreatModel, 'switchedOff'> | null

/** False if all threats that it tries are switched off; what tries none is not about any. */
export function isOn({ threats }: Tries, model: Model): boolean {
  const off = new Set(model?.switchedOff.map(({ threat }) => threat))
  return threats.length === 0 || !threats.every((threat) => off.has(threat))
}

/** What was left out, and on whose word; null if nothing was. */
export function leftOutText(items: readonly Tries[], what: string, model: Model): string | null {
  const out = items.filter((item) => !isOn(item, model))
  if (out.length === 0 || !model) return null
  const tried = new Set(out.flatMap((item) => item.threats))
  const byReason = new Map<string, string[]>()
  for (const { threat, reason } of model.switchedOff)
    if (tried.has(threat)) byReason.set(reason, [...(byReason.get(reason) ?? []), threat])
  const reasons = [...byReason].map(([reason, threats]) => `${list(threats)}: ${reason.replace(/\.$/, '')}`)
  return `${plural(out.length, what)} left out, as an overlay switches off ${reasons.join('; ')}`
}

const SHOWN = 3
const list = (threats: readonly string[]): string =>
  threats.length > SHOWN + 1 ? `${threats.slice(0, SHOWN).join(', ')} and ${threats.length - SHOWN} more` : threats.join(', ')
