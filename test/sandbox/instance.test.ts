// The states of an instance, over a housing that does what the test says; and under inline isolation with real guests.
import { createHash } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { afterAll, describe, expect, it } from 'vitest'
import { activation as activationOf } from '../../fuzz/models/activation.ts'
import { createSandbox, type SecurityEvent, type Signature, UsageError } from '../../src/sandbox/index.ts'
import { Instance } from '../../src/sandbox/instance.ts'
import type { FirstCalls } from '../../src/sandbox/isolation/guest.ts'
import type { Activation, Housing, Outside } from '../../src/sandbox/isolation/housing.ts'
import { resolvePolicy } from '../../src/sandbox/policy/resolve.ts'
import { ADD, IMPORTS, printing } from './support/guests.ts'
import { wat } from './support/wat.ts'

const INLINE = { isolation: { level: 'inline' }, quotas: { wallClockMs: null, cpuMs: null, residentBytes: null } } as const
const EVENT = { type: 'suspicious-behaviour', severity: 'high', message: 'm', what: 'w' } as const

const activation = (ending: Outside, events: Activation['events'] = []) => activationOf({ ending, events })

/** An instance with functions `f: (i32, i64) -> (f64)` and, if asked for, `_initialize` and `_start`. */
function instance(next: () => Promise<Activation>, ...more: string[]) {
  const log: string[] = []
  const housing: Housing = {
    left: 0,
    load: (_, __, first) => {
      if (first?.initialize) log.push('_initialize')
      if (first?.call) log.push(`first ${first.call.name}`)
      return next()
    },
    call: (name) => {
      log.push(name)
      return next()
    },
    capture: async () => ({ activation: await next(), captured: null }),
    restore: next,
    end: async () => void log.push('end'),
  }
  const functions = new Map<string, Signature>([['f', { params: ['i32', 'i64'], results: ['f64'] }]])
  for (const name of more) functions.set(name, { params: [], results: [] })
  const made = new Instance('id', resolvePolicy(), 'sha', functions, housing, () => log.push('whenEnded'))
  const start = (call: FirstCalls['call'] = null) =>
    made.start((where, first) => where.load({} as never, new Uint8Array(0), first), null, false, call)
  return { made, log, start }
}
const returned = (...values: (number | bigint)[]) => Promise.resolve(activation({ kind: 'returned', values }))

describe('states', () => {
  it('ready, running, ready, ended', async () => {
    let finish: (what: Activation) => void = () => {}
    const { made, start, log } = instance(() => new Promise((resolve) => (finish = resolve)))
    expect(made.state).toBe('starting')
    const starting = start()
    expect(made.state).toBe('running')
    await expect(made.call('f', 1, 1n)).rejects.toThrow('The instance is running; one call at a time.')
    finish(await returned())
    await starting
    expect(made.state).toBe('ready')
    const call = made.call('f', 1, 1n)
    await expect(made.call('f', 1, 1n)).rejects.toThrow(UsageError)
    finish(await returned(0.5))
    expect((await call).values).toEqual([0.5])
    await made.terminate()
    expect([made.state, log]).toEqual(['ended', ['f', 'end', 'whenEnded']])
    await made.terminate()
    await expect(made.call('f', 1, 1n)).rejects.toThrow('The instance has ended (it was terminated); create a new one.')
  })

  it('every outcome but completed ends it, and says why to who calls again', async () => {
    const { made, start } = instance(() => Promise.resolve(activation({ kind: 'trapped', trap: 'unreachable' })))
    expect((await start()).outcome).toBe('trapped')
    expect(made.startup.outcome).toBe('trapped')
    await expect(made.call('f', 1, 1n)).rejects.toThrow('has ended (The guest trapped: unreachable.)')
  })

  it('a running one is ended through its housing, and its call says how', async () => {
    let finish: (what: Activation) => void = () => {}
    const { made, start, log } = instance(() => new Promise((resolve) => (finish = resolve)))
    const starting = start()
    await made.terminate()
    expect(log).toEqual(['end'])
    finish(activation({ kind: 'terminated' }))
    expect((await starting).outcome).toBe('terminated')
    expect(made.state).toBe('ended')
  })

  it('a command ends with its _start', async () => {
    const { made, start } = instance(() => returned(), '_start')
    await start()
    await made.call('_start')
    await expect(made.call('_start')).rejects.toThrow('it is a command, and _start has returned')
  })

  it('a reactor is initialised before it is ready, and only then', async () => {
    const { made, start, log } = instance(() => returned(), '_initialize')
    await start()
    expect([made.state, log]).toEqual(['ready', ['_initialize']])
    await expect(made.call('_initialize')).rejects.toThrow('exports no function "_initialize" that can be called')
  })

  it('a first call goes with the load, and a command ends with it', async () => {
    const command = instance(() => returned(), '_start')
    expect((await command.start({ name: '_start', values: [] })).outcome).toBe('completed')
    expect([command.made.state, command.log]).toEqual(['ended', ['first _start', 'end', 'whenEnded']])
    const other = instance(() => returned(0.5))
    expect((await other.start({ name: 'f', values: [1, 1n] })).values).toEqual([0.5])
    expect([other.made.state, other.log]).toEqual(['ready', ['first f']])
  })

  it('the end is told once, however it comes', async () => {
    const { made, start, log } = instance(() => Promise.resolve(activation({ kind: 'exited', code: 0 })), '_start')
    expect((await start({ name: '_start', values: [] })).outcome).toBe('exited')
    await made.terminate()
    expect(log.filter((what) => what === 'whenEnded')).toHaveLength(1)
  })

  it('await using ends it', async () => {
    const { made, start, log } = instance(() => returned())
    await start()
    {
      await using used = made
      expect(used.state).toBe('ready')
    }
    expect(log).toEqual(['end', 'whenEnded'])
  })
})

describe('calls that do not fit', () => {
  const ready = async (...more: string[]) => {
    const { made, start } = instance(() => returned(), ...more)
    await start()
    return made
  }

  it.each<[string, unknown[]]>([
    ['none', []],
    ['too few', [1]],
    ['too many', [1, 1n, 1]],
    ['a number for an i64', [1, 1]],
    ['a bigint for an i32', [1n, 1n]],
    ['text', ['1', 1n]],
    ['null', [null, 1n]],
    ['an object', [{ valueOf: () => 1 }, 1n]],
  ])('%s', async (_, values) => {
    const made = await ready()
    await expect(made.call('f', ...(values as number[]))).rejects.toThrow(/"f" takes \(i32, i64\); it was called with/)
    expect(made.state).toBe('ready')
  })

  it.each(['missing', '', 'toString', '__proto__', 'then'])('no function %j', async (name) => {
    const made = await ready()
    await expect(made.call(name)).rejects.toThrow(UsageError)
    await expect(made.call(name)).rejects.toThrow('it has "f".')
  })

  it('names at most ten functions, cut and inert', async () => {
    const made = await ready(...Array.from({ length: 20 }, (_, i) => `${'\u001b'.repeat(50)}${i}`))
    const error = await made.call('x').catch((e: Error) => e)
    expect((error as Error).message.match(/characters\)/g)).toHaveLength(9)
    expect((error as Error).message).not.toContain('\u001b')
  })

  it('an instance without functions says none', async () => {
    const made = new Instance(
      'id',
      resolvePolicy(),
      '',
      new Map(),
      {
        left: 0,
        load: () => returned(),
        call: () => returned(),
        capture: async () => ({ activation: await returned(), captured: null }),
        restore: () => returned(),
        end: async () => {},
      },
      () => {},
    )
    await made.start((where) => where.load({} as never, new Uint8Array(0)))
    await expect(made.call('f')).rejects.toThrow('it has none.')
  })
})

describe('results from a jail', () => {
  it('of a load are not believed, nor of another type than that of the first call', async () => {
    const loading = instance(() => returned(0))
    expect((await loading.start()).outcome).toBe('jail-lost')
    const calling = instance(() => returned(1n))
    expect((await calling.start({ name: 'f', values: [1, 1n] })).outcome).toBe('jail-lost')
  })

  it.each<[string, (number | bigint)[]]>([
    ['none', []],
    ['too many', [1, 2]],
    ['of another kind', [1n]],
  ])('%s are not believed', async (_, values) => {
    let first = true
    const { made, start } = instance(() => {
      const answer = first ? returned() : returned(...values)
      first = false
      return answer
    })
    await start()
    const result = await made.call('f', 1, 1n)
    expect([result.outcome, result.values, made.state]).toEqual(['jail-lost', [], 'ended'])
  })
})

describe('events', () => {
  const noisy = (count: number) =>
    instance(() =>
      Promise.resolve(
        activation(
          { kind: 'returned', values: [] },
          Array.from({ length: count }, (_, i) => ({ ...EVENT, what: String(i) })),
        ),
      ),
    )

  it('reach listeners until they are taken away, and the last 1,000 are kept', async () => {
    const { made, start } = noisy(1500)
    const seen: SecurityEvent[] = []
    const remove = made.onEvent((event) => seen.push(event))
    await start()
    expect([seen.length, made.events.length]).toEqual([1500, 1000])
    expect(made.events[0]).toMatchObject({ what: '500' })
    remove()
    await made.start((where) => where.call('f', []))
    expect(seen.length).toBe(1500)
  })

  it('cannot be changed through the list that is given out', async () => {
    const { made, start } = noisy(2)
    await start()
    ;(made.events as SecurityEvent[]).length = 0
    expect(made.events).toHaveLength(2)
  })

  it('leave the instance in order when a listener throws', async () => {
    const { made, start } = noisy(1)
    made.onEvent(() => {
      throw new Error('a listener of the embedder')
    })
    await expect(start()).rejects.toThrow('a listener of the embedder')
    expect(made.state).toBe('ready')
  })

  it('end a command when a listener throws', async () => {
    const { made, log } = instance(() => Promise.resolve(activation({ kind: 'returned', values: [] }, [EVENT])), '_start')
    await made.start(() => returned())
    made.onEvent(() => {
      throw new Error('a listener of the embedder')
    })
    await expect(made.call('_start')).rejects.toThrow('a listener of the embedder')
    expect([made.state, log.at(-1)]).toEqual(['ended', 'whenEnded'])
  })
})

describe('the end', () => {
  it('comes when it is terminated after its last word and before its result: by a listener that hears the figures first', async () => {
    const sandbox = createSandbox(INLINE)
    const made = await sandbox.create(wat(ADD))
    const told: string[] = []
    made.onEnd(({ reason }) => told.push(reason))
    sandbox.monitor.subscribe((event) => {
      if (event.type === 'sample' && event.ended) void made.terminate()
    })
    expect((await made.call('add', 1, 2)).outcome).toBe('completed')
    expect([made.state, told, sandbox.monitor.instances.live]).toEqual(['ended', ['it was terminated'], 0])
    await sandbox[Symbol.asyncDispose]()
  })

  it('is not kept from the others by a listener that throws', async () => {
    const { made, start } = instance(() => returned())
    await start()
    const told: string[] = []
    made.onEnd(() => {
      throw new Error('a listener of the embedder')
    })
    made.onEnd(({ reason }) => told.push(reason))
    const heard = new Promise((resolve) => process.once('uncaughtException', resolve))
    const listeners = process.rawListeners('uncaughtException').slice(0, -1) as NodeJS.UncaughtExceptionListener[]
    for (const listener of listeners) process.off('uncaughtException', listener)
    await made.terminate()
    expect(await heard).toMatchObject({ message: 'a listener of the embedder' })
    for (const listener of listeners) process.on('uncaughtException', listener)
    expect(told).toEqual(['it was terminated'])
  })
})

describe('inline, with real guests', () => {
  const sandbox = createSandbox(INLINE)
  afterAll(() => sandbox[Symbol.asyncDispose]())

  it('calls, ends and is ended', async () => {
    const made = await sandbox.create(wat(ADD))
    expect((await made.call('add', 2 ** 31 - 1, 1)).values).toEqual([-(2 ** 31)])
    await made.terminate()
    expect(made.state).toBe('ended')
  })

  it.each(['then', '__proto__', 'constructor', 'catch'])('an export %s is a function like any other', async (name) => {
    const made = await sandbox.create(wat(`(module (func (export "${name}") (result i32) (i32.const 7)))`))
    expect([...made.functions.keys()]).toEqual([name])
    expect((await made.call(name)).values).toEqual([7])
  })

  // A thread changes the constant that the module returns as fast as it can. Whatever value a copy caught, hash and code are of that one copy.
  it('hashes and runs one and the same copy of bytes that change all the time', async () => {
    const at = (value: number) => wat(`(module (func (export "f") (result i32) (i32.const ${value})))`)
    const [one, two] = [at(1), at(2)]
    const index = one.findIndex((byte, i) => byte !== two[i])
    const digests = new Map([one, two].map((bytes, i) => [i + 1, createHash('sha256').update(bytes).digest('hex')]))
    const shared = new Uint8Array(new SharedArrayBuffer(one.length))
    shared.set(one)
    const flipping = new Worker(
      'const { bytes, index } = require("node:worker_threads").workerData; for (;;) bytes[index] ^= 3',
      {
        eval: true,
        workerData: { bytes: shared, index },
      },
    )
    try {
      while (shared[index] === 1) await new Promise((resolve) => setTimeout(resolve, 1))
      for (let i = 0; i < 300; i++) {
        await using made = await sandbox.create(shared)
        const value = Number((await made.call('f')).values[0])
        expect(digests.get(value)).toBe(made.sha256)
      }
    } finally {
      await flipping.terminate()
    }
  })

  it('runs under a polluted Object.prototype without finding anything there', async () => {
    const polluted = Object.prototype as unknown as Record<string, unknown>
    let touched = false
    Object.defineProperty(polluted, 'planted', {
      configurable: true,
      get: () => {
        touched = true
      },
    })
    try {
      const thief = wat('(module (import "planted" "f" (func)) (func (export "_start") (call 0)))')
      const result = await sandbox.execute(thief)
      expect([result.outcome, touched]).toEqual(['refused', false])
      expect((await sandbox.execute(wat(printing('x')))).outcome).toBe('completed')
      expect(touched).toBe(false)
      // The twin: the same module, linked by hand to an ordinary object, does look there.
      expect(() => new WebAssembly.Instance(new WebAssembly.Module(thief), {})).toThrow()
      expect(touched).toBe(true)
    } finally {
      delete polluted['planted']
    }
  })

  // A guest must not be handed what somebody else put on the prototype of every object.
  it.each([
    ['env', { SECRET: '1' }],
    ['args', ['secret']],
    ['stdin', 'secret'],
    ['entry', 'other'],
    ['signal', AbortSignal.abort()],
    ['quotas', { outputBytes: 0 }],
    ['capabilities', { stdio: null }],
  ])('takes no %s from a polluted Object.prototype', async (key, value) => {
    const polluted = Object.prototype as unknown as Record<string, unknown>
    const reader = wat(`(module
      (import "wasi_snapshot_preview1" "environ_sizes_get" (func $env (param i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "args_sizes_get" (func $args (param i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32))) ${IMPORTS.write}
      (memory 1) (func (export "other")) (func (export "_start")
        (drop (call $env (i32.const 0) (i32.const 4))) (drop (call $args (i32.const 8) (i32.const 12)))
        (i32.store (i32.const 32) (i32.const 64)) (i32.store (i32.const 36) (i32.const 8))
        (drop (call $read (i32.const 0) (i32.const 32) (i32.const 1) (i32.const 16)))
        (i32.store (i32.const 32) (i32.const 0)) (i32.store (i32.const 36) (i32.const 20))
        (drop (call $write (i32.const 1) (i32.const 32) (i32.const 1) (i32.const 40)))))`)
    polluted[key] = value
    try {
      const result = await sandbox.execute(reader, {}, {})
      expect(result.outcome).toBe('completed')
      expect([...result.stdout]).toEqual(new Array(20).fill(0))
      await using instance = await sandbox.create(reader, {}, {})
      expect([...(await instance.call('_start')).stdout]).toEqual(new Array(20).fill(0))
    } finally {
      delete polluted[key]
    }
  })
})
