// An adapter: all that the gauntlet has to know about a host. This host is node:wasi, which by its own documentation is no sandbox.
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WASI } from 'node:wasi'
import type { Target } from '../src/targets/target.ts'

const nothing = { messages: [], stdout: new Uint8Array(), stderr: new Uint8Array(), exitCode: null, values: [], events: [] }

const target: Target = {
  name: 'node-wasi',
  version: process.version,
  async run({ module, args = [], env = {} }) {
    const dir = await mkdtemp(join(tmpdir(), 'my-host-'))
    const out = await open(join(dir, 'out'), 'w')
    try {
      const wasi = new WASI({ version: 'preview1', args: [...args], env: { ...env }, stdout: out.fd, stderr: out.fd })
      const { instance } = await WebAssembly.instantiate(new Uint8Array(module), wasi.getImportObject() as WebAssembly.Imports)
      const exitCode = wasi.start(instance)
      return { ...nothing, outcome: 'exited', detail: 'exited', exitCode, stdout: await readFile(join(dir, 'out')) }
    } catch (error) {
      // What does not compile, link, or export what node:wasi wants never ran; anything else that is thrown is the guest's trap.
      const refused = !(error instanceof WebAssembly.RuntimeError)
      return { ...nothing, outcome: refused ? 'refused' : 'trapped', detail: String(error).slice(0, 80) }
    } finally {
      await out.close()
      await rm(dir, { recursive: true })
    }
  },
}
export default target
