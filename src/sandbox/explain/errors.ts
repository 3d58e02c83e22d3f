// The errors that the sandbox throws at its embedder, explained.

import type { AuditLogError } from '../audit/error.ts'
import type * as errors from '../errors.ts'
import type { SnapshotError } from '../snapshot/error.ts'
import type { StoreError } from '../store/store-error.ts'
import type { Entry } from './entry.ts'

/** What `name` of an error of the sandbox can be. */
export type ErrorName = keyof typeof errors | StoreError['name'] | SnapshotError['name'] | AuditLogError['name']

export const ERROR_ENTRIES: Readonly<Record<ErrorName, Entry>> = {
  PolicyError: {
    title: 'the policy is not valid, or cannot be enforced',
    meaning: 'The policy was not accepted. `places` has every place in it that is wrong; the sentence says what is wrong there.',
    cause: [
      'A key that does not exist, or a value out of its range.',
      'A limit that this isolation level or platform cannot enforce, such as live directories on another system than Linux.',
      'A pattern of the network grant that cannot be read.',
      '`quotas.residentBytes` is smaller than what an honest guest can need under the other quotas.',
    ],
    remedy: 'Change the places that are named; docs/policy.md has every key with its values.',
  },
  UsageError: {
    title: 'the sandbox was used in a way that does not fit',
    meaning:
      'An argument does not fit the policy or the function, or the instance or sandbox is in another state than the call needs.',
    cause: [
      'A call of an instance that has ended, or that is in the middle of another call.',
      'Arguments, variables, input or files that the policy does not grant, or that are larger than its quotas.',
      'A key that the policy grants and the sandbox was not given, or one of an algorithm that is not offered.',
      'A directory for a snapshot that cannot be read, or is larger than the quotas.',
    ],
    remedy: 'The sentence names the place and what would fit. It is never the guest’s doing, so trying again changes nothing.',
  },
  OutDirectoryError: {
    title: 'what a guest left cannot be written there',
    meaning:
      'What a guest changed is written into a new or an empty directory only, and this is neither. Nothing has been written.',
    cause: [
      'The directory has something in it, from an earlier run perhaps.',
      'It is a file, or a link, even one to a directory.',
      'It cannot be read.',
    ],
    remedy: 'Name a directory that is not there yet.',
  },
  GuestNotReady: {
    title: 'create could not make an instance',
    meaning: 'The module was refused, or its start function or `_initialize` did not complete. `result` says all.',
    cause: ['See `result.outcome` and, for a refusal, the code of the first security event.'],
    remedy: 'Handle it like the result of `execute`; see the page of the outcome.',
  },
  JailError: {
    title: 'a jail could not be started',
    meaning:
      'The process in which guests run did not start. It is the fault of the machine or of its configuration, not of a guest.',
    cause: [
      'No memory or no process number is left.',
      'Node was moved or replaced while the host was running.',
      'A system policy, such as seccomp of a container, forbids to start processes.',
    ],
    remedy:
      'Read the sentence, which has the last words of the process; start `node --permission --version` by hand in the same environment.',
  },
  PoolFull: {
    title: 'there is no jail for the guest',
    meaning:
      'As many guests as may be are alive already (`pool.maxJails`), and the queue is full, or none of them ended while the guest waited.',
    cause: [
      'More work comes than is done: each guest holds its jail until it ends.',
      'Instances that nobody terminates; a call of `terminate`, or `await using`, gives the jail back.',
      'One principal’s guests take all jails for long; the queue is fair, but it takes nothing from a guest that runs.',
    ],
    remedy:
      'Try again later, or tell your own caller to. If the machine has room, raise `pool.maxJails`; if waiting is fine, raise `pool.queue`.',
  },
  PrincipalQuotaExceeded: {
    title: 'a principal has all that its guests may have together',
    meaning:
      'The guest was not started, or the call not made, because all guests of its principal together have as much as the sandbox’s option `perPrincipal` allows. `quota` and `limit` say of what.',
    cause: [
      'Many guests of one principal at the same time, each of them within its policy.',
      'Guests that sleep or wait: they count as long as they are there.',
      'Guests of this principal have used the processor for longer than they may within the window.',
    ],
    remedy:
      'Try again when another guest of the principal has ended, or, for `cpu`, when the window has moved on. Raise the limit if that happens with honest guests. The sums count what policies allow, so policies with smaller quotas leave room for more guests.',
  },
  ManifestError: {
    title: 'the manifest of the module is not usable',
    meaning:
      'The manifest cannot be read, is not valid, or is there twice. `offset` is the byte in the module, if it is in there.',
    cause: [
      'The custom section or the file beside the module is not JSON, or does not follow the schema.',
      'Both are there and differ.',
      'It is larger than is read.',
    ],
    remedy: 'The sentence names the place. docs/manifest.schema.json has the schema, which editors understand.',
  },
  ConsentStoreError: {
    title: 'the file with the consents is not usable',
    meaning: 'The file cannot be read, written or understood. Nothing in it has been changed, and nothing is taken as consented.',
    cause: ['The file or its folder is not writable.', 'It was damaged, edited by hand, or written by a later version.'],
    remedy:
      'Repair the file or its permissions. Only if its contents are not worth it, move it away; then every consent is asked for again.',
  },
  AuditLogError: {
    title: 'an audit log is not usable',
    meaning:
      'The audit log cannot be opened, written or read. `problem` says why, `path` which file, `code` what the system said.',
    cause: [
      '`locked`: another process is writing to it.',
      '`unwritable`, `full`: its disk, its permissions, or its own limit.',
      '`damaged`, `cut`: something in it is not as it was written, or its end is missing.',
      '`unusable`: the key, an option, the anchor or the directory is not what it should be.',
      '`closed`: it was closed before. `callback`: a function that it was given threw.',
    ],
    remedy:
      'The sentence has the remedy for the problem. Nothing that was recorded before is changed; `gauntlet audit verify` says what is wrong with a log that is damaged.',
  },
  SnapshotError: {
    title: 'a snapshot cannot be taken, used, written or read',
    meaning: 'Something about a snapshot does not work. `code` says what it is; the guest that was to be captured goes on.',
    cause: [
      'The instance was not created with the option `snapshots`, is in the middle of a call, or has ended.',
      'The guest has state that cannot be captured, such as an open file, or a reference to a garbage-collected object.',
      'The snapshot is of another module or policy, or was taken by a version with other host calls.',
      'The file is damaged, cut, forged, or cannot be read or written.',
    ],
    remedy:
      'Look the code up in docs/snapshots.md, which says what to do. A snapshot that is damaged is taken again; there is nothing in it to repair.',
  },
  StoreError: {
    title: 'a file of the sandbox is not usable',
    meaning: 'The database of results, or of the key-value store, cannot be used. `problem` says why, `path` which file.',
    cause: [
      '`locked`: another process has been writing to it for longer than one waits.',
      '`full`: its disk, or its own limit.',
      '`corrupt`, `foreign`, `newer`: it is damaged, belongs to something else, or was written by a later version.',
      '`inaccessible`: it cannot be opened, read or written here.',
    ],
    remedy: 'The sentence has the remedy for the problem. What was acknowledged before is still there; the file was not changed.',
  },
  SigningError: {
    title: 'a key or a module that cannot be used for signing',
    meaning:
      'The key is none that modules are signed or verified with, or the module cannot be signed with it. Nothing was written.',
    cause: [
      'A public key where a secret one is needed, or the other way round.',
      'A key of another algorithm than Ed25519, one with a passphrase, or a damaged file.',
      'The key has signed the module before.',
      'The module has a signature section that cannot be read.',
    ],
    remedy: 'The sentence says which. docs/signing.md has the kinds of key files, and how to make them.',
  },
}
