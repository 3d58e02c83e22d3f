// `npm run bench`: how the sandbox compares with the bare thing, side by side in one run. Ratios mean something anywhere; times only here.
import { fork } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { createSandbox } from '../src/sandbox/index.ts'
import { readModule, writer } from '../src/wasm/index.ts'

const { instruction } = writer

interface Row {
  readonly what: string
  readonly ours: number
  readonly bare: number
  readonly unit: string
  readonly bareIs: string
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!

/** Median time of one call in milliseconds. */
async function time(runs: number, action: () => unknown): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < runs; i++) {
    const start = performance.now()
    await action()
    times.push(performance.now() - start)
  }
  return median(times)
}

/** A module of about a mebibyte: functions full of ordinary arithmetic. */
function megabyte(): Uint8Array<ArrayBuffer> {
  const step = writer.bytes(instruction.localGet(0), instruction.i32Const(123), 0x6a, instruction.localSet(0))
  const code = writer.body(writer.bytes(...Array.from({ length: 1000 }, () => step), instruction.localGet(0), instruction.end))
  const count = Math.ceil(2 ** 20 / code.length)
  return new Uint8Array(
    writer.moduleOf(
      writer.typeSection(writer.functionType(['i32'], ['i32'])),
      writer.functionSection(...Array.from({ length: count }, () => 0)),
      writer.codeSection(...Array.from({ length: count }, () => code)),
    ),
  )
}

async function reader(): Promise<Row> {
  const bytes = megabyte()
  const ours = await time(20, () => readModule(bytes))
  const bare = await time(20, () => WebAssembly.validate(bytes))
  return { what: 'read a module of 1 MiB', ours, bare, unit: 'ms', bareIs: 'WebAssembly.validate' }
}

const WASI = 'wasi_snapshot_preview1'

/** `_start` that makes `count` calls of clock_res_get. */
function caller(count: number): Uint8Array<ArrayBuffer> {
  const call = writer.bytes(instruction.i32Const(1), instruction.i32Const(8), instruction.call(0), instruction.drop)
  const next = writer.bytes(instruction.localGet(0), instruction.i32Const(-1), 0x6a, 0x22, 0, instruction.brIf(0))
  const code = writer.body(
    writer.bytes(
      instruction.i32Const(count),
      instruction.localSet(0),
      instruction.loop(writer.bytes(call, next)),
      instruction.end,
    ),
    [[1, 'i32']],
  )
  return new Uint8Array(
    writer.moduleOf(
      writer.typeSection(writer.functionType(['i32', 'i32'], ['i32']), writer.functionType()),
      writer.importSection(writer.bytes(writer.name(WASI), writer.name('clock_res_get'), 0, 0)),
      writer.functionSection(1),
      writer.memorySection(writer.limits({ min: 1, is64: false, shared: false })),
      writer.exportSection(writer.bytes(writer.name('_start'), 0, 1)),
      writer.codeSection(code),
    ),
  )
}

async function hostCall(): Promise<Row> {
  const calls = 1_000_000
  const bytes = caller(calls)
  await using sandbox = createSandbox({
    isolation: { level: 'inline' },
    quotas: { wallClockMs: null, cpuMs: null, residentBytes: null },
  })
  const ours = await time(5, () => sandbox.execute(bytes))
  let hits = 0
  const imports = { [WASI]: { clock_res_get: () => hits++ & 0 } }
  const bare = await time(5, () =>
    (new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports['_start'] as () => void)(),
  )
  return {
    what: 'a local host call (clock_res_get)',
    ours: (ours * 1e6) / calls,
    bare: (bare * 1e6) / calls,
    unit: 'ns',
    bareIs: 'an empty import',
  }
}

async function coldStart(): Promise<Row> {
  const bytes = caller(1)
  const ours = await time(7, async () => {
    await using sandbox = createSandbox('strict')
    await sandbox.execute(bytes, { extends: 'strict', capabilities: { clock: { granularityNs: 1 } } })
  })
  const bare = await time(7, () => bareChild())
  return { what: 'cold start: jail, cell, one guest', ours, bare, unit: 'ms', bareIs: 'a bare child process with a bare worker' }
}

/** `run` that asks the broker `count` times for a value that is not there. */
function asking(count: number): Uint8Array<ArrayBuffer> {
  const zero = instruction.i32Const(0)
  const call = writer.bytes(zero, zero, zero, zero, instruction.i32Const(8), instruction.call(0), instruction.drop)
  const next = writer.bytes(instruction.localGet(0), instruction.i32Const(-1), 0x6a, 0x22, 0, instruction.brIf(0))
  const loop = writer.bytes(instruction.i32Const(count), instruction.localSet(0), instruction.loop(writer.bytes(call, next)))
  return new Uint8Array(
    writer.moduleOf(
      writer.typeSection(writer.functionType(['i32', 'i32', 'i32', 'i32', 'i32'], ['i32']), writer.functionType()),
      writer.importSection(writer.bytes(writer.name('gauntlet_v1'), writer.name('kv_get'), 0, 0)),
      writer.functionSection(1),
      writer.memorySection(writer.limits({ min: 1, is64: false, shared: false })),
      writer.exportSection(writer.bytes(writer.name('run'), 0, 1)),
      writer.codeSection(writer.body(writer.bytes(loop, instruction.end), [[1, 'i32']])),
    ),
  )
}

async function brokeredCall(): Promise<Row> {
  const calls = 3000
  await using sandbox = createSandbox({ capabilities: { kv: { namespace: 'bench' } } })
  await using instance = await sandbox.create(asking(calls))
  await instance.call('run')
  const ours = await time(5, () => instance.call('run'))
  return {
    what: 'a brokered host call (kv_get)',
    ours: (ours * 1e3) / calls,
    bare: await barePipe(),
    unit: 'µs',
    bareIs: 'a bare round trip over a pipe',
  }
}

const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

/** Microseconds of one round trip between a worker in a child process and this process. */
const barePipe = () =>
  new Promise<number>((resolve) => {
    const script = fileURLToPath(new URL(`./bare-pipe${extension}`, import.meta.url))
    const child = fork(script, { execArgv: ['--no-warnings'], stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'] })
    const pipe = child.stdio[4] as Duplex
    pipe.on('data', (chunk: Buffer) => pipe.write(chunk))
    pipe.on('error', () => {})
    child.on('message', (microseconds: number) => {
      child.kill('SIGKILL')
      resolve(microseconds)
    })
  })

/** A child process that starts an empty worker and says so. */
const bareChild = () =>
  new Promise<void>((resolve) => {
    const child = fork(fileURLToPath(new URL(`./bare-child${extension}`, import.meta.url)), { execArgv: ['--no-warnings'] })
    child.on('message', () => child.kill('SIGKILL'))
    child.on('exit', () => resolve())
  })

async function kill(): Promise<Row> {
  // 64 MiB filled over and over: what worker.terminate() alone does not stop.
  const fill = writer.bytes(
    instruction.i32Const(0),
    instruction.i32Const(1),
    instruction.i32Const(2 ** 26),
    writer.prefixed(0xfc, 11),
    0,
    instruction.br(0),
  )
  const bytes = new Uint8Array(
    writer.moduleOf(
      writer.typeSection(writer.functionType()),
      writer.functionSection(0),
      writer.memorySection(writer.limits({ min: 1024, is64: false, shared: false })),
      writer.exportSection(writer.bytes(writer.name('_start'), 0, 0)),
      writer.codeSection(writer.body(writer.bytes(instruction.loop(fill), instruction.end))),
    ),
  )
  const limit = 200
  await using sandbox = createSandbox({ quotas: { wallClockMs: limit } })
  // Without the start of the next jail, which the end of this one makes necessary.
  const times: number[] = []
  for (let i = 0; i < 7; i++) times.push((await sandbox.execute(bytes)).executionTimeMs)
  const ours = median(times)
  return {
    what: 'time to a guest that is gone, 64 MiB fills',
    ours,
    bare: limit,
    unit: 'ms',
    bareIs: 'the wall-clock limit itself',
  }
}

const rows = [await reader(), await hostCall(), await brokeredCall(), await coldStart(), await kill()]
for (const { what, ours, bare, unit, bareIs } of rows) {
  const figures = `${ours.toFixed(1)} ${unit} against ${bare.toFixed(1)} ${unit}`
  console.log(`${what.padEnd(44)} ${(ours / bare).toFixed(2).padStart(6)}×   ${figures} for ${bareIs}`)
}
