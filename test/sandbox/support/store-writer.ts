// A process of its own that writes to a result store until it is killed, and says which records were acknowledged.
import { writeSync } from 'node:fs'
import { ResultStore } from '../../../src/sandbox/store/result-store.ts'
import { kept, META } from './results.ts'

const store = ResultStore.open(process.argv[2]!)
const event = { type: 'suspicious-behaviour', severity: 'high', time: 1, message: 'x'.repeat(500), what: 'test' } as const
for (;;) {
  const id = store.put(kept({ securityEvents: [event, event, event] }), META)
  writeSync(1, `${id}\n`)
}
