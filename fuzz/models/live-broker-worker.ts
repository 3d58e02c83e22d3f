// The thread in which the broker of live-broker.ts works.
import { type MessagePort, workerData } from 'node:worker_threads'
import { Broker } from '../../src/sandbox/broker/broker.ts'
import { DirectoryService, openMounts } from '../../src/sandbox/broker/directory/service.ts'
import type { Policy } from '../../src/sandbox/policy/schema.ts'

const { port, signal } = workerData as { readonly port: MessagePort; readonly signal: Int32Array }
let broker: Broker | null = null

async function begin(policy: Policy): Promise<null> {
  await broker?.close()
  const { quotas, capabilities } = policy
  const event = () => {}
  const service = new DirectoryService({
    mounts: await openMounts(capabilities.fs?.mounts ?? []),
    quotas,
    granularityNs: null,
    event,
  })
  const audit = { write: () => {} }
  broker = new Broker({ services: [service], deadlineMs: quotas.hostCallMs, audit, event, instance: 'model', module: 'model' })
  return null
}

async function end(): Promise<null> {
  await broker?.close()
  broker = null
  return null
}

async function answer(message: Policy | Uint8Array | null): Promise<Uint8Array | null> {
  if (message === null) return await end()
  return message instanceof Uint8Array ? await broker!.handle(message) : await begin(message)
}

port.on('message', async (message: Policy | Uint8Array | null) => {
  const reply = await answer(message).catch((error: unknown) => String(error))
  port.postMessage(reply)
  Atomics.add(signal, 0, 1)
  Atomics.notify(signal, 0)
})
