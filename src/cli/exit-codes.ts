// Exit codes of every command, in one place; docs/exit-codes.md explains them and a test keeps both equal.
import type { ExecutionResult, Outcome } from '../sandbox/result.ts'

/** Codes that say something about the command itself. Above 63 they follow sysexits.h. */
export const EXIT = {
  ok: 0,
  /** A target was violated. */
  violation: 1,
  /** A module or a report is not signed as it must be, or not what was signed. */
  unverified: 1,
  /** The gauntlet itself failed, or cannot be trusted in this run. */
  fault: 2,
  /** The command line is not right. */
  usage: 64,
  /** A file that the command needs cannot be read or used. */
  input: 66,
  /** This Node cannot run the gauntlet, or what a command needs is not installed. */
  unavailable: 69,
  /** Somebody refused what the module asks for. */
  consent: 77,
  /** The policy is not valid, or cannot be enforced here. */
  policy: 78,
  /** Ctrl-C. */
  interrupted: 130,
  /** Whoever read the output went away (as a shell reports SIGPIPE). */
  brokenPipe: 141,
} as const

/** How `gauntlet run` ends when the guest did not end by itself. */
export const OUTCOME_EXIT: Readonly<Record<Exclude<Outcome, 'exited'>, number>> = {
  completed: 0,
  refused: 126,
  trapped: 134,
  'uncaught-exception': 134,
  'wall-clock-limit': 124,
  'cpu-limit': 124,
  'fuel-limit': 124,
  'memory-limit': 137,
  'output-limit': 137,
  'host-call-limit': 137,
  terminated: 143,
  'jail-lost': 75,
  'sandbox-fault': 70,
}

/** The guest's own code, as far as a process can carry it, or the code of the outcome. */
export function exitCodeOf({ outcome, exitCode }: Pick<ExecutionResult, 'outcome' | 'exitCode'>): number {
  return outcome === 'exited' ? (exitCode ?? 0) & 0xff : OUTCOME_EXIT[outcome]
}
