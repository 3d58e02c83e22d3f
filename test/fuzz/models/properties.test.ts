// The model-based properties: they hold, what they are about stands in the threat model, and planted defects are shown by short programs that people can read.
import { afterEach, describe, expect, it } from 'vitest'
import fileSystem from '../../../fuzz/properties/file-system.ts'
import deniedAndGranted from '../../../fuzz/properties/granted-and-denied.ts'
import lifeCycle from '../../../fuzz/properties/guest-life-cycle.ts'
import keyValue from '../../../fuzz/properties/key-value.ts'
import poolRaces from '../../../fuzz/properties/pool-races.ts'
import { MemoryKvStore } from '../../../src/sandbox/broker/kv-memory.ts'
import { MemoryTree } from '../../../src/sandbox/host/fs/memory-tree.ts'
import { HandleTable } from '../../../src/sandbox/host/handles.ts'
import { Jails } from '../../../src/sandbox/isolation/jails.ts'
import { ManagedGuest } from '../../../src/sandbox/manager/managed-guest.ts'
import { loadThreatModel } from '../../../src/threats/load.ts'

const PROPERTIES = [fileSystem, keyValue, poolRaces, lifeCycle, deniedAndGranted]
const SEED = 3
const TIME_MS = 1_000
/** Time to find a planted defect; a machine under load is no reason not to. */
const LONG_MS = 15_000

const undo: (() => void)[] = []
afterEach(() => {
  for (const each of undo.splice(0)) each()
})
/** Puts a defect into a class until the end of the test. */
function weaken<T extends object, K extends keyof T>(target: T, name: K, by: (own: T[K]) => T[K]): void {
  const own = target[name]
  undo.push(() => {
    target[name] = own
  })
  target[name] = by(own)
}
const lines = (text: string | undefined) => text?.split('\n') ?? []

describe.each(PROPERTIES)('$name', (property) => {
  it('holds', async () => {
    const { executions, failure } = await property.run(SEED, TIME_MS)
    expect(failure).toBeUndefined()
    expect(executions).toBeGreaterThan(0)
  })

  it('is about threats that there are', async () => {
    const model = await loadThreatModel(new URL('../../../threat-model', import.meta.url).pathname)
    const known = new Set(model.threats.map(({ id }) => id))
    expect(property.threats.filter((id) => !known.has(id))).toEqual([])
  })
})

describe('planted defects', () => {
  it('a read-only mount that can be changed is shown by one call, or two', async () => {
    weaken(MemoryTree.prototype, 'mustBeWritable', () => () => {})
    const { failure } = await fileSystem.run(SEED, LONG_MS)
    expect(failure?.message).toMatch(/must fail with .*rofs/)
    expect(lines(failure?.counterexample).length).toBeLessThanOrEqual(2)
  })

  it('a handle that is not closed is shown by what is opened afterwards', async () => {
    weaken(
      HandleTable.prototype,
      'close',
      () =>
        function (this: HandleTable, fd: number) {
          return this.get(fd)
        },
    )
    const { failure } = await fileSystem.run(SEED, LONG_MS)
    expect(failure?.message).toMatch(/badf/)
    expect(lines(failure?.counterexample).length).toBeLessThanOrEqual(3)
  })

  it('a store that mixes up namespaces is shown by a write and a read', async () => {
    weaken(
      MemoryKvStore.prototype,
      'get',
      (own) =>
        function (this: MemoryKvStore, _namespace: string, key: string) {
          return own.call(this, 'own', key)
        },
    )
    const { failure } = await keyValue.run(SEED, LONG_MS)
    expect(failure?.counterexample).toMatch(/^set\(/)
    expect(lines(failure?.counterexample).length).toBeLessThanOrEqual(3)
  })

  it('a pool that forgets who gave back is shown with the order in which it happened', async () => {
    weaken(Jails.prototype, 'give', () => async () => {})
    const { failure } = await poolRaces.run(SEED, LONG_MS)
    expect(failure?.message).toMatch(/with all guests gone/)
    expect(failure?.counterexample).toContain('schedulerFor')
  })

  it('a guest that goes on after it was terminated is shown', async () => {
    weaken(ManagedGuest.prototype, 'terminate', () => async () => {})
    const { failure } = await lifeCycle.run(SEED, 3 * TIME_MS)
    expect(failure?.message).toMatch(/after it was terminated/)
  })
})
