// The handler of every offered host call, by name. A test checks that the ABI table and this map name the same calls.
import type { Handler } from './handler.ts'
import { argumentCalls } from './wasi/arguments.ts'
import { clockCalls } from './wasi/clock.ts'
import { descriptorCalls } from './wasi/descriptors.ts'
import { processCalls } from './wasi/process.ts'
import { randomCalls } from './wasi/random.ts'

export const HANDLERS: ReadonlyMap<string, Handler> = new Map(
  Object.entries({ ...argumentCalls, ...clockCalls, ...descriptorCalls, ...processCalls, ...randomCalls }),
)
