// The twin rule for host calls: each works where it is granted; where the policy's filter denies it, it answers `notcapable`, touches nothing and asks nobody; and
// where its capability is not granted, a module that imports it is not admitted.
import fc from 'fast-check'
import { decodeProgram } from '../../src/attacks/executor/decode.ts'
import { entryOf, fillBytes, type Program, resolveArguments } from '../../src/attacks/executor/program.ts'
import { formatProgram } from '../../src/attacks/executor/text.ts'
import type { Property } from '../../src/campaign/property.ts'
import { admit } from '../../src/sandbox/admission/admit.ts'
import { ABI, type AbiFunction } from '../../src/sandbox/host/abi/index.ts'
import { ERRNO, errnoName } from '../../src/sandbox/host/errno.ts'
import { Guest, type GuestSpec } from '../../src/sandbox/isolation/guest.ts'
import type { Policy } from '../../src/sandbox/policy/schema.ts'
import { checkProperty } from '../check.ts'
import { callingModule } from '../models/calling-guest.ts'
import { withWitnesses, witness } from '../models/witness.ts'
import { executorPolicy, GRANTS, Surroundings } from '../surroundings.ts'

const PAGE = 65_536
const admitted = admit(callingModule(ABI), executorPolicy)
if (admitted.verdict === 'refused') throw new Error(`the guest was refused: ${admitted.refusal.message}`)
const { bytes, memoryExport, startExport, imports, functions } = admitted
const spec: GuestSpec = { imports, memoryExport, startExport, functions: [...functions.keys()], grants: GRANTS }
/** Whatever could be denied. */
const DENIED: GuestSpec = {
  ...spec,
  grants: { ...GRANTS, hostCalls: { deny: ABI.filter(({ result }) => result === 'errno').map(({ name }) => name), log: [] } },
}
let compiled: WebAssembly.Module | null = null

/** Arguments as JavaScript passes them; a double comes as its bits. */
function passed({ parameters }: AbiFunction, args: readonly bigint[]): (number | bigint)[] {
  return parameters.map(({ type }, i) => {
    if (type === 'i32') return Number(BigInt.asIntN(32, args[i]!))
    return type === 'i64' ? BigInt.asIntN(64, args[i]!) : new Float64Array(BigUint64Array.of(args[i]!).buffer)[0]!
  })
}

function holds(program: Program): string | null {
  return run(program, spec, 'granted') ?? run(program, DENIED, 'filtered')
}

function run(program: Program, of: GuestSpec, grant: 'granted' | 'filtered'): string | null {
  const surroundings = new Surroundings(program.seed)
  let asked = 0
  const channel = {
    call: (request: Parameters<typeof surroundings.channel.call>[0]) => {
      asked++
      return surroundings.channel.call(request)
    },
  }
  const { output, event, report, stopRequested, sleep } = surroundings
  const guest = new Guest(of, { output, event, report, stopRequested, sleep, channel })
  const loaded = guest.load(compiled ?? bytes)
  if (loaded.kind !== 'returned') return `the guest did not load: ${JSON.stringify(loaded)}`
  compiled = guest.module
  const memory = new Uint8Array(guest.memory!.buffer)
  const made: (readonly bigint[])[] = []
  for (const call of program.calls) {
    const entry = entryOf(call)
    for (const fill of call.fills) memory.set(fillBytes(fill), fill.at)
    const args = resolveArguments(program, call, made, memory)
    made.push(args)
    const before = memory.slice()
    const ending = guest.call(entry.name, passed(entry, args))
    if (ending.kind !== 'returned') {
      if (entry.result === 'never' && ending.kind === 'exited') witness({ call: entry.name, grant: 'granted', outcome: 'ended' })
      return null
    }
    const errno = Number(ending.values[0])
    witness({ call: entry.name, grant, outcome: errnoName(errno) ?? String(errno) })
    if (grant === 'granted') continue
    if (errno !== ERRNO.notcapable) return `${entry.name} is denied by the policy, and answers ${errnoName(errno)}`
    if (asked > 0) return `${entry.name} is denied by the policy, and the broker was asked`
    if (Buffer.compare(before, memory) !== 0) return `${entry.name} is denied by the policy, and changed the guest's memory`
  }
  return null
}

/** The policy without everything that makes a call available. */
function without({ capabilities: needed }: AbiFunction): Policy {
  const capabilities = { ...executorPolicy.capabilities } as Record<string, unknown>
  for (const capability of needed) capabilities[capability] = typeof capabilities[capability] === 'boolean' ? false : null
  return { ...executorPolicy, capabilities: capabilities as Policy['capabilities'] }
}

/** Every call for itself: with its capability its module is admitted, without it, it is not. */
function wrongWithoutGrant(): string | null {
  for (const entry of ABI) {
    const module = callingModule([entry])
    const granted = admit(module, executorPolicy)
    if (granted.verdict === 'refused') return `${entry.name} is granted, and its module is refused: ${granted.refusal.message}`
    if (entry.capabilities.length === 0) continue
    const { verdict } = admit(module, without(entry))
    if (verdict !== 'refused') return `${entry.name} is not granted, and a module that imports it is admitted`
    witness({ call: entry.name, grant: 'not-granted', outcome: 'refused' })
  }
  return null
}

const property: Property = {
  name: 'granted-and-denied',
  threats: ['LNK-18', 'MEM-15', 'CTL-01'],
  run: async (seed, milliseconds) => {
    const problem = wrongWithoutGrant()
    if (problem) return { executions: 1, failure: { message: problem, counterexample: problem } }
    const programs = fc.uint8Array({ minLength: 17, maxLength: 200, size: 'max' }).map((input) => decodeProgram(input, PAGE))
    return withWitnesses(checkProperty(programs, holds, formatProgram, seed, milliseconds))
  },
}
export default property
