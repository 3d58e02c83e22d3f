// Writes the bindings of the native namespace for every language from the table of host calls: `npx node examples/guests/bindings.ts`.
import { writeFileSync } from 'node:fs'
import { NATIVE_MODULE, native, WASI_MODULE, wasi } from './bindings/assemblyscript.ts'
import { header } from './bindings/c.ts'
import { source as go } from './bindings/go.ts'
import { source as rust } from './bindings/rust.ts'

/** Texts by path, relative to this folder. */
export const bindings = (): ReadonlyMap<string, string> =>
  new Map([
    ['c/gauntlet.h', header()],
    ['rust/gauntlet.rs', rust()],
    ['go/gauntlet.go', go()],
    [`assemblyscript/${NATIVE_MODULE}.ts`, native()],
    [`assemblyscript/${WASI_MODULE}.ts`, wasi()],
  ])

if (import.meta.main) {
  for (const [path, text] of bindings()) writeFileSync(new URL(path, import.meta.url), text)
}
