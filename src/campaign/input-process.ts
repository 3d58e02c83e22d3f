// The process in which inputs meet a coverage-guided target, without the engine: one of them may hang, swell or crash it.
import { pathToFileURL } from 'node:url'
import { describeThrown, type Failure } from './engines/finding-key.ts'

interface InputTask {
  readonly path: string
  readonly input: Uint8Array
}

type FuzzModule = { readonly fuzz?: (data: Buffer) => unknown; readonly default?: { readonly fuzz?: (data: Buffer) => unknown } }

async function failureOf({ path, input }: InputTask): Promise<{ fault: string | null; failure: Failure | null }> {
  let fuzz: ((data: Buffer) => unknown) | undefined
  try {
    const loaded = (await import(pathToFileURL(path).href)) as FuzzModule
    fuzz = loaded.fuzz ?? loaded.default?.fuzz
  } catch (error) {
    return { fault: `${path} does not load: ${describeThrown(error).message}`, failure: null }
  }
  if (typeof fuzz !== 'function') return { fault: `${path} exports no function fuzz`, failure: null }
  try {
    await fuzz(Buffer.from(input))
    return { fault: null, failure: null }
  } catch (error) {
    return { fault: null, failure: describeThrown(error) }
  }
}

process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
process.on('message', async (task: InputTask) => {
  process.send?.(await failureOf(task))
})
