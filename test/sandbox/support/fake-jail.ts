// A jail that does what the test says, and so is none: each frame of the host, and the start, is answered with the frames and deeds of a script.
import { writeSync } from 'node:fs'
import { encodeFrame, FrameReader, type FrameType } from '../../../src/sandbox/isolation/frames.ts'

/** One deed: a frame, as type and payload (text, or bytes in base64); or text on stderr; or an end. */
export type Deed =
  | { readonly frame: number; readonly text: string; readonly times?: number }
  | { readonly raw: string }
  /** Bytes in base64 on the pipe to the broker. */
  | { readonly pipe: string }
  | { readonly stderr: string }
  /** Milliseconds in which nothing is done. */
  | { readonly wait: number }
  /** Bytes of memory that are taken and kept. */
  | { readonly grow: number }
  | { readonly exit: number }
  | { readonly signal: NodeJS.Signals }

/** What to do at the start (key `start`) and on each type of frame from the host, by its number. */
export type Script = Readonly<Record<string, readonly Deed[]>>

const kept: Buffer[] = []

/** Written on stdout with no regard for the reader, as a jail that has been taken over would. */
async function perform(deeds: readonly Deed[]): Promise<void> {
  for (const deed of deeds) {
    if ('frame' in deed) {
      const frame = encodeFrame(deed.frame as FrameType, new TextEncoder().encode(deed.text))
      for (let i = 0; i < (deed.times ?? 1); i++) await write(process.stdout, frame)
    } else if ('raw' in deed) await write(process.stdout, Buffer.from(deed.raw, 'base64'))
    else if ('pipe' in deed) writeSync(3, Buffer.from(deed.pipe, 'base64'))
    else if ('wait' in deed) await new Promise((resolve) => setTimeout(resolve, deed.wait))
    else if ('stderr' in deed) await write(process.stderr, Buffer.from(deed.stderr))
    else if ('grow' in deed) kept.push(Buffer.alloc(deed.grow, 1))
    else if ('exit' in deed) process.exit(deed.exit)
    else process.kill(process.pid, deed.signal)
  }
}
const write = (stream: NodeJS.WriteStream, bytes: Uint8Array) =>
  new Promise<void>((resolve) => stream.write(bytes, () => resolve()))

if (process.argv[2] !== undefined) {
  const script = JSON.parse(process.argv[2]) as Script
  const reader = new FrameReader(2 ** 32 - 1)
  process.stdin.on('data', (chunk: Buffer) => {
    for (const frame of reader.push(chunk)) void perform(script[frame.type] ?? [])
  })
  process.stdin.on('end', () => process.exit(0))
  await perform(script['start'] ?? [])
}
