// `gauntlet accept`: a finding becomes a case of the corpus, or a seed of the target that found it, and so is tried in every run from then on.
import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type CaseText, caseText } from '../attacks/case-text.ts'
import { inFreshChamber } from '../campaign/chamber.ts'
import { watOf } from '../campaign/wat.ts'
import { judgeAttack, judgeTrial } from '../oracles/judge.ts'
import type { Verdict } from '../oracles/observation.ts'
import { visible } from '../reports/visible.ts'
import { resolveTarget } from '../targets/load.ts'
import { CliError, inputError, usageError } from './cli-error.ts'
import { EXIT } from './exit-codes.ts'
import { PROJECT_DIR } from './project.ts'
import { type FailureSubject, isFindingId, readSubject, storedFinding, type TrialSubject } from './replay-subject.ts'
import { type Output, writeLine } from './terminal.ts'
import { checkFree, type WriteOptions, writeWholeFile } from './write-file.ts'

export interface AcceptOptions {
  /** Words behind the threat in the name of the case. */
  readonly name?: string
  readonly title?: string
  readonly target?: string
  /** Folder in which findings are looked up. */
  readonly reports: string
  /** Folder of the corpus. */
  readonly corpus: string
}

const HOW: WriteOptions = { mode: 0o644, replace: false, remedy: 'name the case with --name' }

/** @returns 0 once it is written */
export async function accept(what: string, options: AcceptOptions, output: Output): Promise<number> {
  const found = isFindingId(what) ? (await storedFinding(what, options.reports)).finding : null
  if (found?.source === 'corpus')
    throw usageError(`${what} is a finding of the corpus itself (${found.location.path}); there is nothing to add.`)
  const subject = await readSubject(what, options.reports)
  if (subject.kind === 'failure') return await acceptInput(subject, options, output)
  const made = await caseOf(subject, found?.title ?? subject.title, found?.id ?? null, options)
  const path = join(options.corpus, made.file)
  await checkFree(path, HOW)
  const target = resolveTarget(options.target ?? subject.target ?? 'jail')
  const verdict = await replayed(made, target)
  if (verdict.kind === 'inconclusive')
    throw new CliError(`The case would prove nothing on ${target}: ${visible(verdict.reason)}; it was not written.`, EXIT.fault)
  await writeWholeFile(path, Buffer.from(made.text), HOW)
  await writeLine(output, path)
  await writeLine(
    output,
    verdict.kind === 'violated'
      ? `It is violated on ${target}, as it was found: ${visible(verdict.reason)}`
      : `It is contained on ${target} now, so it stays as a regression test.`,
  )
  return EXIT.ok
}

async function caseOf(subject: TrialSubject, title: string, id: string | null, options: AcceptOptions): Promise<CaseText> {
  const [threat] = subject.threats
  if (threat === undefined) throw usageError('The finding names no threat of the model, and a case must; write it by hand.')
  if (!subject.twin)
    throw usageError('A case needs a twin, and here it was the twin that went wrong, or none was stored; write it by hand.')
  const words = options.name ?? slug(title)
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(words))
    throw usageError(
      `${JSON.stringify(words)} cannot be the name of a case; use small letters and digits with dashes between the words.`,
    )
  const provenance = id === null ? `found by gauntlet as ${subject.id}` : `found by gauntlet as ${subject.id} (finding ${id})`
  const source = {
    id: `${threat}-${words}`,
    title: options.title ?? title,
    threats: subject.threats,
    provenance,
    notices: await controlsOf(threat),
    attack: subject.attack,
    twin: subject.twin,
  }
  return await caseText(source, watOf)
}

/** What has to be weakened for the case to go red is for people to say; the model at least knows where to look. */
async function controlsOf(threat: string): Promise<string> {
  const { loadThreatModel } = await import('../threats/index.ts')
  const { threats } = await loadThreatModel(join(PROJECT_DIR, 'threat-model'))
  const controls = threats.find(({ id }) => id === threat)?.controls
  if (!controls) throw usageError(`There is no threat ${threat} in the threat model, and a case must name one; write it by hand.`)
  return `one of the controls that answer ${threat}: ${controls.join(', ')}`
}

/** Words of a title that can stand in a file's name. */
const slug = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 48)
    .replace(/^-+|-+$/g, '')

async function replayed({ attack }: CaseText, target: string): Promise<Verdict> {
  const one = await inFreshChamber({ target }, attack.id, attack)
  const twin = await inFreshChamber({ target }, `${attack.id}.twin`, attack.twin)
  return judgeAttack(judgeTrial(attack, one.observation, one.info.own), judgeTrial(attack.twin, twin.observation, twin.info.own))
}

/** An input becomes a seed, under its digest: every run of its target begins with it. */
async function acceptInput({ id, input }: FailureSubject, { corpus }: AcceptOptions, output: Output): Promise<number> {
  if (!input)
    throw usageError(
      `${id} is about a property, whose counterexample is no module; make a test of it (see "gauntlet replay ${id}").`,
    )
  const folder = join(corpus, 'seeds', input.target)
  await mkdir(folder, { recursive: true }).catch(() => {
    throw inputError(`${folder} cannot be made; name a folder that you may write to with --corpus.`)
  })
  const path = join(folder, createHash('sha256').update(input.bytes).digest('hex').slice(0, 40))
  await writeWholeFile(path, input.bytes, { ...HOW, remedy: 'it was accepted before' })
  await writeLine(output, path)
  return EXIT.ok
}
