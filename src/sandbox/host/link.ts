// Import tables. The engine resolves an import by ordinary property look-up, twice (JS API, "read the imports"); what it can find must be ours alone.
import { findAbiFunction } from './abi/index.ts'
import type { HostContext } from './context.ts'
import { type GuestImport, gate } from './gate.ts'
import { HANDLERS } from './handlers.ts'

/** The imports of one module, as admission matched them. */
export interface MatchedImport {
  readonly module: string
  readonly name: string
}

/** An object that has nothing but what is put into it: no prototype, so no inherited names (LNK-01), pollution included (LNK-02). */
const table = <T>(): Record<string, T> => Object.create(null) as Record<string, T>

/** Own data property; `defineProperty`, because assignment to `__proto__` would be no property at all on an ordinary object (LNK-08). */
const put = <T>(target: Record<string, T>, name: string, value: T) =>
  Object.defineProperty(target, name, { value, enumerable: true, writable: false, configurable: false })

/**
 * The import object for one guest: a null prototype at both levels, frozen, holding only own data properties, and only the functions that the
 * module imports and admission matched.
 *
 * @throws {Error} if admission let something through that the table does not offer: a defect of the sandbox, so nothing is linked (LNK-19).
 */
export function linkImports(imports: readonly MatchedImport[], context: HostContext, trap: () => never): WebAssembly.Imports {
  const modules = new Map<string, Record<string, GuestImport>>()
  for (const { module, name } of imports) {
    const entry = findAbiFunction(module, name)
    const handler = HANDLERS.get(name)
    if (!entry || !handler) throw new Error('an import that is not offered reached the linker')
    const functions = modules.get(module) ?? table<GuestImport>()
    if (!Object.hasOwn(functions, name)) put(functions, name, gate(entry, handler, context, trap))
    modules.set(module, functions)
  }
  const all = table<WebAssembly.ModuleImports>()
  for (const [module, functions] of modules) put(all, module, Object.freeze(functions) as WebAssembly.ModuleImports)
  return Object.freeze(all)
}
