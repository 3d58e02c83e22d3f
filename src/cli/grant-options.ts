// From --dir, --allow-http and their like to the policy that they amend: each adds to what --policy grants, and takes nothing away.
import { resolve } from 'node:path'
import { resolvePolicy } from '../sandbox/policy/resolve.ts'
import type { Mount, Policy } from '../sandbox/policy/schema.ts'
import { usageError } from './cli-error.ts'

export interface GrantOptions {
  readonly dir?: readonly string[]
  readonly dirReadOnly?: readonly string[]
  readonly snapshot?: readonly string[]
  readonly memoryDir?: readonly string[]
  readonly allowHttp?: readonly string[]
  readonly allowDns?: readonly string[]
  readonly allowTcp?: readonly string[]
  readonly allowAddress?: readonly string[]
  readonly kv?: string
  readonly kvNamespace?: string
}

/**
 * @throws {CliError} if an option cannot be understood
 * @throws {PolicyError} if what comes of it cannot be accepted or enforced
 */
export function withGrants(policy: Policy, options: GrantOptions): Policy {
  const { kv, kvNamespace } = options
  if (kvNamespace !== undefined && kv === undefined) throw usageError('--kv-namespace needs --kv <file>; write both.')
  const mounts = mountsOf(options)
  const net = netOf(options, policy)
  const capabilities = {
    ...(mounts.length > 0 && { fs: { mounts: [...(policy.capabilities.fs?.mounts ?? []), ...mounts] } }),
    ...(net && { net }),
    // The namespace of the policy stays if nothing else is said.
    ...(kv !== undefined && { kv: { namespace: kvNamespace ?? policy.capabilities.kv?.namespace ?? 'default' } }),
  }
  return Object.keys(capabilities).length > 0 ? resolvePolicy({ capabilities }, policy) : policy
}

/** In the order in which the kinds are listed here; a guest sees its first preopened directory as descriptor 3. */
function mountsOf({ dir = [], dirReadOnly = [], snapshot = [], memoryDir = [] }: GrantOptions): Mount[] {
  return [
    ...dir.map((text): Mount => ({ kind: 'directory', ...hostAndGuest('--dir', text), writable: true })),
    ...dirReadOnly.map((text): Mount => ({ kind: 'directory', ...hostAndGuest('--dir-read-only', text), writable: false })),
    ...snapshot.map((text): Mount => ({ kind: 'snapshot', ...hostAndGuest('--snapshot', text), writable: true })),
    ...memoryDir.map((text): Mount => ({ kind: 'memory', at: guestPath('--memory-dir', text, text), writable: true })),
  ]
}

/** `HOST::GUEST`, or `HOST` alone for the guest's root. */
function hostAndGuest(option: string, text: string): { source: string; at: string } {
  const cut = text.indexOf('::')
  const host = cut < 0 ? text : text.slice(0, cut)
  if (host === '') throw usageError(`${option} ${JSON.stringify(text)} names no directory; write ${option} HOST::GUEST.`)
  return { source: resolve(host), at: cut < 0 ? '/' : guestPath(option, text, text.slice(cut + 2)) }
}

function guestPath(option: string, text: string, path: string): string {
  const plain = path.replace(/(?<=[^/])\/$/, '')
  if (plain === '/' || /^(?:\/(?!\.{1,2}(?:\/|$))[^/\0]+)+$/.test(plain)) return plain
  throw usageError(
    `${option} ${JSON.stringify(text)}: ${JSON.stringify(path)} is no absolute path of plain names; write the guest's path like /data.`,
  )
}

function netOf({ allowHttp, allowDns, allowTcp, allowAddress }: GrantOptions, { capabilities }: Policy) {
  if (!allowHttp && !allowDns && !allowTcp && !allowAddress) return null
  const { net } = capabilities
  const list = (kind: 'http' | 'dns' | 'tcp', more: readonly string[] | undefined) => {
    const before = net?.[kind] ?? null
    return more ? { allow: [...(before?.allow ?? []), ...more], deny: before?.deny ?? [] } : before
  }
  return {
    ...net,
    http: list('http', allowHttp),
    dns: list('dns', allowDns),
    tcp: list('tcp', allowTcp),
    addresses: { allow: [...(net?.addresses.allow ?? []), ...(allowAddress ?? [])], deny: net?.addresses.deny ?? [] },
  }
}
