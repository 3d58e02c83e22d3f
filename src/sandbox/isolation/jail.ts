// Entry of a jail: the child process that holds a cell. Its main thread never runs guest code, so it always hears the host.
import { disarm } from './disarm.ts'
import { encodeJson, FRAME, FrameReader } from './frames.ts'
import { JailSide } from './jail-side.ts'
import { probe } from './probe.ts'

/** The host is trusted here, and modules are large: the policy's own limits have been applied. */
const MAX_PAYLOAD = 2 ** 32 - 1

const jail = new JailSide((frame) => void process.stdout.write(frame))
const reader = new FrameReader(MAX_PAYLOAD)
process.stdin.on('data', (chunk: Buffer) => {
  for (const frame of reader.push(chunk)) jail.handle(frame)
})
// The host is gone or wants no more. SIGKILL, because an orderly exit waits for the cell's thread, and a guest can make that last.
process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL'))
process.stdin.on('error', () => process.kill(process.pid, 'SIGKILL'))
const active = await probe()
// The probe tries what is taken away here. No guest comes before it has reported.
disarm()
process.stdout.write(encodeJson(FRAME.ready, active))
