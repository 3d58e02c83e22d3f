// Writing to the two output streams: guest bytes unchanged into a file or pipe, made inert on a terminal.
import { once } from 'node:events'
import type { WriteStream } from 'node:tty'
import { visible } from '../reports/visible.ts'

export type Output = Pick<WriteStream, 'write' | 'once' | 'isTTY'>

/** Guest bytes as a terminal may have them: lines stay, everything else that is not plain text is spelt out. */
export function inert(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).replaceAll('\r\n', '\n')
  return visible(text, { lines: true, limit: Number.POSITIVE_INFINITY })
}

/** Passes on what a guest wrote. A terminal gets it neutralised (OUT-01), anything else byte for byte. */
export async function passThrough(output: Output, bytes: Uint8Array): Promise<void> {
  if (bytes.length > 0) await write(output, output.isTTY ? inert(bytes) : bytes)
}

/** Waits while the reader is slower than we are. */
export async function write(output: Output, text: string | Uint8Array): Promise<void> {
  if (!output.write(text)) await once(output as WriteStream, 'drain')
}

/** One line. The text is ours; guest text in it was neutralised where it was composed. */
export const writeLine = (output: Output, line: string) => write(output, `${line}\n`)
