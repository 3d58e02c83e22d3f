// What calls of the native namespace have in common: choices by number, answers of unknown size, requests to the broker.
import type { BrokerReply, BrokerRequest } from '../channel.ts'
import type { HostContext } from '../context.ts'
import { ERRNO, type Errno, GuestFault } from '../errno.ts'
import { type Arguments, memoryOf } from '../handler.ts'

/** The choice that an enum parameter stands for. @throws {GuestFault} `inval` (MEM-26) */
export function readChoice<T extends string>(args: Arguments, name: string, choices: readonly T[]): T {
  const choice = choices[args.i32(name)]
  if (choice === undefined) throw new GuestFault(ERRNO.inval)
  return choice
}

/** Gives an answer whole or not at all, and its size in either case, so that the guest can ask again with more room. The gate has checked the pointers. */
export function giveAnswer(context: HostContext, args: Arguments, answer: Uint8Array, buffer = 'buf', used = 'bufused'): Errno {
  const memory = memoryOf(context)
  if (answer.length <= args.i32(`${buffer}_len`)) memory.write(args.i32(buffer), answer)
  memory.writeU32(args.i32(used), answer.length)
  return ERRNO.success
}

/** Asks the broker. @throws {GuestFault} whatever it answers but success */
export function askBroker(context: HostContext, request: BrokerRequest): BrokerReply {
  const reply = context.channel.call(request)
  if (reply.errno !== ERRNO.success) throw new GuestFault(reply.errno as Errno)
  return reply
}
