// Builds the example guests with the toolchains that this machine has: `npx node examples/guests/build.ts [language…]`.
//
// Says what it built and what it skipped and why, and writes SHA256SUMS over all modules that lie here. The same compilers make the same bytes:
// no paths, no times, no names are left in them.
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'

const HERE = import.meta.dirname
const TOOLS = resolve(HERE, '..', '..', 'node_modules')
// Without what npx puts there: clang would find a wasm-opt and run it, and make other bytes than without.
const PATH = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.endsWith(join('node_modules', '.bin')))
const LOCAL = { ...process.env, PATH: [...PATH, '/usr/local/go/bin'].join(delimiter), LC_ALL: 'C' }

/** A toolchain that was found. */
interface Toolchain {
  readonly version: string
  /** Compiles `source` to `output`; the folder of both is the language's. @throws if it does not compile */
  readonly compile: (name: string, output: string) => void
}

interface Language {
  readonly name: string
  readonly guests: readonly string[]
  /** The toolchain, or why there is none. */
  readonly find: () => Toolchain | string
}

/** Runs in the language's folder, with what a build may depend on and nothing else. */
function run(language: string, command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  execFileSync(command, args, { cwd: join(HERE, language), env: { ...LOCAL, ...env }, stdio: ['ignore', 'ignore', 'inherit'] })
}

/** What the command prints, or null if it is not there or fails. */
function ask(command: string, args: readonly string[], input = ''): string | null {
  const { status, stdout } = spawnSync(command, args, { env: LOCAL, encoding: 'utf8', input })
  return status === 0 ? stdout.trim() : null
}
const firstLine = (text: string) => text.split('\n')[0]!

// What LLVM emits without being asked, and what its library for wasm32-wasi was built with.
const CLANG = ['--target=wasm32-wasi', '-Oz', '-flto', '-Wall', '-Wextra', '-Werror', '-s']

function clang(language: 'c' | 'cpp', command: string, header: string, flags: readonly string[]): Toolchain | string {
  const version = ask(command, ['--version'])
  if (version === null) return `${command} is not installed`
  const works = ask(command, [
    '--target=wasm32-wasi',
    '-x',
    language === 'c' ? 'c' : 'c++',
    '-fsyntax-only',
    '-include',
    header,
    '-',
  ])
  if (works === null)
    return `${command} has no library for wasm32-wasi; on Debian: wasi-libc, libc++-14-dev-wasm32, libc++abi-14-dev-wasm32`
  return {
    version: firstLine(version),
    compile: (name, output) => run(language, command, [...CLANG, ...flags, '-o', output, `${name}.${language}`]),
  }
}

/** The target's name changed with Rust 1.78. */
const RUST_TARGETS = ['wasm32-wasip1', 'wasm32-wasi']

function rust(): Toolchain | string {
  // The first is what the path has; a toolchain installed beside it may have the target where that one has not.
  for (const command of ['rustc', '/usr/bin/rustc']) {
    for (const target of RUST_TARGETS) {
      const library = ask(command, ['--print', 'target-libdir', '--target', target])
      if (library === null || !existsSync(library)) continue
      return {
        version: ask(command, ['--version'])!,
        compile(name, output) {
          const codegen = ['opt-level=z', 'lto', 'panic=abort', 'codegen-units=1', 'strip=symbols'].flatMap((flag) => [
            '-C',
            flag,
          ])
          const crate = ['--edition', '2021', '--crate-name', name.replaceAll('-', '_'), '--remap-path-prefix', `${HERE}=.`]
          run('rust', command, ['--target', target, ...crate, ...codegen, '-D', 'warnings', '-o', output, `${name}.rs`])
        },
      }
    }
  }
  return `no rustc with the target ${RUST_TARGETS.join(' or ')}; on Debian: rustc, libstd-rust-dev-wasm32`
}

function go(): Toolchain | string {
  const version = ask('go', ['version'])
  if (version === null) return 'go is not installed'
  return {
    version,
    compile(name, output) {
      // The build id is a hash of the compiler's own paths too.
      const args = ['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w -buildid=', '-o', output, `./${name}`]
      run('go', 'go', args, { GOOS: 'wasip1', GOARCH: 'wasm', GOTOOLCHAIN: 'local', GOFLAGS: '', GOWORK: 'off' })
    },
  }
}

function assemblyScript(): Toolchain | string {
  const compiler = join(TOOLS, 'assemblyscript', 'bin', 'asc.js')
  if (!existsSync(compiler)) return 'assemblyscript is not installed; npm ci does it'
  return {
    version: `AssemblyScript ${JSON.parse(readFileSync(join(TOOLS, 'assemblyscript', 'package.json'), 'utf8')).version}`,
    compile(name, output) {
      const flags = ['--runtime', 'incremental', '--exportStart', '_start', '--use', 'abort=wasi/abort', '-Oz', '--converge']
      run('assemblyscript', process.execPath, [compiler, `${name}.ts`, ...flags, '--outFile', output])
    },
  }
}

export const LANGUAGES: readonly Language[] = [
  { name: 'c', guests: ['hello', 'tcp-latency'], find: () => clang('c', 'clang', 'stdio.h', ['-std=gnu11']) },
  {
    name: 'cpp',
    guests: ['hello', 'certificate-expiry'],
    // The library has no unwinder for this target.
    find: () => clang('cpp', 'clang++', 'string', ['-std=c++17', '-fno-exceptions', '-fno-rtti']),
  },
  { name: 'rust', guests: ['hello', 'log-parser'], find: rust },
  { name: 'go', guests: ['hello', 'http-check'], find: go },
  { name: 'assemblyscript', guests: ['hello', 'dns-check'], find: assemblyScript },
]

/** Every module, as path relative to this folder. */
export const MODULES: readonly string[] = LANGUAGES.flatMap(({ name, guests }) =>
  guests.map((guest) => `${name}/${guest}.wasm`),
).sort()

/** Makes the module smaller and takes out the sections that only tools read. */
function shrink(from: string, to: string): void {
  const optimizer = join(TOOLS, 'binaryen', 'bin', 'wasm-opt')
  const features = ['bulk-memory', 'sign-ext', 'nontrapping-float-to-int', 'mutable-globals'].map((name) => `--enable-${name}`)
  run('.', process.execPath, [
    optimizer,
    ...features,
    '-Oz',
    '--strip-debug',
    '--strip-producers',
    '--strip-target-features',
    from,
    '-o',
    to,
  ])
}

function build({ name, guests, find }: Language, temporary: string): void {
  const toolchain = find()
  if (typeof toolchain === 'string') {
    console.log(`skipped  ${name}: ${toolchain}`)
    return
  }
  for (const guest of guests) {
    const compiled = join(temporary, `${name}-${guest}.wasm`)
    const output = join(HERE, name, `${guest}.wasm`)
    try {
      toolchain.compile(guest, compiled)
      shrink(compiled, output)
    } catch (error) {
      // The compiler has said why on standard error.
      console.log(`failed   ${name}/${guest}: ${firstLine((error as Error).message)}`)
      process.exitCode = 1
      continue
    }
    console.log(`built    ${name}/${guest}.wasm, ${readFileSync(output).length} bytes, ${toolchain.version}`)
  }
}

/** In the form that `sha256sum --check` reads. */
const sums = () =>
  MODULES.filter((path) => existsSync(join(HERE, path)))
    .map(
      (path) =>
        `${createHash('sha256')
          .update(readFileSync(join(HERE, path)))
          .digest('hex')}  ${path}\n`,
    )
    .join('')

if (import.meta.main) {
  const wanted = process.argv.slice(2)
  const temporary = mkdtempSync(join(tmpdir(), 'guests-'))
  try {
    for (const language of LANGUAGES) if (wanted.length === 0 || wanted.includes(language.name)) build(language, temporary)
  } finally {
    rmSync(temporary, { recursive: true })
  }
  writeFileSync(join(HERE, 'SHA256SUMS'), sums())
}
