// Modules from the text format, for tests whose subject is what a module does and not how it is encoded.
import wabt from 'wabt'

const { parseWat } = await wabt()

// Everything wabt can write but the annotations; what a policy allows is decided elsewhere.
const FEATURES = { exceptions: true, tail_call: true, threads: true, multi_memory: true, memory64: true, extended_const: true }

/** @throws {Error} if the text is not a module */
export function wat(text: string): Uint8Array<ArrayBuffer> {
  const module = parseWat('test.wat', text, FEATURES)
  try {
    return new Uint8Array(module.toBinary({}).buffer)
  } finally {
    module.destroy()
  }
}
