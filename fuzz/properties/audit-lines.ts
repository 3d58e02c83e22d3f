// Whatever a guest acts on, its decisions are lines of the audit log for every reader: as many as there were decisions, and nothing that moves a cursor.
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { DISK } from '../../src/sandbox/audit/disk.ts'
import { AuditLog } from '../../src/sandbox/audit/log.ts'
import { Broker } from '../../src/sandbox/broker/broker.ts'
import { encodeRequest } from '../../src/sandbox/broker/message.ts'
import { Refused, type Service } from '../../src/sandbox/broker/operation.ts'
import { checkPropertyAsync } from '../check.ts'

interface Decision {
  readonly object: string
  readonly denied: boolean
}

const FORGED = '"}\n{"version":1,"sequence":1,"decision":"allowed","operation":"test.act","object":"all"}\n'
/** What some reader or other takes for the end of a line, a terminal for a command, or an eye for nothing. */
const ODD = [
  '\n',
  '\r',
  '\r\n',
  '\v',
  '\f',
  '\u0085',
  '\u2028',
  '\u2029',
  '\u001b[2K',
  '\u009b2J',
  '\u202e',
  '\u200b',
  '\0',
  '"',
  '\\',
  FORGED,
]
const decision: fc.Arbitrary<Decision> = fc.record({
  object: fc
    .array(fc.oneof(fc.constantFrom(...ODD), fc.string({ unit: 'binary', maxLength: 10 })), { maxLength: 6 })
    .map((parts) => parts.join('').replace(/\p{Cs}/gu, '')),
  denied: fc.boolean(),
})

/** Nobody cuts the power here. */
const QUICK = { ...DISK, sync: () => undefined, syncDirectory: () => undefined, syncLater: () => Promise.resolve() }

const LINE_ENDS = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/u

/** A service that may do all or nothing, as the decision says. */
const serviceOf = ({ denied }: Decision): Service => ({
  operations: {
    'test.act': (fields) => ({
      intent: { capability: 'kv', object: fields.text('object', 1000), refusal: denied ? new Refused('acces') : null },
      run: () => ({ errno: 'success' }),
    }),
  },
  close: () => undefined,
})

async function ask(decision: Decision, audit: AuditLog): Promise<void> {
  const event = () => undefined
  const options = { services: [serviceOf(decision)], deadlineMs: 10_000, audit, event, instance: 'one', module: '00' }
  const broker = new Broker(options)
  await broker.handle(encodeRequest({ operation: 'test.act', fields: { object: decision.object } }))
  await broker.close()
}

function judge(log: string, decisions: readonly Decision[]): string | null {
  const lines = log.split(LINE_ENDS)
  if (lines.pop() !== '') return 'the last record is not a line of its own'
  if (lines.some((line) => UNSEEN.test(line))) return 'a record holds what cannot be seen'
  const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ type }) => type === 'decision')
  if (records.length !== decisions.length) return `${decisions.length} decisions are ${records.length} records`
  for (const [index, { decision, operation, object }] of records.entries()) {
    if (operation !== 'test.act' || decision !== (decisions[index]!.denied ? 'denied' : 'allowed'))
      return 'a record is not of its decision'
    if (typeof object !== 'string' || UNSEEN.test(object) || !/^".*"(?:… \(\d+ characters\))?$/.test(object))
      return 'the object of a record is not quoted'
  }
  return null
}

const property: Property = {
  name: 'audit-lines',
  threats: ['OUT-02', 'OUT-01', 'OUT-11'],
  run: async (seed, milliseconds) => {
    const folder = mkdtempSync(join(tmpdir(), 'gauntlet-audit-'))
    const key = generateKeyPairSync('ed25519').privateKey
    let number = 0
    const holds = async (decisions: readonly Decision[]) => {
      const path = join(folder, String(number++))
      const audit = AuditLog.openOn(QUICK, path, { key })
      for (const each of decisions) await ask(each, audit)
      await audit.close()
      const log = readFileSync(join(path, 'audit-00000001.jsonl'), 'utf8')
      rmSync(path, { recursive: true })
      return judge(log, decisions)
    }
    try {
      return await checkPropertyAsync(
        fc.array(decision, { maxLength: 4 }),
        holds,
        (value) => JSON.stringify(value),
        seed,
        milliseconds,
      )
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
export default property
