// The executor's harness: honest programs run, and every kind of misbehaviour of a host is noticed.
import { afterEach, describe, expect, it } from 'vitest'
import { runOneOfMany, runProgram } from '../../fuzz/executor.ts'
import hostCalls from '../../fuzz/properties/host-calls.ts'
import linkableImports from '../../fuzz/properties/linkable-imports.ts'
import { Surroundings } from '../../fuzz/surroundings.ts'
import { decodeProgram } from '../../src/attacks/executor/decode.ts'
import { parseProgram } from '../../src/attacks/executor/text.ts'
import { Random } from '../../src/attacks/random.ts'
import { ERRNO, GuestFault } from '../../src/sandbox/host/errno.ts'
import { GuestMemory } from '../../src/sandbox/host/guest-memory.ts'
import { HandleTable } from '../../src/sandbox/host/handles.ts'

const run = (...lines: readonly string[]) => runProgram(parseProgram(lines.join('\n')))
const OPEN = [
  '0x1000 = "file"',
  '#0 path_open(fd=3, dirflags=0, path=0x1000, path_len=4, oflags=0, fs_rights_base=0x1fffffff, fs_rights_inheriting=0, fdflags=0, opened=0x100)',
]

const undo: (() => void)[] = []
afterEach(() => {
  for (const each of undo.splice(0)) each()
})
/** Puts a defect into a class until the end of the test. */
function weaken<T extends object, K extends keyof T>(target: T, name: K, by: T[K]): void {
  const own = target[name]
  undo.push(() => {
    target[name] = own
  })
  target[name] = by
}

describe('runProgram', () => {
  it('has nothing against an honest program over files, store, keys, network and reports', () => {
    expect(
      run(
        ...OPEN,
        '0x1000 = (0x6000, 0x20)',
        '#1 fd_read(fd=#0.opened, iovs=0x1000, iovs_len=1, nread=0x200)',
        '#2 fd_close(fd=#0.opened)',
        '0x1000 = "a"',
        '#3 kv_set(key=0x1000, key_len=1, value=0x1000, value_len=1)',
        '0x1000 = "key"',
        '#4 crypto_key(name=0x1000, name_len=3, key=0x500)',
        '#5 crypto_sign(fd=#4.key, data=0x1000, data_len=3, signature=0x6000, signature_len=0x100, signatureused=0x600)',
        '0x1000 = "allowed.example"',
        '#6 tcp_connect(host=0x1000, host_len=0xf, port=0x50, timeout_ms=0, elapsed_ns=0x700, socket=0x740)',
        '#7 log_write(level=1, message=0x1000, message_len=0xf)',
      ),
    ).toBeNull()
  })

  it('tells the host nothing that it refuses to hear, however hostile the paths', () => {
    const path = `../${'\\u202e'.repeat(80)}/${'\\u202e'.repeat(80)}/${'\\u202e'.repeat(80)}`
    expect(
      run(
        `0x1000 = "${path}"`,
        '#0 path_rename(fd=3, old_path=0x1000, old_path_len=0x2d5, new_fd=3, new_path=0x1000, new_path_len=0x2d5)',
      ),
    ).toBeNull()
  })

  it('notices a range that ends one byte behind the memory', () => {
    weaken(GuestMemory.prototype, 'check', () => {})
    weaken(GuestMemory.prototype, 'writeU64', () => {})
    expect(run('#0 clock_res_get(id=0, resolution=0xfff9)')).toContain('resolution points outside')
  })

  it('notices a handle that works after it was closed', () => {
    weaken(HandleTable.prototype, 'close', HandleTable.prototype.get)
    expect(run(...OPEN, '#1 fd_close(fd=#0.opened)', '#2 fd_tell(fd=#0.opened, offset=0x300)')).toContain('which is not open')
  })

  it('notices a number that is given out twice', () => {
    const { open } = HandleTable.prototype
    weaken(HandleTable.prototype, 'open', function (this: HandleTable, handle) {
      open.call(this, handle)
      return 3
    })
    expect(run(...OPEN)).toContain('gave out the handle 3, which is open')
  })

  it('notices what the host throws', () => {
    weaken(HandleTable.prototype, 'get', () => {
      throw new TypeError('a defect')
    })
    expect(run('#0 fd_close(fd=1)')).toContain('ended the guest with {"kind":"fault"')
  })

  it('notices what is written before a check that fails', () => {
    const { check } = GuestMemory.prototype
    weaken(GuestMemory.prototype, 'check', function (this: GuestMemory, pointer, length) {
      if (pointer > 60_000) this.writeU32(0x300, 1)
      check.call(this, pointer, length)
    })
    expect(run('#0 clock_res_get(id=0, resolution=0xffff)')).toContain('answered fault and changed the byte at 768')
  })

  it('finds a range that may end one byte late within seconds, and shows the one call that it takes', async () => {
    weaken(GuestMemory.prototype, 'check', function (this: GuestMemory, pointer, length) {
      if (pointer > this.size || length > this.size - pointer + 1) throw new GuestFault(ERRNO.fault)
    })
    const { failure } = await hostCalls.run(1, 5000)
    expect(failure?.counterexample.match(/^#/gm)).toHaveLength(1)
  })

  it.each([
    ['deep in the stack', 'depth 0x1f40'],
    ['again and again', 'times 40'],
    ['after its memory grew', 'grow 1'],
    ['after its memory could not grow', 'grow 9'],
  ])('has nothing against a guest that calls %s', (_, manner) => {
    expect(run(...OPEN, `#1 clock_res_get(id=0, resolution=0x300) ${manner}`, '#2 fd_close(fd=#0.opened)')).toBeNull()
  })

  it('notices a host that keeps a view of the memory that has grown', () => {
    const first = new Uint8Array(8)
    weaken(GuestMemory.prototype, 'writeU64', () => void first.fill(1))
    weaken(GuestMemory.prototype, 'check', () => {})
    expect(run('#0 clock_res_get(id=0, resolution=0x1fff9) grow 1')).toContain('resolution points outside')
  })

  it('notices what only the last of many calls does', () => {
    const { open } = HandleTable.prototype
    weaken(HandleTable.prototype, 'open', function (this: HandleTable, handle) {
      if (this.use.open > 11) throw new TypeError('a defect')
      return open.call(this, handle)
    })
    weaken(HandleTable.prototype, 'reserve', () => {})
    expect(run(...OPEN)).toBeNull()
    const repeated = [OPEN[0]!, `${OPEN[1]} times 9`]
    expect(run(...repeated)).toContain('ended the guest with {"kind":"fault"')
  })

  it('notices a byte beside the results of a repeated call', () => {
    const { writeU64 } = GuestMemory.prototype
    weaken(GuestMemory.prototype, 'writeU64', function (this: GuestMemory, pointer, value) {
      writeU64.call(this, pointer, value)
      this.writeU32(pointer + 8, 1)
    })
    expect(run('#0 clock_res_get(id=0, resolution=0x300) times 2')).toContain('changed the byte at 776')
  })

  it('notices what one program leaves for the next', () => {
    const left = new Set<number>()
    const { get } = HandleTable.prototype
    weaken(HandleTable.prototype, 'get', function (this: HandleTable, fd) {
      if (fd === 9 && left.size > 200) throw new TypeError('a defect')
      left.add(left.size)
      return get.call(this, fd)
    })
    const program = parseProgram('#0 fd_close(fd=9)')
    const problems = Array.from({ length: 300 }, () => runOneOfMany(program)).filter((problem) => problem !== null)
    expect(problems[0]).toContain('ended the guest with {"kind":"fault"')
  })

  it('comes to the same in a guest of its own and in one that is used again', () => {
    const programs = Array.from({ length: 300 }, (_, seed) => {
      const random = new Random(seed)
      return decodeProgram(
        Uint8Array.from({ length: 80 }, () => random.below(256)),
        65_536,
      )
    })
    expect(programs.map(runOneOfMany)).toEqual(programs.map(() => null))
    expect(programs.slice(0, 60).map(runProgram)).toEqual(programs.slice(0, 60).map(() => null))
  })

  it('notices output over its cap', () => {
    const surroundings = new Surroundings(1)
    surroundings.output('stdout', new Uint8Array(5000))
    expect(surroundings.problem([])).toContain('5000 bytes were written')
  })

  it('notices a change, a report or an event that a host would refuse', () => {
    expect(new Surroundings(1).problem([{ type: 'removed', path: '/a/../b' }])).toContain('refuses a frame')
    const reporting = new Surroundings(1)
    reporting.report({ type: 'metric', kind: 'gauge', name: 'n'.repeat(257), value: 1, unit: '' })
    expect(reporting.problem([])).toContain('refuses a frame')
    const telling = new Surroundings(1)
    telling.event({ type: 'suspicious-behaviour', severity: 'high', message: 'x'.repeat(2001), what: 'x' })
    expect(telling.problem([])).toContain('refuses a frame')
  })
})

describe.each([hostCalls, linkableImports])('the property $name', (property) => {
  it('holds for a while', async () => {
    const { executions, failure } = await property.run(1, 3000)
    expect(failure).toBeUndefined()
    expect(executions).toBeGreaterThan(50)
  })
})
