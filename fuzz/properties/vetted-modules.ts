// No module takes a probe's place that could not run under its policy: one that is not signed as required is refused before it is compared with anything.
import { cook } from '../../src/attacks/recipes/index.ts'
import type { Property } from '../../src/campaign/property.ts'
import { resolvePolicy } from '../../src/sandbox/policy/resolve.ts'
import { vet } from '../../src/sandbox/probes/candidate.ts'
import { rawPublicKey, secretKeyOf } from '../../src/sandbox/signing/ed25519.ts'
import { type Case, checkCases } from '../cases.ts'

const publicKey = (seed: number) => Buffer.from(rawPublicKey(secretKeyOf(new Uint8Array(32).fill(seed)))).toString('base64')
const signedBy = (...signers: number[]) => cook('signed', { signers })
const policyOf = (required: number) =>
  resolvePolicy({
    extends: 'default',
    name: 'signed',
    signatures: { required, keys: [1, 2].map((seed) => ({ name: `key ${seed}`, publicKey: publicKey(seed) })) },
  })

const vetted =
  (module: Uint8Array, required: number, expected: string): Case =>
  () => {
    const place = { policy: policyOf(required), run: {}, requireManifest: false, active: null, allowVersion: 'newer' } as const
    const answer = vet(module, null, place)
    const seen = answer.verdict === 'fit' ? 'fit' : answer.code
    // What else can be said against the module is not in question here.
    const isRight = expected.startsWith('signature') ? seen === expected : !seen.startsWith('signature')
    return isRight ? null : `a module that is ${expected} is taken for ${seen}`
  }

const tampered = (): Uint8Array => {
  const module = Uint8Array.from(signedBy(1, 2))
  module[module.length - 2]! ^= 1
  return module
}

const property: Property = {
  name: 'vetted-modules',
  threats: ['SUP-05', 'SUP-03'],
  run: (seed, milliseconds) =>
    checkCases(
      {
        'signed by both': vetted(signedBy(1, 2), 2, 'fit'),
        'signed by one of two': vetted(signedBy(1), 2, 'signature-untrusted'),
        'signed by a stranger': vetted(signedBy(3), 1, 'signature-untrusted'),
        'signed, then changed': vetted(tampered(), 1, 'signature-invalid'),
        'not signed': vetted(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), 1, 'signature-missing'),
      },
      seed,
      milliseconds,
    ),
}
export default property
