// The broker's half of a live directory in a thread of its own, so that a test can wait for its replies as a cell does.
import { type MessagePort, workerData } from 'node:worker_threads'
import { NO_AUDIT } from '../../../../src/sandbox/audit.ts'
import { Broker } from '../../../../src/sandbox/broker/broker.ts'
import { DirectoryService, openMounts } from '../../../../src/sandbox/broker/directory/service.ts'
import { PROFILES } from '../../../../src/sandbox/policy/profiles.ts'
import type { Mount } from '../../../../src/sandbox/policy/schema.ts'

const { port, bell, mounts } = workerData as { port: MessagePort; bell: Int32Array; mounts: Mount[] }
const { quotas } = PROFILES.get('relaxed')!
const event = () => {}
const service = new DirectoryService({ mounts: await openMounts(mounts), quotas, granularityNs: 1, event })
const broker = new Broker({ services: [service], deadlineMs: 10_000, audit: NO_AUDIT, event, instance: 'test', module: 'test' })

port.on('message', async (payload: Uint8Array | null) => {
  if (payload === null) {
    await broker.close()
    port.close()
    return
  }
  // Null stands for a request that would end the jail.
  port.postMessage(await broker.handle(payload).catch(() => null))
  Atomics.add(bell, 0, 1)
  Atomics.notify(bell, 0)
})
