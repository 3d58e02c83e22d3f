// Why a module is refused, explained. docs/refusals.md is made from this too.
import type { RefusalCode } from '../admission/refusal.ts'
import type { Entry } from './entry.ts'

export const REFUSAL_ENTRIES: Readonly<Record<RefusalCode, Entry>> = {
  'not-a-module': {
    title: 'no core module',
    meaning: 'The bytes do not begin with the magic and version of a core module.',
    cause: [
      'A component (of the component model) instead of a core module.',
      'WebAssembly text, a web page, or an empty or cut file.',
    ],
    remedy: 'Give a binary core module. `gauntlet run` also takes WebAssembly text in a `.wat` file.',
  },
  malformed: {
    title: 'a broken binary format',
    meaning: 'The binary format is broken at the byte that the sentence and `offset` name.',
    cause: [
      'A file that was cut or changed on its way.',
      'A tool that wrote it has a defect.',
      'A module made to attack readers.',
    ],
    remedy: 'Build the module again, or fetch it again and compare its SHA-256.',
  },
  limit: {
    title: 'a count or size above a quota',
    meaning: 'A count or size of the module is above the policy’s, in most cases the quota that the sentence names.',
    cause: ['A large program, such as an interpreter of a language.', 'A module made to exhaust compilers.'],
    remedy:
      'If the module is worth it, raise that quota, or use `extends: relaxed`. A build that is optimised for size and stripped of debugging information may fit as it is.',
  },
  'signature-missing': {
    title: 'a module without signatures',
    meaning: 'The policy requires signatures, and the first section of the module is no signature section.',
    cause: [
      'A module that was never signed, or was built again since.',
      'A tool behind the signer that removes custom sections (`wasm-strip`, `wasm-opt`), or moves them.',
      'Somebody removed the signatures.',
    ],
    remedy: 'Sign the module as the last step of the build (`gauntlet sign`), or get it again from who signed it.',
  },
  'signature-invalid': {
    title: 'signatures that are not of this module',
    meaning:
      'What the module carries as signatures is not in the format, not for every byte of it, or made up in the name of a trusted key. Nothing else in it was read.',
    cause: [
      'The module was changed after it had been signed: on its way, by a tool, or by an attacker.',
      'Only a part of it was signed, or sections were added behind.',
      'A signature in another version of the format, or with another algorithm.',
    ],
    remedy:
      'Get the module again from who signed it, and sign behind every other step of the build. `gauntlet verify` says more.',
  },
  'signature-untrusted': {
    title: 'too few signatures that count',
    meaning: 'All of the module is signed, but by fewer keys of the policy than `signatures.required`.',
    cause: [
      'A signature is by a key that the policy does not have, or two of them by the same person.',
      'A key was revoked, or its time (`notBefore`, `notAfter`) is over or has not come.',
      'The clock of the host is wrong.',
    ],
    remedy:
      'Have the missing signers sign it with keys that count today, or add their keys to the policy if they should be trusted.',
  },
  'module-revoked': {
    title: 'a module that was revoked',
    meaning: 'The SHA-256 of the file, or of what is signed in it, is in `signatures.revokedModules`.',
    cause: ['A version with a known defect, or one that should never have been signed.'],
    remedy: 'Use a later version. Only if the entry is a mistake, remove it from the policy.',
  },
  feature: {
    title: 'a feature that is not allowed',
    meaning: 'The module uses a proposal that the policy does not list, whatever the engine would accept.',
    cause: ['A compiler that targets newer engines than the policy does.'],
    remedy:
      'Build without the feature (`-mno-…` of clang, `-C target-feature=-…` of rustc), or add its name to `features` of the policy.',
  },
  'manifest-invalid': {
    title: 'a manifest that cannot be used',
    meaning: 'The custom section `gauntlet.manifest` of the module is there twice, too large, or not a valid manifest.',
    cause: [
      'A mistake in the manifest: a key or capability that does not exist, or JSON that is broken.',
      'A tool that added the section a second time.',
    ],
    remedy:
      'The sentence names the place. Correct the manifest, or remove the section; docs/manifest.schema.json has the schema.',
  },
  'import-unknown': {
    title: 'an import that nobody offers',
    meaning: 'An import is not a function of the ABI table: another module name, another function, an older or newer WASI.',
    cause: [
      'A module for browsers or for another host, with glue code in JavaScript (`env`, `wbg`, `gojs`).',
      'A module for `wasi_unstable`, the preview before preview 1.',
      'A misspelt name in the guest’s own imports.',
    ],
    remedy:
      'Build for WASI preview 1 (`wasm32-wasip1`, `wasm32-wasi`), or remove the import. docs/abi.md lists all that is offered.',
  },
  'import-not-granted': {
    title: 'an import without its capability',
    meaning: 'The import needs a capability that the policy does not grant.',
    cause: ['The guest needs more than the policy gives.', 'A library imports more than the program uses.'],
    remedy: 'Grant the capability that the sentence names, if the guest should have it; otherwise remove what imports the call.',
  },
  'import-signature': {
    title: 'an import of another type',
    meaning: 'The import has the name of a host call, but another type.',
    cause: ['A declaration by hand that is wrong.', 'Headers of another version.'],
    remedy: 'Build against the right headers; docs/abi.md has the type of every call.',
  },
  'import-kind': {
    title: 'an import that is no function',
    meaning: 'A memory, table, global or tag is imported.',
    cause: ['A module that is linked with `--import-memory` or `--import-table`, or for dynamic linking.'],
    remedy: 'Let the module define it: link without these options, and statically.',
  },
  'export-reserved': {
    title: 'a reserved export',
    meaning: 'The name of an export begins with `$gauntlet.`, which the sandbox uses itself.',
    cause: ['A module that has been through admission before.', 'A module that wants to stand in for the sandbox’s own exports.'],
    remedy: 'Rename the export, or give the module as its compiler made it.',
  },
  'entry-signature': {
    title: 'an entry of another type',
    meaning: '`_start` or `_initialize` is not a function without parameters and results.',
    cause: ['A function of the program’s has one of these names by chance.'],
    remedy: 'Rename it, or give it that type.',
  },
  'entry-ambiguous': {
    title: 'two kinds of entry',
    meaning: 'Both `_start` and `_initialize` are exported.',
    cause: ['A build that mixes a command and a reactor.'],
    remedy: 'Export one of them: a module is a command or a reactor, not both (`-mexec-model=` of clang).',
  },
  'entry-missing': {
    title: 'nothing to call',
    meaning: 'The function to call is not exported, or has parameters or results that are not numbers.',
    cause: ['A library, which has no `_start`.', 'A misspelt name.'],
    remedy: 'Name another function with `entry` (`--entry` of `gauntlet run`); `gauntlet inspect` lists what is exported.',
  },
  'memory-limit': {
    title: 'too much memory at the start',
    meaning: 'The memories of the module start with more bytes than `quotas.memoryBytes`.',
    cause: ['A large static array.', 'A linker option for the initial memory.'],
    remedy: 'Link with a smaller initial memory (`--initial-memory=` of wasm-ld), or raise `quotas.memoryBytes`.',
  },
  'table-limit': {
    title: 'too many table elements at the start',
    meaning: 'The tables of the module start with more elements than `quotas.tableElements`.',
    cause: ['A program with very many functions whose addresses are taken.', 'A linker option for the table.'],
    remedy: 'Link with a smaller table, or raise `quotas.tableElements`.',
  },
  'memory-kind': {
    title: 'a memory that host calls cannot use',
    meaning: 'The module imports host calls that take addresses, and has several memories, a 64-bit memory or a shared one.',
    cause: ['A build for threads (`-pthread`), for `wasm64`, or with multiple memories.'],
    remedy: 'Build for a single, private, 32-bit memory.',
  },
  'metering-unsupported': {
    title: 'a module that cannot be metered',
    meaning: 'The policy limits fuel or the depth of calls, and the module cannot be rewritten so that it counts them.',
    cause: [
      'A function, or the module, is so close to the limits of engines that nothing can be added: 50,000 locals, 7,654,321 bytes of a body.',
      'What the rewriter wrote did not pass the independent check: a defect of the sandbox; nothing runs that is not proven to be metered.',
    ],
    remedy:
      'Split the function that the sentence names, or set `quotas.fuel` and `quotas.callDepth` to null where other limits are enough. If the check failed, report it with the module.',
  },
  'engine-rejected': {
    title: 'the engine refused it',
    meaning: 'The module is well formed, but the validation of the engine refused it: in most cases it is not well typed.',
    cause: ['A tool that wrote or changed the module has a defect.', 'A feature that this version of Node does not have.'],
    remedy: 'Build the module again without the last tool of the chain; compare with a newer Node.',
  },
}
