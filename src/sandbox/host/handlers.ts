// The handler of every offered host call, by name. A test checks that the ABI table and this map name the same calls.
import type { Handler } from './handler.ts'
import { cryptoCalls } from './native/crypto.ts'
import { dnsCalls } from './native/dns.ts'
import { httpCalls } from './native/http.ts'
import { kvCalls } from './native/kv.ts'
import { logCalls } from './native/log.ts'
import { metricCalls } from './native/metric.ts'
import { resultCalls } from './native/result.ts'
import { tcpCalls } from './native/tcp.ts'
import { argumentCalls } from './wasi/arguments.ts'
import { clockCalls } from './wasi/clock.ts'
import { descriptorCalls } from './wasi/descriptors.ts'
import { fileCalls } from './wasi/files.ts'
import { listingCalls } from './wasi/listing.ts'
import { pathOpenCalls } from './wasi/path-open.ts'
import { pathCalls } from './wasi/paths.ts'
import { pollCalls } from './wasi/poll.ts'
import { processCalls } from './wasi/process.ts'
import { randomCalls } from './wasi/random.ts'
import { socketCalls } from './wasi/sockets.ts'
import { transferCalls } from './wasi/transfer.ts'
import { unsupportedCalls } from './wasi/unsupported.ts'

export const HANDLERS: ReadonlyMap<string, Handler> = new Map(
  Object.entries({
    ...cryptoCalls,
    ...dnsCalls,
    ...httpCalls,
    ...tcpCalls,
    ...socketCalls,
    ...kvCalls,
    ...logCalls,
    ...metricCalls,
    ...resultCalls,
    ...argumentCalls,
    ...clockCalls,
    ...descriptorCalls,
    ...fileCalls,
    ...listingCalls,
    ...pathCalls,
    ...pathOpenCalls,
    ...pollCalls,
    ...processCalls,
    ...randomCalls,
    ...transferCalls,
    ...unsupportedCalls,
  }),
)
