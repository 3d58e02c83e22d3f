// The types of security events, explained.
import type { SecurityEventType } from '../events.ts'
import type { Entry } from './entry.ts'

export const EVENT_ENTRIES: Readonly<Record<SecurityEventType, Entry>> = {
  'module-refused': {
    title: 'a module was refused',
    meaning: 'The module did not pass admission or the validation of the engine. `code` says why, `offset` at which byte.',
    cause: ['See the page of the code.'],
    remedy: 'See the page of the code, `refusal/<code>`.',
  },
  'syscall-blocked': {
    title: 'a host call was blocked',
    meaning: 'The guest imports or makes a host call that it may not make. `hostCall` names it, `capability` what it would need.',
    cause: [
      'At admission: the import is not known, or its capability is not granted. Then the module is refused.',
      'At run time: the policy denies the call in `hostCalls.deny`. Then the guest got `notcapable` and went on.',
    ],
    remedy:
      'Grant the capability or take the call off `hostCalls.deny` if the guest should make it. At run time, at most 500 are told one by one in a call of the guest.',
  },
  'syscall-logged': {
    title: 'a host call that is watched was made',
    meaning: 'The guest made a call that the policy names in `hostCalls.log`; `errno` is what it got.',
    cause: ['The policy asks to be told.'],
    remedy:
      'None is needed. At most 500 uses are told in a call of the guest; take the call off `hostCalls.log` if that is too much.',
  },
  'network-access': {
    title: 'the guest asked for the network',
    meaning: '`allowed` says whether it got it, `object` is the origin, name, or host and port that it asked for.',
    cause: [
      'Allowed: the policy grants it; each request, redirect, connection and query is one event.',
      'Not allowed: no pattern of `capabilities.net` allows it, one on a deny list forbids it, the address it leads to is not granted, or the request is malformed. The sentence says which.',
      'With `object: null`: a module that imports a network call was refused at admission.',
    ],
    remedy:
      'If the guest should have it, add a pattern to `capabilities.net.http`, `.dns` or `.tcp`, or the address or its class to `capabilities.net.addresses.allow`. If not, ask what the module wants there.',
  },
  'file-access': {
    title: 'the guest asked for files',
    meaning: '`allowed` says whether it got them, `object` is the path in the guest’s own view.',
    cause: [
      'A path that leaves its mount: absolute, with too many `..`, or through a symbolic link that leads out.',
      'Something in a live directory that is not served: a device, a pipe, a socket, another file system.',
      'With `object: null`: a module that imports a file call was refused at admission.',
    ],
    remedy:
      'If the guest should have the file, mount its directory (`capabilities.fs.mounts`) and let the guest name it below the mount. Some programs try absolute paths by habit; one that goes on trying looks for a way out.',
  },
  'access-refused': {
    title: 'the guest asked for something else that it may not have',
    meaning:
      'The guest named something of the embedder’s that it is not granted, such as a key. `capability` and `object` say what.',
    cause: ['A key that is not in `capabilities.crypto.keys`, or not granted for signing or verifying.'],
    remedy:
      'Add the name or the use to the grant if the guest should have it. The guest cannot tell a key that is not granted from one that nobody has.',
  },
  'quota-exceeded': {
    title: 'a quota is used up',
    meaning:
      'The guest used up the quota that `quota` names; `limit` is its value. The guest got `dquot`, or -1 from `table.grow`, and goes on; for `callDepth` it was ended.',
    cause: ['The guest does more than the policy expects: files, network, key-value store, reports.'],
    remedy: 'Raise `quotas.<quota>` if the guest should have more. The event comes once for each quota in a call of the guest.',
  },
  'audit-failed': {
    title: 'the audit log could not be written',
    meaning:
      'The audit sink threw or rejected. What follows depends on `audit.whenUnwritable` of the policy. `refuse`: what was to be recorded was not done, and nothing that would have to be recorded is done for this guest any more. `end-guest`: the guest was ended too. `continue-and-report`: what the guest asked for was done, without a record.',
    cause: [
      'The disk of the log is full, or its file is gone or not writable.',
      'The log has reached `maxBytes` or `maxSegments`.',
      'A defect of the sink.',
    ],
    remedy:
      'Repair the sink and create the guest again. Under `refuse` the guest saw `io` from every call that would have been recorded.',
  },
  'memory-limit': {
    title: 'the guest reached its memory limit',
    meaning: 'The guest had or wanted more memory than `limitBytes`; `actualBytes` is what was seen, if it was measured.',
    cause: [
      'The module starts with too much, and was refused.',
      'Its jail grew beyond `quotas.residentBytes`, and the guest was ended.',
      'It filled the heap of its thread (`quotas.heapBytes`), and was ended.',
      'A `memory.grow` was refused because of `quotas.memoryBytes`: the guest saw -1 and went on. Told once in a call.',
    ],
    remedy: 'See `outcome/memory-limit` and `refusal/memory-limit`.',
  },
  'cpu-limit': {
    title: 'the guest reached its time limit',
    meaning: 'A call took more time than `limitMs`; `clock` says whether of the CPU or by the wall clock.',
    cause: ['A loop, a wait, or more work than was expected.'],
    remedy: 'See `outcome/cpu-limit` and `outcome/wall-clock-limit`.',
  },
  'fuel-limit': {
    title: 'the guest reached its fuel limit',
    meaning: 'A call used up `limit` units of fuel, and the guest was ended.',
    cause: ['An endless loop or recursion, or more work than was expected.'],
    remedy: 'See `outcome/fuel-limit`.',
  },
  'output-limit': {
    title: 'the guest reached its output limit',
    meaning: 'The guest wrote more than `limitBytes` to standard output and standard error together.',
    cause: ['A flood of messages.'],
    remedy: 'See `outcome/output-limit`.',
  },
  'suspicious-behaviour': {
    title: 'something that no honest guest does',
    meaning:
      'The jail sent something that no jail of the sandbox sends, or the guest made a host call after its end. `what` says which.',
    cause: [
      'The guest got control of its jail, and speaks to the host in its name: `bad-frame`, `bad-request`, `second-ready`, `between-activations`.',
      'A cap that the cell keeps was passed: `output-over-cap`, `reports-over-quota`, `changes-over-quota`, `too-many-events`.',
      'The guest caught what should have ended it, and went on: `host-call-after-end`.',
    ],
    remedy: 'Treat the module as hostile: keep it, do not run it again outside of a test, and report it as SECURITY.md says.',
  },
  'resources-left': {
    title: 'something of an ended guest is still open',
    meaning:
      'The guest has ended, and the host still holds `count` descriptors, sockets or keys that it had opened for it. The result’s outcome is `outcome/sandbox-fault`, whatever the guest did.',
    cause: ['A file system that does not answer: its descriptors are closed when it does.', 'A defect of the sandbox.'],
    remedy:
      'Look for mounts on file systems that are slow or gone. Otherwise report it with the module; the host can go on, but each such guest costs it a little for ever.',
  },
  'guest-killed': {
    title: 'the guest was stopped from outside',
    meaning:
      'The guest had to be stopped; `step` is the last step of the kill ladder that was needed, `elapsedMs` how long it took.',
    cause: ['A limit was reached, or the embedder ended the guest in the middle of a call.'],
    remedy:
      'None is needed: the outcome says why. `sigkill` means that the jail’s process had to go too, as for a guest in the middle of a very long bulk operation.',
  },
}
