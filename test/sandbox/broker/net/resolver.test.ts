// The system's name lookup, of which a process has little: what one guest gives up does not hold up the others.
import { beforeEach, expect, it, vi } from 'vitest'
import { Names } from '../../../../src/sandbox/broker/net/resolver.ts'

/** Lookups that the system has been asked for and has not answered. */
const asked = vi.hoisted(() => new Map<string, (address: string) => void>())
vi.mock('node:dns/promises', async (original) => ({
  ...(await original<typeof import('node:dns/promises')>()),
  lookup: (name: string) => new Promise((resolve) => void asked.set(name, (address) => resolve([{ address, family: 4 }]))),
}))
beforeEach(() => asked.clear())

const turns = () => new Promise((resolve) => setImmediate(resolve))
const answer = async (name: string, address: string) => {
  asked.get(name)!(address)
  asked.delete(name)
  await turns()
}

/** A lookup that is given up before there is an answer. */
async function givenUp(names: Names, name: string): Promise<void> {
  const end = new AbortController()
  const found = names.addresses(name, end.signal)
  await turns()
  end.abort(new Error('given up'))
  await expect(found).rejects.toThrow('given up')
}

it('has room for another guest, however many lookups one gives up', async () => {
  const [impatient, patient] = [new Names(null), new Names(null)]
  for (let i = 0; i < 5; i++) await givenUp(impatient, `slow-${i}.test`)
  const found = patient.addresses('fast.test', new AbortController().signal)
  await turns()
  expect([...asked.keys()]).toEqual(['slow-0.test', 'fast.test'])
  await answer('fast.test', '192.0.2.1')
  expect(await found).toEqual(['192.0.2.1'])
  // What nobody waits for any more is never looked up.
  await answer('slow-0.test', '192.0.2.2')
  expect([...asked.keys()]).toEqual([])
  const again = impatient.addresses('next.test', new AbortController().signal)
  await turns()
  await answer('next.test', '192.0.2.3')
  expect(await again).toEqual(['192.0.2.3'])
})

it('looks up two names at a time, the others in the order in which they came, and leaves out what was given up while it waited', async () => {
  const signal = new AbortController().signal
  const found = ['a', 'b', 'c'].map((name) => new Names(null).addresses(`${name}.test`, signal))
  await turns()
  await givenUp(new Names(null), 'd.test')
  const last = new Names(null).addresses('e.test', signal)
  await turns()
  expect([...asked.keys()]).toEqual(['a.test', 'b.test'])
  await answer('a.test', '192.0.2.1')
  expect([...asked.keys()]).toEqual(['b.test', 'c.test'])
  await answer('b.test', '192.0.2.2')
  expect([...asked.keys()]).toEqual(['c.test', 'e.test'])
  await answer('c.test', '192.0.2.3')
  await answer('e.test', '192.0.2.4')
  expect((await Promise.all([...found, last])).flat()).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'])
})
