// The errors that the sandbox throws at its embedder, explained.
import type * as errors from '../errors.ts'
import type { StoreError } from '../store/store-error.ts'
import type { Entry } from './entry.ts'

/** What `name` of an error of the sandbox can be. */
export type ErrorName = keyof typeof errors | StoreError['name']

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
}
