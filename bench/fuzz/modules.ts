// Modules per second: the same small module through our own writer, through binaryen and through wabt, and random ones by `wasm-opt -ttf`.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import binaryen from 'binaryen'
import { assemble } from '../../src/attacks/assemble.ts'
import { Random } from '../../src/attacks/random.ts'
import { writer } from '../../src/wasm/index.ts'
import { contest, rowOf } from '../support/contest.ts'
import { amount, type Effort } from '../support/effort.ts'
import type { Measure } from '../support/measure.ts'
import { PROJECT_DIR } from '../support/project.ts'
import { rateOf } from '../support/rate.ts'

const { instruction, functionType } = writer
const FUNCTIONS = 20

/** Another number in each, so that nothing can be kept from one module to the next. */
function written(turn: number): Uint8Array {
  const add = (n: number) =>
    writer.body(writer.bytes(instruction.localGet(0), instruction.i32Const(turn + n), 0x6a, instruction.end))
  return writer.moduleOf(
    writer.typeSection(functionType(['i32'], ['i32'])),
    writer.functionSection(...Array.from({ length: FUNCTIONS }, () => 0)),
    writer.exportSection(writer.bytes(writer.name('run'), 0x00, writer.u32(0))),
    writer.codeSection(...Array.from({ length: FUNCTIONS }, (_, n) => add(n))),
  )
}

function built(turn: number): Uint8Array {
  const module = new binaryen.Module()
  try {
    for (let n = 0; n < FUNCTIONS; n++) {
      const sum = module.i32.add(module.local.get(0, binaryen.i32), module.i32.const(turn + n))
      module.addFunction(`f${n}`, binaryen.createType([binaryen.i32]), binaryen.i32, [], sum)
    }
    module.addFunctionExport('f0', 'run')
    return module.emitBinary()
  } finally {
    module.dispose()
  }
}

const text = (turn: number): string => {
  const add = (n: number) => `(func $f${n} (param i32) (result i32) (i32.add (local.get 0) (i32.const ${turn + n})))`
  return `(module ${Array.from({ length: FUNCTIONS }, (_, n) => add(n)).join('\n')} (export "run" (func 0)))`
}

const run = promisify(execFile)
/** As the tool comes in the package: 3 KB of random bytes to a file, a process, a file. */
async function translated(folder: string, turn: number): Promise<void> {
  const random = new Random(turn)
  const input = join(folder, 'input')
  writeFileSync(
    input,
    Uint8Array.from({ length: 3000 }, () => random.below(256)),
  )
  const tool = join(PROJECT_DIR, 'node_modules', 'binaryen', 'bin', 'wasm-opt')
  await run(process.execPath, [tool, '-ttf', input, '-o', join(folder, 'output.wasm')], { timeout: 20_000 })
}

export const modules: Measure = {
  id: 'modules',
  async *run(effort) {
    const folder = mkdtempSync(join(tmpdir(), 'gauntlet-bench-'))
    const slice = amount(effort, 1000, 20)
    const rate = (make: (turn: number) => unknown) => () => rateOf(slice, async (turn) => make(turn), effort.signal)
    try {
      const samples = await contest(effort, amount(effort, 5, 1), rate(written), {
        binaryen: rate(built),
        wabt: rate((turn) => assemble(text(turn))),
        'wasm-opt -ttf, a process each': () => ttf(effort, folder),
      })
      yield rowOf(
        {
          id: 'modules',
          what: `modules of ${FUNCTIONS} functions per second through our own writer`,
          unit: 'per s',
          note: 'The modules of wasm-opt -ttf are random ones, and larger; binaryen and wabt check what they build.',
        },
        samples,
      )
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

/** Long enough for one at least. */
const ttf = (effort: Effort, folder: string): Promise<number> =>
  rateOf(amount(effort, 3000, 20), (turn) => translated(folder, turn), effort.signal)
