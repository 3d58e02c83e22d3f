// docs/errors: one page for each code, and their index. docs/refusals.md: the refusals at a glance.
import { OUTCOME_EXIT } from '../../src/cli/exit-codes.ts'
import { CODES, type Code, type CodeKind, type Explanation, explain } from '../../src/sandbox/explain.ts'
import { ABI } from '../../src/sandbox/host/abi/index.ts'
import { ERRNO } from '../../src/sandbox/host/errno.ts'
import { code, GENERATED, page, table } from './markdown.ts'

const KINDS: Readonly<Record<CodeKind, { readonly heading: string; readonly where: string }>> = {
  outcome: { heading: 'Outcomes', where: '`outcome` of a result: how a run ended.' },
  trap: { heading: 'Traps', where: '`trap` of a result whose outcome is `trapped`.' },
  refusal: {
    heading: 'Refusals',
    where: '`code` of a security event of the type `module-refused`: why a module was not admitted.',
  },
  errno: { heading: 'Error numbers', where: 'What host calls answer to the guest.' },
  event: { heading: 'Security events', where: '`type` of a security event.' },
  error: { heading: 'Errors', where: '`name` of an error that the sandbox throws at its embedder.' },
}

const kindOf = (of: Code): CodeKind => of.slice(0, of.indexOf('/')) as CodeKind
const nameOf = (of: Code): string => of.slice(of.indexOf('/') + 1)
export const fileOf = (of: Code): string => `${of.replace('/', '-')}.md`

/** Codes and documents that the texts name become links. @param up from the page to docs */
function linked(text: string, up = '../'): string {
  return text
    .replace(/`([a-z]+\/[A-Za-z0-9-]+)`/g, (whole, mentioned: string) => {
      const found = explain(mentioned)
      return found ? `[${whole}](${up}errors/${fileOf(found.code)})` : whole
    })
    .replace(/\bdocs\/([a-z.-]+\.(?:md|json))/g, `[docs/$1](${up}$1)`)
    .replace(/\bSECURITY\.md/g, `[SECURITY.md](${up}../SECURITY.md)`)
}

/** What is known of the code from elsewhere. */
function facts(of: Code): string[] {
  const name = nameOf(of)
  switch (kindOf(of)) {
    case 'outcome': {
      const exit = (OUTCOME_EXIT as Readonly<Record<string, number>>)[name]
      return [`Exit code of \`gauntlet run\`: ${exit ?? 'the guest’s own'} ([exit codes](../exit-codes.md)).`]
    }
    case 'errno': {
      const calls = ABI.filter(({ errnos }) => (errnos as readonly string[]).includes(name))
      return [
        `Error number ${ERRNO[name as keyof typeof ERRNO]} of WASI preview 1.`,
        `Calls that can answer it: ${calls.map((call) => `[${code(call.name)}](../abi.md#${call.name})`).join(', ')}.`,
      ]
    }
    case 'trap':
      return ['The outcome is [`outcome/trapped`](outcome-trapped.md).']
    case 'refusal':
      return ['The outcome is [`outcome/refused`](outcome-refused.md). [All refusals](../refusals.md).']
    default:
      return []
  }
}

const codePage = ({ code: of, title, meaning, cause, remedy }: Explanation): string =>
  page(
    `# ${of}: ${title}`,
    GENERATED,
    linked(meaning),
    '## How it comes about',
    cause.map((one) => `- ${linked(one)}`).join('\n'),
    '## What to do',
    linked(remedy),
    ...(facts(of).length > 0 ? ['## Where', ...facts(of)] : []),
    '[All codes](README.md)',
  )

const explanations = (kind: CodeKind): Explanation[] => CODES.filter((one) => kindOf(one) === kind).map((one) => explain(one))

const EXAMPLE = `\`\`\`ts
import { explain } from 'wasm-gauntlet/sandbox'

explain('outcome/cpu-limit').remedy
\`\`\``

const index = (): string =>
  page(
    '# Codes',
    GENERATED,
    'Everything that the sandbox says by a code: what it means, how it comes about, and what to do. A program gets the same from `explain`:',
    EXAMPLE,
    ...(Object.keys(KINDS) as CodeKind[]).flatMap((kind) => [
      `## ${KINDS[kind].heading}`,
      KINDS[kind].where,
      table(
        ['code', 'in short'],
        explanations(kind).map((one) => [`[${code(one.code)}](${fileOf(one.code)})`, one.title]),
      ),
    ]),
  )

export function errorPages(): Map<string, string> {
  return new Map([['errors/README.md', index()], ...CODES.map((of) => [`errors/${fileOf(of)}`, codePage(explain(of))] as const)])
}

const REFUSALS = `A module that is refused has the outcome \`refused\`, and its first security event has the type \`module-refused\` with one of these codes. Codes are
stable; the sentences beside them may change. \`offset\` is the byte at which the module breaks the rule, where there is one. The page of a code has
its causes.`

export const refusalsPage = (): string =>
  page(
    '# Refusals',
    GENERATED,
    REFUSALS,
    table(
      ['code', 'what it means', 'what to do'],
      explanations('refusal').map(({ code: of, meaning, remedy }) => [
        `[${code(nameOf(of))}](errors/${fileOf(of)})`,
        linked(meaning, ''),
        linked(remedy, ''),
      ]),
    ),
  )
