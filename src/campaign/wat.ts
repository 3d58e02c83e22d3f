// WebAssembly text of a reproducer, for people; a reproducer need not be valid, so there may be none.
import wabtFactory from 'wabt'
import { WABT_FEATURES } from '../attacks/assemble.ts'

/** Larger modules make text that nobody reads. */
const MAX_MODULE_BYTES = 65_536
const MAX_TEXT = 20_000

let wabt: ReturnType<typeof wabtFactory> | undefined

/** The module's text, or null if it is malformed, or if module or text are long. */
export async function watOf(bytes: Uint8Array): Promise<string | null> {
  if (bytes.length > MAX_MODULE_BYTES) return null
  wabt ??= wabtFactory()
  const { readWasm } = await wabt
  try {
    // Without debug names: they are the guest's text, and the offsets say as much. The features are wabt's name for all that it knows.
    const module = readWasm(bytes, { readDebugNames: false, ...WABT_FEATURES })
    try {
      const text = module.toText({ foldExprs: false, inlineExport: false })
      return text.length <= MAX_TEXT ? text : null
    } finally {
      module.destroy()
    }
  } catch {
    return null
  }
}
