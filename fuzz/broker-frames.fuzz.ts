// Coverage-guided: bytes, as requests, through the broker's readers and decisions. What would have to be waited for is decided about and not done.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FuzzTargetAbout } from '../src/campaign/property.ts'
import { NO_AUDIT } from '../src/sandbox/audit.ts'
import { Broker } from '../src/sandbox/broker/broker.ts'
import { CryptoService } from '../src/sandbox/broker/crypto.ts'
import { DirectoryService, openMounts } from '../src/sandbox/broker/directory/service.ts'
import { BadRequest } from '../src/sandbox/broker/fields.ts'
import { KvService } from '../src/sandbox/broker/kv.ts'
import { MemoryKvStore } from '../src/sandbox/broker/kv-memory.ts'
import { decodeReply } from '../src/sandbox/broker/message.ts'
import { NetService } from '../src/sandbox/broker/net/service.ts'
import type { Operation, Service } from '../src/sandbox/broker/operation.ts'
import { errnoName } from '../src/sandbox/host/errno.ts'
import { brokerPolicy } from './broker-trial.ts'
import { KEYS } from './keys.ts'
import { decodeFrames, templatesFor } from './requests.ts'

export const about: FuzzTargetAbout = {
  threats: ['CTL-09', 'HST-09', 'MEM-24', 'RES-07', 'RES-12', 'NET-01'],
  includes: ['build/src/sandbox/broker', 'build/src/sandbox/policy/net-patterns', 'build/src/sandbox/text'],
  maxLength: 512,
  minimumEdges: 800,
  minimumReached: 270,
}

/** Nobody listens there. */
const PORT = 9
const above = mkdtempSync(join(tmpdir(), 'gauntlet-broker-'))
process.on('exit', () => rmSync(above, { recursive: true, force: true }))
const mount = join(above, 'mount')
mkdirSync(mount)
const policy = brokerPolicy(mount, PORT)
const { quotas, capabilities } = policy
const templates = templatesFor(PORT)
const mounts = await openMounts(capabilities.fs!.mounts)
const event = () => {}

/** Up to the decision. */
const decided = ({ operations }: Service): Service => ({
  operations: Object.fromEntries(
    Object.entries(operations).map(([name, operation]): [string, Operation] => [
      name,
      (fields, body) => ({ intent: operation(fields, body).intent, run: () => ({ errno: 'success' }) }),
    ]),
  ),
  close: () => {},
})

export function fuzz(data: Buffer): void {
  const broker = new Broker({
    services: [
      decided(new DirectoryService({ mounts, quotas, granularityNs: 1, event })),
      decided(new NetService(capabilities.net!, quotas, {}, event)),
      new CryptoService({ grant: capabilities.crypto!, keys: KEYS, handles: quotas.handles, pace: 'at once' }),
      new KvService({ namespace: 'fuzz', quotas, store: new MemoryKvStore() }),
    ],
    deadlineMs: quotas.hostCallMs,
    audit: NO_AUDIT,
    event,
    instance: 'fuzz',
    module: 'fuzz',
  })
  for (const { payload } of decodeFrames(data, templates)) {
    try {
      const { errno } = decodeReply(broker.handleNow(payload))
      if (errnoName(errno) === undefined) throw new Error(`the broker answered ${errno}`)
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error
    }
  }
}
