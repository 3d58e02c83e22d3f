// Import tables: nothing can be found in them but what was put there, whatever the host realm looks like.
import { afterEach, describe, expect, it } from 'vitest'
import { WASI_MODULE } from '../../../src/sandbox/host/abi/index.ts'
import { linkImports } from '../../../src/sandbox/host/link.ts'
import { harness, TestTrap } from '../support/calls.ts'
import { wat } from '../support/wat.ts'

const trap = () => {
  throw new TestTrap('trap')
}
const fdWrite = { module: WASI_MODULE, name: 'fd_write' }
const link = (...imports: { module: string; name: string }[]) => linkImports(imports, harness().context, trap)

describe('linkImports', () => {
  it('makes null-prototype, frozen tables of own data properties', () => {
    const all = link(fdWrite, { module: WASI_MODULE, name: 'fd_close' }, fdWrite)
    const functions = all[WASI_MODULE]!
    for (const table of [all, functions]) {
      expect(Object.getPrototypeOf(table)).toBeNull()
      expect(Object.isFrozen(table)).toBe(true)
    }
    expect(Reflect.ownKeys(all)).toEqual([WASI_MODULE])
    expect(Reflect.ownKeys(functions)).toEqual(['fd_write', 'fd_close'])
    for (const name of ['fd_write', 'fd_close']) {
      const property = Object.getOwnPropertyDescriptor(functions, name)!
      expect(property).toMatchObject({ writable: false, configurable: false, enumerable: true })
      expect(typeof property.value).toBe('function')
    }
  })

  it('holds only what the module imports', () => {
    expect(Reflect.ownKeys(link())).toEqual([])
  })

  it.each([
    ['constructor', 'constructor'],
    ['__proto__', 'toString'],
    [WASI_MODULE, '__proto__'],
    [WASI_MODULE, 'constructor'],
    ['env', 'fd_write'],
  ])('%s %s is not linked', (module, name) => {
    expect(() => link({ module, name })).toThrow('not offered')
  })
})

describe('with a polluted Object.prototype', () => {
  const polluted = Object.prototype as unknown as Record<string, unknown>
  afterEach(() => {
    for (const name of ['env', 'stolen', 'fd_pwn']) delete polluted[name]
  })

  it('the engine finds neither module nor function', () => {
    let reached = false
    const thief = () => {
      reached = true
    }
    polluted['env'] = { stolen: thief }
    polluted['fd_pwn'] = thief
    const viaModule = wat('(module (import "env" "stolen" (func)) (start 0))')
    const viaName = wat(`(module (import "${WASI_MODULE}" "fd_pwn" (func)) (start 0))`)
    for (const bytes of [viaModule, viaName])
      expect(() => new WebAssembly.Instance(new WebAssembly.Module(bytes), link(fdWrite))).toThrow()
    expect(reached).toBe(false)
    // The same modules do reach it through an ordinary object: the test looks in the right place.
    new WebAssembly.Instance(new WebAssembly.Module(viaModule), {})
    expect(reached).toBe(true)
  })
})
