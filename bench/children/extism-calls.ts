// Microseconds of a host call of Extism's with the plugin in a worker; in a process of its own because such calls stall for seconds now and then.
import { writer } from '../../src/wasm/index.ts'
import { callingModule } from '../rivals/caller.ts'
import { EXTISM_USER, extismPlugin } from '../rivals/extism.ts'

const CALLS = 20
const plugin = await extismPlugin(callingModule(EXTISM_USER, 'tick', CALLS, writer.functionType([], ['i64'])), true, {
  functions: { [EXTISM_USER]: { tick: () => 0n } },
})
await plugin.call('run')
const start = performance.now()
await plugin.call('run')
process.send!(((performance.now() - start) / CALLS) * 1000)
