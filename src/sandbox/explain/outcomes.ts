// How a run can end, explained.
import type { Outcome } from '../result.ts'
import type { Entry } from './entry.ts'

export const OUTCOME_ENTRIES: Readonly<Record<Outcome, Entry>> = {
  completed: {
    title: 'the entry function returned',
    meaning: 'The function that was called returned. `values` has its results; `success` is true.',
    cause: ['The guest did what it was called for.'],
    remedy: 'None is needed. Whether the guest was content is for its own results to say: a report, its output, `values`.',
  },
  exited: {
    title: 'the guest called proc_exit',
    meaning: 'The guest ended itself with the code in `exitCode`; `success` is true if that is 0.',
    cause: [
      'A command of WASI ends in this way, also after `return` from `main`.',
      'A code other than 0 is the program’s own way to say that something failed; runtimes of languages use it for a panic or an unknown option.',
    ],
    remedy: 'For a code other than 0 read `stderr` of the result; the meaning of the code is the program’s.',
  },
  trapped: {
    title: 'a WebAssembly trap',
    meaning: 'An instruction of the guest cannot be carried out, and the guest ended there. `trap` says of which kind.',
    cause: [
      '`unreachable`, which compilers emit for a panic, an abort or a failed assertion.',
      'A memory access out of bounds, a division by zero, a stack that is used up, or another of the kinds of trap.',
    ],
    remedy:
      'Read `trap`, whose kinds have pages of their own, and `stderr`. The defect is in the guest; build it with debugging information and run it again with the same input.',
  },
  'uncaught-exception': {
    title: 'an exception left the entry function',
    meaning: 'The guest threw a WebAssembly exception that none of its functions caught.',
    cause: ['A `throw` of C++ or another language without a handler for it.'],
    remedy: 'Catch the exception in the guest, or find out from `stderr` why it was thrown.',
  },
  refused: {
    title: 'the module was not admitted',
    meaning: 'The module did not pass admission or the validation of the engine. Nothing of it ran.',
    cause: ['The first security event has the type `module-refused`, and its `code` says why.'],
    remedy:
      'Look up the code in the list of refusals. `gauntlet inspect` shows what the module imports and needs, and which of it the policy grants.',
  },
  'wall-clock-limit': {
    title: 'it took too long',
    meaning: 'One call took longer than `quotas.wallClockMs`, and the guest was ended.',
    cause: [
      'The guest waits: for the network, for a time, for input that does not come.',
      'It loops; then `cpu-limit` would have come first with a smaller `quotas.cpuMs`.',
      'The machine is overloaded.',
    ],
    remedy:
      'If the guest is worth the time, raise `quotas.wallClockMs` (`--timeout` of `gauntlet run`). Compare `resourceUsage.cpuMs` with `executionTimeMs`: if it is much smaller, the guest waited; then look at `quotas.hostCallMs`.',
  },
  'cpu-limit': {
    title: 'it computed too long',
    meaning: 'One call used more CPU time than `quotas.cpuMs`, all threads of its jail together, and the guest was ended.',
    cause: ['An endless loop, or more work than was expected.', 'A large module: compiling it counts too.'],
    remedy: 'If the guest is worth the work, raise `quotas.cpuMs`; `quotas.wallClockMs` must allow for it as well.',
  },
  'fuel-limit': {
    title: 'it did too much work',
    meaning:
      'One call used up `quotas.fuel`, a count of work that is the same on every machine, and the guest was ended. What it did before is done.',
    cause: ['An endless loop or recursion.', 'More work than was expected, often of larger input.'],
    remedy:
      'Run it with a larger `quotas.fuel` and read `resourceUsage.fuel`: the same module with the same input needs the same every time. docs/metering.md says what costs how much.',
  },
  'memory-limit': {
    title: 'it needed too much memory',
    meaning:
      'The jail grew beyond `quotas.residentBytes`, the guest filled the engine’s heap (`quotas.heapBytes`), or memory that the module needs could not be had.',
    cause: [
      'Garbage-collected objects or exceptions that are all kept fill the heap; the event then has `heapBytes` as its limit.',
      'Tables, compiled code, files in memory mounts and the engine’s own data take room beside linear memory.',
      'The machine is short of memory.',
    ],
    remedy:
      'Compare `resourceUsage.peakResidentBytes` with `quotas.residentBytes` and raise that, or lower `quotas.memoryBytes`, `quotas.tableElements` or `quotas.fileBytes`. A `memory.grow` beyond `quotas.memoryBytes` does not end a guest: it answers -1.',
  },
  'output-limit': {
    title: 'it wrote too much',
    meaning:
      'The guest wrote more to standard output and standard error than `quotas.outputBytes`, both together, and was ended.',
    cause: ['A flood of messages, often from a loop.', 'A program whose output is its result and is large.'],
    remedy:
      'Look at the end of `stdout` and `stderr`, which are kept up to the limit. Raise `quotas.outputBytes`, or let the guest write to a file in a memory mount.',
  },
  'host-call-limit': {
    title: 'it made too many host calls',
    meaning:
      'One call made as many host calls as `quotas.hostCalls` allows, wanted to make another, and was ended. What the calls before it did is done.',
    cause: [
      'A loop around a host call: a flood of log lines, of clock readings, of single bytes.',
      'A program that reads or writes in very small pieces.',
    ],
    remedy:
      'The monitor’s figures say which host calls were made and how often. Raise `quotas.hostCalls`, or set it to null if time and fuel are limit enough.',
  },
  terminated: {
    title: 'the embedder ended it',
    meaning: 'The guest was ended by its host, in the middle of a call or before it had started.',
    cause: [
      '`Instance.terminate`, `Sandbox.terminateAll`, or the end of the sandbox.',
      'The signal in the options was aborted.',
      '`gauntlet run` got SIGINT or SIGTERM.',
    ],
    remedy:
      'None is needed if that was meant. Otherwise look for who aborts the signal or disposes of the sandbox while a call is running.',
  },
  'jail-lost': {
    title: 'the process that held it was lost',
    meaning: 'The jail died, or was ended because it could no longer be believed, and for none of the other reasons.',
    cause: [
      'Another process ended it: an administrator, a service manager, the out-of-memory killer of the system.',
      'The engine aborted, as some compilations can make it do.',
      'The jail broke the protocol; then there is an event `suspicious-behaviour`, and the guest may have got control of it.',
    ],
    remedy:
      'Look at the security events. With `suspicious-behaviour`, keep the module and report it as SECURITY.md says. Without, look at the log of the system for the end of the process; the guest can be run again.',
  },
  'sandbox-fault': {
    title: 'the sandbox failed',
    meaning: 'The sandbox itself failed. The guest was ended, and nothing that it asked for at that moment was granted.',
    cause: [
      'A jail cannot be started on this machine: no memory, no processes left, a Node that lacks what is needed.',
      'A defect of the sandbox.',
    ],
    remedy:
      'Read `message`. If a jail cannot be started, `gauntlet run` with a trivial module shows the same, and the remedy is on the machine. Otherwise report it with the module.',
  },
}
