// One guest in its thread: every ending, and that no ending can be survived.
import { describe, expect, it } from 'vitest'
import type { LocalEvent } from '../../../src/sandbox/host/context.ts'
import { Guest, type GuestSpec, type GuestSurroundings } from '../../../src/sandbox/isolation/guest.ts'
import { IMPORTS, prepared, printing } from '../support/guests.ts'
import { wat } from '../support/wat.ts'

const NOWHERE: Pick<GuestSurroundings, 'report' | 'channel' | 'sleep'> = {
  report: () => {},
  channel: {
    call: () => {
      throw new Error('there is no broker')
    },
  },
  sleep: () => {},
}

function load(spec: GuestSpec, bytes: Uint8Array<ArrayBuffer>, stop: () => boolean = () => false) {
  const output: string[] = []
  const events: LocalEvent[] = []
  const guest = new Guest(spec, {
    output: (stream, part) => void output.push(`${stream}: ${Buffer.from(part)}`),
    event: (event) => void events.push(event),
    stopRequested: stop,
    ...NOWHERE,
  })
  return { guest, loaded: guest.load(bytes), output, events }
}
const start = (text: string, grants = {}, stop?: () => boolean) => {
  const { spec, bytes } = prepared(text, grants)
  return load(spec, bytes, stop)
}

describe('a guest that completes', () => {
  it('returns its values in order', () => {
    const { guest } = start(
      `(module (func (export "none")) (func (export "one") (result i64) (i64.const -5))
        (func (export "many") (result i32 f32 f64 i64) (i32.const -1) (f32.const 0.5) (f64.const -0) (i64.const 9)))`,
    )
    expect(guest.call('none', [])).toEqual({ kind: 'returned', values: [] })
    expect(guest.call('one', [])).toEqual({ kind: 'returned', values: [-5n] })
    expect(guest.call('many', [])).toEqual({ kind: 'returned', values: [-1, 0.5, -0, 9n] })
  })

  it('takes its arguments in order', () => {
    const { guest } = start(
      '(module (func (export "f") (param i32 i64) (result i64) (i64.sub (i64.extend_i32_s (local.get 0)) (local.get 1))))',
    )
    expect(guest.call('f', [-7, 2n ** 62n])).toEqual({ kind: 'returned', values: [-7n - 2n ** 62n] })
  })

  it('runs its start function during the load, with host calls', () => {
    const made = start(`${printing('hi').slice(0, -1)} (start $print))`)
    expect([made.loaded, made.output]).toEqual([{ kind: 'returned', values: [] }, ['stdout: hi']])
  })

  it('reports its memory as it is then', () => {
    const { guest } = start('(module (memory 1) (func (export "grow") (drop (memory.grow (i32.const 2)))))')
    expect(guest.memoryBytes).toBe(65_536)
    guest.call('grow', [])
    expect([guest.memoryBytes, guest.memory?.buffer.byteLength]).toEqual([3 * 65_536, 3 * 65_536])
    expect(start('(module)').guest.memoryBytes).toBe(0)
  })

  it('has exports of any name', () => {
    const names = ['then', '__proto__', 'constructor', 'toString', 'catch', '']
    const { guest } = start(
      `(module ${names.map((name, i) => `(func (export "${name}") (result i32) (i32.const ${i}))`).join('')})`,
    )
    for (const [i, name] of names.entries()) expect(guest.call(name, [])).toEqual({ kind: 'returned', values: [i] })
  })
})

describe('a guest that does not complete', () => {
  it('exited, from however deep', () => {
    const { guest, output } = start(
      printing(
        'bye',
        '(call $deep (i32.const 50))',
        '(func $deep (param i32) (if (local.get 0) (then (call $deep (i32.sub (local.get 0) (i32.const 1)))) (else (call $exit (i32.const 3)))) (call $print))',
      ),
    )
    expect(guest.call('_start', [])).toEqual({ kind: 'exited', code: 3 })
    expect(output).toEqual(['stdout: bye'])
  })

  it.each([
    ['try catch_all', '(try (do (call $exit (i32.const 3))) (catch_all))'],
    ['try delegate', '(try (do (try (do (call $exit (i32.const 3))) (delegate 0))) (catch_all))'],
    ['try_table', '(block $h (try_table (catch_all $h) (call $exit (i32.const 3))))'],
    [
      'try_table with a reference',
      '(block $h (result exnref) (try_table (catch_all_ref $h) (call $exit (i32.const 3))) (unreachable)) (drop)',
    ],
  ])('exited, also inside %s, and nothing after it runs', (_, code) => {
    const { guest, output } = start(printing('once', `${code} (call $print) (loop (br 0))`))
    expect(guest.call('_start', [])).toEqual({ kind: 'exited', code: 3 })
    expect(output).toEqual(['stdout: once'])
  })

  it('reached its output cap, also inside catch_all', () => {
    const { guest, output } = start(printing('12345', '(loop (try (do (call $print)) (catch_all)) (br 0))'), { outputBytes: 12 })
    expect(guest.call('_start', [])).toEqual({ kind: 'output-limit' })
    expect(output.join('|')).toBe('stdout: 12345|stdout: 12345|stdout: 12')
  })

  it('was told to stop, at its next host call', () => {
    let calls = 0
    const { guest } = start(
      `(module ${IMPORTS.yield} (func (export "f") (loop (drop (call $yield)) (br 0))))`,
      {},
      () => ++calls > 5,
    )
    expect(guest.call('f', [])).toEqual({ kind: 'stopped' })
    expect(guest.hostCalls).toBe(5)
  })

  it('stays dead: a later call can compute but reaches no host call', () => {
    const { guest, output, events } = start(printing('x', '(call $exit (i32.const 0))'))
    guest.call('_start', [])
    expect(guest.call('_start', [])).toEqual({ kind: 'exited', code: 0 })
    expect([output, guest.hostCalls]).toEqual([['stdout: x'], 2])
    expect(events).toMatchObject([{ type: 'suspicious-behaviour', what: 'host-call-after-end' }])
  })

  it('trapped', () => {
    const { guest } = start('(module (func (export "f") (unreachable)))')
    expect(guest.call('f', [])).toEqual({ kind: 'trapped', trap: 'unreachable' })
  })

  it('ran out of stack', () => {
    const { guest } = start('(module (func $f (export "f") (call $f)))')
    expect(guest.call('f', [])).toEqual({ kind: 'trapped', trap: 'stack-overflow' })
  })

  // The guest recurses until the host's own frames overflow, catching everything on the way back: it must not see the host's RangeError.
  it('ran out of stack in the middle of a host call, and did not see it', () => {
    const { guest, events } = start(
      `(module ${IMPORTS.random} (memory 1) (global $seen (mut i32) (i32.const 0))
        (func $f (try (do (drop (call $random (i32.const 0) (i32.const 64))) (call $f)) (catch_all (global.set $seen (i32.const 1)))))
        (func (export "f") (call $f)) (func (export "seen") (result i32) (global.get $seen)))`,
    )
    expect(guest.call('f', [])).toEqual({ kind: 'trapped', trap: 'stack-overflow' })
    // Dead, if the overflow came in the host's frames; else it goes on, and must not have seen anything.
    expect([
      { kind: 'returned', values: [0] },
      { kind: 'trapped', trap: 'stack-overflow' },
    ]).toContainEqual(guest.call('seen', []))
    expect(events).toEqual([])
  })

  it('threw', () => {
    const { guest } = start('(module (tag $t (param i32)) (func (export "f") (throw $t (i32.const 1))))')
    expect(guest.call('f', [])).toEqual({ kind: 'uncaught-exception' })
  })

  it('trapped in its start function', () => {
    expect(start('(module (func $s (unreachable)) (start $s))').loaded).toEqual({ kind: 'trapped', trap: 'unreachable' })
  })
})

describe('what the engine or admission got wrong', () => {
  const nothing = prepared('(module)').spec

  it('a module that does not validate is refused, its names neutralised', () => {
    const { spec, bytes } = prepared('(module (func (export "a\\1b[2J") (result i32) (i64.const 0)))')
    const { loaded } = load(spec, bytes)
    expect(loaded.kind).toBe('engine-refused')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is the point
    expect(JSON.stringify(loaded)).not.toMatch(/\u001b/)
  })

  it('an import that is not linked is an engine refusal, or a fault where its whole module is missing', () => {
    const spec = { ...nothing, imports: [{ module: 'wasi_snapshot_preview1', name: 'fd_write' }] }
    expect(load(spec, wat('(module (import "wasi_snapshot_preview1" "b" (func)))')).loaded.kind).toBe('engine-refused')
    expect(load(spec, wat('(module (import "a" "b" (func)))')).loaded).toEqual({ kind: 'fault', detail: 'TypeError' })
  })

  it('an import that is not offered is a fault, and nothing is linked', () => {
    const spec = { ...nothing, imports: [{ module: 'env', name: 'system' }] }
    expect(load(spec, wat('(module)')).loaded).toEqual({ kind: 'fault', detail: 'Error' })
  })

  it.each([
    [
      'memory that cannot be had',
      new RangeError('WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory'),
      { kind: 'out-of-memory' },
    ],
    ['something that is no error', 'text', { kind: 'fault', detail: 'string' }],
  ])('%s during instantiation', (_, thrown, ending) => {
    const { Instance } = WebAssembly
    const guest = new Guest(nothing, { output: () => {}, event: () => {}, stopRequested: () => false, ...NOWHERE })
    load(nothing, wat('(module)')) // The engine has been checked by now, with a real instance.
    try {
      Object.assign(WebAssembly, {
        Instance: class {
          constructor() {
            throw thrown
          }
        },
      })
      expect(guest.load(wat('(module)'))).toEqual(ending)
    } finally {
      Object.assign(WebAssembly, { Instance })
    }
  })

  it('an export that is no function, or no memory, is a fault', () => {
    const bytes = wat('(module (memory (export "m") 1) (func (export "f")))')
    expect(load({ ...nothing, functions: ['m'] }, bytes).loaded).toEqual({ kind: 'fault', detail: 'TypeError' })
    expect(load({ ...nothing, functions: ['missing'] }, bytes).loaded).toEqual({ kind: 'fault', detail: 'TypeError' })
    expect(load({ ...nothing, memoryExport: 'f' }, bytes).loaded).toEqual({ kind: 'fault', detail: 'TypeError' })
  })

  it('a function that admission did not list is a fault', () => {
    const { guest } = load(nothing, wat('(module (func (export "f")))'))
    for (const name of ['f', 'then', '__proto__']) expect(guest.call(name, []).kind).toBe('fault')
  })
})

describe('standard streams', () => {
  const write = (fd: number) =>
    `(module ${IMPORTS.write} (memory 1) (func (export "f") (result i32) (call $write (i32.const ${fd}) (i32.const 0) (i32.const 0) (i32.const 8))))`
  it.each([
    [{ stdin: true, stdout: false, stderr: true }, [8, 0]],
    [{ stdin: false, stdout: true, stderr: false }, [0, 8]],
    [{ stdin: false, stdout: false, stderr: false }, [8, 8]],
  ])('%j: those that are off are not open', (stdio, errnos) => {
    for (const [i, fd] of [1, 2].entries())
      expect(start(write(fd), { stdio }).guest.call('f', [])).toEqual({ kind: 'returned', values: [errnos[i]] })
  })

  it('without anything that has descriptors a call that was linked all the same ends the guest', () => {
    const { guest, events } = start(write(1), { stdio: null, fs: null, net: false })
    expect(guest.call('f', []).kind).toBe('fault')
    expect(events).toMatchObject([{ type: 'syscall-blocked', hostCall: 'fd_write' }])
  })

  it('without any stream, but with files, their descriptors are not open', () => {
    expect(start(write(1), { stdio: null }).guest.call('f', [])).toEqual({ kind: 'returned', values: [8] })
  })

  it('no source of randomness still leaves a guest that can be made', () => {
    expect(start('(module)', { random: null }).loaded.kind).toBe('returned')
  })
})
