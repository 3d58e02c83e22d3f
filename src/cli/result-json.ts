// An execution result as JSON: what JSON cannot carry (bytes, 64-bit integers, NaN) is written so that nothing is lost.

import { visibleJson } from '../reports/visible.ts'
import type { TreeChange } from '../sandbox/index.ts'
import type { Decision } from '../sandbox/policy/negotiate.ts'
import type { ExecutionResult, GuestValue } from '../sandbox/result.ts'

export interface OutputJson {
  readonly text: string
  /** The exact bytes, where they are not UTF-8 and `text` has replacement characters. */
  readonly base64?: string
}

export function outputJson(bytes: Uint8Array): OutputJson {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
    return { text, base64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64') }
  }
}

/** A number where JSON has it; i64, NaN, infinities and negative zero as text. */
export function valueJson(value: GuestValue): number | string {
  return typeof value === 'bigint'
    ? value.toString()
    : Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : Object.is(value, -0)
        ? '-0'
        : String(value)
}

const changeJson = (change: TreeChange) =>
  change.type === 'file' ? { ...change, bytes: undefined, content: outputJson(change.bytes) } : change

/**
 * Text that is safe to print: everything a terminal could act on is a JSON escape.
 *
 * @param negotiation what became of the requests of the module's manifest
 */
export function resultText(result: ExecutionResult, negotiation: readonly Decision[] = []): string {
  return visibleJson({
    ...result,
    stdout: outputJson(result.stdout),
    stderr: outputJson(result.stderr),
    values: result.values.map(valueJson),
    changes: result.changes.map(changeJson),
    negotiation,
  })
}
