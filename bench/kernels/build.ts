// Compiles the kernels: `npx node bench/kernels/build.ts`, with clang and wasm-ld. What comes out lies beside the sources, so that measuring needs
// no compiler, and everybody measures the same instructions.
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const HERE = import.meta.dirname

// What compilers emit for a plugin today: optimised for speed, with the proposals that every engine has.
const FLAGS = [
  '--target=wasm32',
  '-O2',
  '-nostdlib',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-mbulk-memory',
  '-msign-ext',
  '-mmutable-globals',
]
const LINKER = ['-Wl,--no-entry', '-Wl,--strip-all']

// Without what npx puts there: clang would find a wasm-opt and run it, and make other bytes than without.
const PATH = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.endsWith(join('node_modules', '.bin')))
const env = { ...process.env, PATH: PATH.join(delimiter) }

for (const file of readdirSync(HERE)) {
  if (!file.endsWith('.c')) continue
  const output = join(HERE, file.replace(/\.c$/, '.wasm'))
  execFileSync('clang', [...FLAGS, ...LINKER, '-o', output, file], { cwd: HERE, env, stdio: 'inherit' })
}
