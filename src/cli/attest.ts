// `gauntlet attest`: signs what a run has found, and checks such a signature together with what it is about.
import { createHash, type KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { checkContent } from '../reports/attestation/check.ts'
import { ATTESTATION, attestedFiles } from '../reports/attestation/files.ts'
import { filesOf, PAYLOAD_TYPE, type Statement, sandboxOf, statementText } from '../reports/attestation/statement.ts'
import { MAX_REPORT_BYTES, REPORT_FILE, readRecord } from '../reports/read-record.ts'
import { visible, visibleJson } from '../reports/visible.ts'
import { resolvePolicy } from '../sandbox/policy/resolve.ts'
import { type DsseEnvelope, decodeDsse, ENVELOPE_BYTES, encodeDsse, signDsse, verifyDsse } from '../sandbox/signing/dsse.ts'
import { InvalidSignature } from '../sandbox/signing/invalid-signature.ts'
import { readFileBounded } from './bounded-read.ts'
import { inputError } from './cli-error.ts'
import { EXIT } from './exit-codes.ts'
import { readSecretKey } from './key-files.ts'
import { type Output, write, writeLine } from './terminal.ts'
import { type TrustOptions, trustFrom } from './trust-option.ts'
import { writeWholeFile } from './write-file.ts'

// --- sign ---------------------------------------------------------------------------------------------------------------------------------

export async function attest(directory: string, { key }: { readonly key: string }, output: Output): Promise<void> {
  await attestRun(directory, await readSecretKey(key), output)
}

/** Writes the attestation of a run whose reports have been written, or adds a signature to it. */
export async function attestRun(directory: string, secret: KeyObject, output: Output): Promise<void> {
  const reportPath = join(directory, REPORT_FILE)
  const report = await readAll(reportPath, MAX_REPORT_BYTES)
  const read = readRecord(report)
  if ('problem' in read) throw inputError(`${reportPath} ${read.problem}; name the directory of a run.`)
  const files = await attestedFiles(directory, read.record)
  // What was read is what is signed, should somebody change the file in between.
  if (files.get(REPORT_FILE) !== createHash('sha256').update(report).digest('hex'))
    throw inputError(`${reportPath} is being changed; sign it when nobody writes to it any more.`)
  const payload = Buffer.from(statementText(read.record, files))
  const path = join(directory, ATTESTATION)
  const signed = signDsse({ payloadType: PAYLOAD_TYPE, payload, signatures: await formerSignatures(path, payload) }, secret)
  await writeWholeFile(path, Buffer.from(encodeDsse(signed)), { mode: 0o644, replace: true })
  const who = `${signed.signatures.length} ${signed.signatures.length === 1 ? 'signature' : 'signatures'}`
  await writeLine(output, `${path}: ${files.size} files, ${who}`)
}

/** Signatures over the same statement stay; an attestation of something else is not written over in silence. */
async function formerSignatures(path: string, payload: Uint8Array): Promise<DsseEnvelope['signatures']> {
  const there = await readFileBounded(path, ENVELOPE_BYTES).catch(() => null)
  if (there === null) return []
  const former = 'bytes' in there ? envelopeOf(there.bytes) : null
  if (former !== null && typeof former !== 'string' && Buffer.from(former.payload).equals(payload)) return former.signatures
  throw inputError(`${path} is about other files than are there now; check it, and remove it before you sign again.`)
}

// --- verify -------------------------------------------------------------------------------------------------------------------------------

export interface VerifyAttestationOptions extends TrustOptions {
  readonly json?: true
}

interface Answer {
  readonly verified: boolean
  /** One sentence each. */
  readonly problems: readonly string[]
  readonly signers: readonly string[]
  readonly statement: Statement | null
}

/** @returns 0 if enough of the keys have signed it and everything is as it says, 1 if not */
export async function verifyAttestation(directory: string, options: VerifyAttestationOptions, output: Output): Promise<number> {
  const trust = resolvePolicy({ signatures: await trustFrom(options) }).signatures!
  const envelope = envelopeOf(await readAll(join(directory, ATTESTATION), ENVELOPE_BYTES))
  const report = await readAll(join(directory, REPORT_FILE), MAX_REPORT_BYTES)
  const answer = typeof envelope === 'string' ? refused(envelope) : await answerOf(envelope)
  await write(output, options.json ? visibleJson(answer) : told(answer))
  return answer.verified ? EXIT.ok : EXIT.unverified

  async function answerOf(envelope: DsseEnvelope): Promise<Answer> {
    const { verified, message, signers } = verifyDsse(envelope, trust, Date.now())
    if (!verified) return refused(`${message}.`)
    if (envelope.payloadType !== PAYLOAD_TYPE) return refused('What is signed is something else than a statement of in-toto.')
    const { problems, statement } = await checkContent(envelope.payload, directory, report)
    return { verified: problems.length === 0, problems, signers, statement }
  }
}

const refused = (problem: string): Answer => ({ verified: false, problems: [problem], signers: [], statement: null })

/** The envelope, or what is wrong with it. */
function envelopeOf(bytes: Uint8Array): DsseEnvelope | string {
  try {
    return decodeDsse(bytes)
  } catch (error) {
    if (error instanceof InvalidSignature) return error.message
    throw error
  }
}

function told({ verified, problems, signers, statement }: Answer): string {
  if (!verified || statement === null) return problems.map((problem) => `not verified: ${visible(problem)}\n`).join('')
  const { result, configuration, passedTests, warnedTests, failedTests } = statement.predicate
  const notRun = configuration[0]?.annotations?.['notRun']
  const counts = [
    `${passedTests.length} threats passed`,
    `${failedTests.length} failed`,
    `${warnedTests.length} need review`,
    `${Array.isArray(notRun) ? notRun.length : 0} were not run`,
  ]
  const lines = [
    `verified: signed by ${signers.map((name) => visible(name)).join(', ')}; ${filesOf(statement).size} files are what was signed`,
    `result    ${result}, as follows from report.json: ${counts.join(', ')}`,
    `sandbox   ${sandboxOf(statement) ?? 'none: the run was not about it, or its digest is not in the report'}`,
  ]
  return `${lines.join('\n')}\n`
}

// --- files --------------------------------------------------------------------------------------------------------------------------------

async function readAll(path: string, max: number): Promise<Uint8Array> {
  const read = await readFileBounded(path, max)
  if ('tooLarge' in read) throw inputError(`${path} has ${read.tooLarge} bytes, and none that a run wrote has more than ${max}.`)
  return read.bytes
}
