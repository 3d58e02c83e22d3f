// A process that writes to an audit log until it is killed, and says after each record that it has been written.
import { writeSync } from 'node:fs'
import { AuditLog } from '../../../src/sandbox/audit/log.ts'
import { decision } from './audit.ts'

const [directory, from] = process.argv.slice(2)
const log = AuditLog.open(directory!, { segmentBytes: 64 * 1024, checkpointRecords: 7 })
for (let sequence = Number(from); ; sequence++) {
  await log.write(decision(sequence, `"${'x'.repeat(sequence % 500)}"`))
  writeSync(1, `${sequence}\n`)
  // Checkpoints are made durable in between.
  if (sequence % 5 === 0) await new Promise((resolve) => setImmediate(resolve))
}
