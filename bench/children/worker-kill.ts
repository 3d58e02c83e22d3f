// How long a guest in a bare worker outlives `terminate()`: entry, limit and our patience are arguments, the module comes as
// the first message, in base64.
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'

const SCRIPT = `
  const { parentPort, workerData: { bytes, entry } } = require('node:worker_threads')
  const module = new WebAssembly.Module(bytes)
  const imports = {}
  for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => 0
  parentPort.postMessage('started')
  const { exports } = new WebAssembly.Instance(module, imports)
  ;(exports[entry] ?? exports.run ?? exports._start)()`

const [entry, limit, patience] = process.argv.slice(2)
const [text] = (await once(process, 'message')) as [string]
const worker = new Worker(SCRIPT, { eval: true, workerData: { bytes: Buffer.from(text, 'base64'), entry } })
worker.on('error', () => {})
const over = once(worker, 'exit').then(() => 'over' as const)
if ((await Promise.race([sleep(Number(limit)), over])) === 'over') process.send!('it ended by itself')
else {
  const start = performance.now()
  const gone = await Promise.race([worker.terminate(), sleep(Number(patience), 'late' as const)])
  process.send!(gone === 'late' ? `still running ${Number(patience) / 1000} s after terminate()` : performance.now() - start)
}
