// docs/abi.md: every host call, from the ABI table.
import {
  ABI,
  type AbiFunction,
  type Capability,
  LAYOUT_BYTES,
  NATIVE_MODULE,
  WASI_MODULE,
} from '../../src/sandbox/host/abi/index.ts'
import { ERRNO } from '../../src/sandbox/host/errno.ts'
import { RIGHTS } from '../../src/sandbox/host/rights.ts'
import { code, GENERATED, number, page, table } from './markdown.ts'
import { describe } from './parameters.ts'

const PLACES: Readonly<Record<AbiFunction['place'], string>> = {
  cell: 'cell',
  broker: 'broker',
  either: 'cell or broker',
}

/** Where the capability is explained. */
const CAPABILITY_PAGES: Readonly<Record<Capability, string>> = {
  stdio: 'stdio',
  clock: 'clock',
  random: 'random',
  fs: 'fs',
  net: 'net',
  kv: 'kv',
  log: 'log-metric-result',
  metric: 'log-metric-result',
  result: 'log-metric-result',
  crypto: 'crypto',
}

const capabilities = (entry: AbiFunction): string =>
  entry.capabilities.length === 0
    ? 'none'
    : entry.capabilities.map((name) => `[${code(name)}](capabilities/${CAPABILITY_PAGES[name]}.md)`).join(' or ')

const link = ({ name }: AbiFunction) => `[${code(name)}](#${name})`

function section(entry: AbiFunction): string {
  const { module, name, parameters, result, errnos, cost, summary, deviation } = entry
  const params = parameters.length > 0 ? ` (param ${parameters.map(({ type }) => type).join(' ')})` : ''
  const type = `(import "${module}" "${name}" (func${params}${result === 'errno' ? ' (result i32)' : ''}))`
  const answers =
    result === 'never'
      ? 'The call does not return.'
      : `Answers: ${['`success`', ...errnos.map((errno) => `[${code(errno)}](errors/errno-${errno}.md)`)].join(', ')}.`
  return [
    `### ${name}`,
    summary,
    `\`\`\`wat\n${type}\n\`\`\``,
    ...(parameters.length > 0
      ? [
          table(
            ['parameter', 'type', 'meaning'],
            parameters.map((p) => [code(p.name), p.type, describe(p, entry)]),
          ),
        ]
      : []),
    answers,
    `Capability: ${capabilities(entry)}. Place: ${PLACES[entry.place]}. Cost: ${number(cost.call)}, and ${number(cost.perKiB)} for each KiB.`,
    ...(deviation ? [`Deviation from preview 1: ${deviation}`] : []),
  ].join('\n\n')
}

const INTRODUCTION = `What a guest can import: all of WASI preview 1, and a namespace of the sandbox's own for what preview 1 has no words for. There is
nothing else: an import that is not here is refused ([\`import-unknown\`](errors/refusal-import-unknown.md)).

What holds for every call:

- A call is available if the policy grants **one** of its capabilities; a module that imports another is refused before it runs
  ([\`import-not-granted\`](errors/refusal-import-not-granted.md)). A call without a capability is always available: it has no authority, or only that of
  a handle.
- A policy can deny single calls, or watch them, on top of that: see [host calls](capabilities/host-calls.md).
- Every number that a call answers is an error number of preview 1, 0 for success. A guest's mistake is answered and never ends it.
- Every pointer, in and out, is checked with its whole extent before the call has any effect; one that leaves the memory is
  [\`fault\`](errors/errno-fault.md). Addresses, lengths and numbers are unsigned.
- A length above its maximum is [\`inval\`](errors/errno-inval.md), that of a path [\`nametoolong\`](errors/errno-nametoolong.md), before anything is allocated.
- Text that is not UTF-8 is [\`ilseq\`](errors/errno-ilseq.md), text with a NUL in it \`inval\`.
- Values of an enumeration and flags that do not exist are \`inval\`; rights that do not exist are left out, or \`notcapable\` in fd_fdstat_set_rights.

**Place** says where the work is done: in the _cell_, which is the guest's own thread in its jail, or by the _broker_ in the host process, which decides
again, writes an audit record, and has a deadline of \`quotas.hostCallMs\`. \`cell or broker\` depends on the handle: streams and memory are in the cell,
live directories and sockets behind the broker.

**Cost** is the weight of a call in units of fuel, for the call and for what it moves. Fuel is not charged yet.`

const NATIVE = `Its version is in its name; a change that breaks guests gets a new one. Handles of responses and keys are numbers in the same table as those of preview 1,
and count against \`quotas.handles\`.

Answers of unknown size go to \`buf\`: the call writes the size of the answer to \`bufused\`, and the answer only if all of it fits in \`buf_len\` bytes, so
that a guest can ask again with more room and nothing is ever cut. \`http_body\` alone gives what there is, like a read.`

const of = (module: string) => ABI.filter((entry) => entry.module === module)

export const abiPage = (): string =>
  page(
    '# Host calls',
    GENERATED,
    INTRODUCTION,
    `## WASI preview 1`,
    `Module name: ${code(WASI_MODULE)}. All of its ${of(WASI_MODULE).length} functions are there.`,
    table(
      ['function', 'capability', 'place', 'deviations from the specification'],
      of(WASI_MODULE).map((entry) => [link(entry), capabilities(entry), PLACES[entry.place], entry.deviation ?? '']),
    ),
    `Two things hold for all paths: they are resolved component by component below the directory that they are given to, and one that is absolute or
leads out of it is [\`perm\`](errors/errno-perm.md), as is a symbolic link that leads out when it is followed. And rights are kept as the specification
says: a handle never has more than the one that it was opened through, and what it gives up does not come back.`,
    `## The native namespace`,
    `Module name: ${code(NATIVE_MODULE)}.`,
    NATIVE,
    table(
      ['function', 'capability', 'place', 'what it does'],
      of(NATIVE_MODULE).map((entry) => [link(entry), capabilities(entry), PLACES[entry.place], entry.summary]),
    ),
    '## Layouts',
    'Sizes of what pointers point to. Those of preview 1 are its specification’s.',
    table(
      ['layout', 'bytes'],
      Object.entries(LAYOUT_BYTES).map(([name, bytes]) => [code(name), String(bytes)]),
    ),
    '`certificate`: beginning and end of validity in seconds since the epoch (u64 each), then 1 if the certificate is trusted for the host and 0 if not (u32), and four bytes of padding.',
    '## Rights',
    table(
      ['bit', 'right'],
      Object.keys(RIGHTS).map((name, bit) => [String(bit), code(name)]),
    ),
    '## Error numbers',
    'Those that calls answer; each has a page with causes and remedies.',
    table(
      ['number', 'name'],
      Object.entries(ERRNO)
        .filter(([name]) => name === 'success' || ABI.some(({ errnos }) => (errnos as readonly string[]).includes(name)))
        .map(([name, value]) => [String(value), name === 'success' ? code(name) : `[${code(name)}](errors/errno-${name}.md)`]),
    ),
    `## Functions of ${WASI_MODULE}`,
    ...of(WASI_MODULE).map(section),
    `## Functions of ${NATIVE_MODULE}`,
    ...of(NATIVE_MODULE).map(section),
  )
