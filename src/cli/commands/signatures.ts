// Commands with keys: keygen, sign, verify, attest.
import type { Command } from 'commander'
import { ATTEST_HELP, KEYGEN_HELP, SIGN_HELP, VERIFY_HELP } from '../help.ts'
import { repeatable } from './options.ts'

export function addSigning(program: Command, end: (code: number) => void): void {
  program
    .command('keygen')
    .summary('make a key pair for signing modules')
    .description('Makes an Ed25519 key pair: NAME.secret.key, which only you can read, and NAME.public.key.')
    .argument('<name>', 'name of the files, and of the key')
    .option('-o, --out <folder>', 'where to put them', '.')
    .option('--force', 'replace keys that are there; what was signed with them stays signed')
    .addHelpText('after', KEYGEN_HELP)
    .action(async (name, options) => {
      const { keygen } = await import('../keygen.ts')
      await keygen(name, options, process.stdout)
    })
  program
    .command('sign')
    .summary('sign a module')
    .description('Adds a signature over all of the module to those that it has. What runs is not changed.')
    .argument('<module>', 'a .wasm file, or a .wat file, which is assembled first')
    .requiredOption('-k, --key <file>', 'your secret key')
    .requiredOption('-o, --out <file>', 'the signed module; may be the module itself')
    .option('--detached', 'write the signature alone, for a module that must stay as it is')
    .addHelpText('after', SIGN_HELP)
    .action(async (path, options) => {
      const { sign } = await import('../sign.ts')
      await sign(path, options, process.stdout)
    })
  program
    .command('verify')
    .summary('check who has signed a module')
    .description('Checks that all of a module is signed by enough of the keys that you trust. Runs nothing.')
    .argument('<module>', 'a .wasm file')
    .option('-k, --key <file>', 'a public key that counts; repeatable', repeatable)
    .option('--required <number>', 'how many of the keys must have signed it (default: all of them)')
    .option('--policy <file>', 'a policy that says which signatures it requires, instead of --key')
    .option('--signature <file>', 'a signature that is not in the module')
    .option('--json', 'print it as JSON')
    .addHelpText('after', VERIFY_HELP)
    .action(async (path, options) => {
      const { verify } = await import('../verify.ts')
      end(await verify(path, options, process.stdout))
    })
}

export function addAttest(program: Command, end: (code: number) => void): void {
  const attest = program
    .command('attest')
    .summary('sign the reports of a run, and check such a signature')
    .description('Signs what a run has found as an in-toto attestation, and checks one together with the files that it is about.')
    .addHelpText('after', ATTEST_HELP)
  attest
    .command('sign')
    .description('Writes attestation.intoto.json into the directory of a run, or adds a signature to the one that is there.')
    .argument('<run>', 'directory of a run')
    .requiredOption('-k, --key <file>', 'your secret key')
    .action(async (directory, options) => {
      const { attest } = await import('../attest.ts')
      await attest(directory, options, process.stdout)
    })
  attest
    .command('verify')
    .description('Checks the signatures, the digest of every file, and that what is claimed follows from report.json.')
    .argument('<run>', 'directory of a run')
    .option('-k, --key <file>', 'a public key that counts; repeatable', repeatable)
    .option('--required <number>', 'how many of the keys must have signed it (default: all of them)')
    .option('--policy <file>', 'a policy that says whose signatures count, instead of --key')
    .option('--json', 'print it as JSON, with the whole statement')
    .action(async (directory, options) => {
      const { verifyAttestation } = await import('../attest.ts')
      end(await verifyAttestation(directory, options, process.stdout))
    })
}
