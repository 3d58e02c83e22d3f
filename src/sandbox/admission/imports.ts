// Imports against the ABI table and the grants: exact name in both parts, exact kind, exact signature. There is no other way in.
import type { FunctionType, Import, WasmModule } from '../../wasm/index.ts'
import type { AbiFunction } from '../host/abi/index.ts'
import { findAbiFunction, NATIVE_MODULE, WASI_MODULE } from '../host/abi/index.ts'
import type { LocalEvent } from '../host/context.ts'
import { isGranted } from '../host/gate.ts'
import type { MatchedImport } from '../host/link.ts'
import type { Policy } from '../policy/schema.ts'
import { quoteGuestText } from '../text.ts'
import { Refusal } from './refusal.ts'

/** @throws {Refusal} naming the first import that is not offered, not granted, or not of the table's kind and signature */
export function matchImports(module: WasmModule, policy: Policy): MatchedImport[] {
  // Every entry on its own: the same name may be imported twice with different types (LNK-17).
  return module.imports.map((entry) => {
    const abi = lookUp(entry)
    if (entry.type.kind !== 'function') {
      throw new Refusal(
        'import-kind',
        `The import ${nameOf(entry)} is a ${entry.type.kind}; only functions can be imported.`,
        null,
        blocked(abi),
      )
    }
    if (!isGranted(abi, policy.capabilities)) {
      throw new Refusal(
        'import-not-granted',
        `The import ${nameOf(entry)} needs ${capabilitiesOf(abi)}, which the policy "${policy.name}" does not grant.`,
        null,
        blocked(abi),
      )
    }
    checkSignature(module.types[entry.type.typeIndex] as FunctionType, abi)
    return { module: entry.module, name: entry.name }
  })
}

const nameOf = (entry: Import) => `${quoteGuestText(entry.module)} ${quoteGuestText(entry.name)}`

function lookUp(entry: Import): AbiFunction {
  const abi = findAbiFunction(entry.module, entry.name)
  if (abi) return abi
  const advice =
    entry.module === 'wasi_unstable'
      ? ' This is the preview before preview 1; build the module for wasm32-wasip1'
      : /^wasi:|^wasi_snapshot_preview(?!1$)/.test(entry.module)
        ? ' Only WASI preview 1 is offered'
        : ` Only functions of ${WASI_MODULE} and ${NATIVE_MODULE} are offered`
  throw new Refusal('import-unknown', `The import ${nameOf(entry)} is not known.${advice}.`, null, [
    {
      type: 'syscall-blocked',
      severity: 'warning',
      message: `The module imports ${nameOf(entry)}, which is not known.`,
      hostCall: nameOf(entry),
      capability: null,
    },
  ])
}

const capabilitiesOf = ({ capabilities }: AbiFunction) =>
  capabilities.length === 1 ? `the capability ${capabilities[0]}` : `one of the capabilities ${capabilities.join(', ')}`

/** The events of a refused host call; names here are the table's, not the guest's. */
function blocked({ name, capabilities }: AbiFunction): LocalEvent[] {
  const common = { severity: 'warning', message: `The module imports ${name}, which it may not call.`, hostCall: name } as const
  const events: LocalEvent[] = [{ ...common, type: 'syscall-blocked', capability: capabilities[0] ?? null }]
  if (capabilities[0] === 'fs') events.push({ ...common, type: 'file-access', allowed: false, object: null })
  if (capabilities[0] === 'net') events.push({ ...common, type: 'network-access', allowed: false, object: null })
  return events
}

function checkSignature(type: FunctionType, abi: AbiFunction): void {
  const params = abi.parameters.map((p) => p.type).join(' ')
  const results = abi.result === 'errno' ? 'i32' : ''
  if (type.params.join(' ') === params && type.results.join(' ') === results) return
  const wanted = `(${params}) -> (${results})`
  throw new Refusal(
    'import-signature',
    `The import ${abi.name} has a type that is not its own; it must be ${wanted}.`,
    type.offset,
    blocked(abi),
  )
}
