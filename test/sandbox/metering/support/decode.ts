// All steps of a short body at once, as the checker sees them one after the other.
import { type Step, Steps } from '../../../../src/sandbox/metering/check-decode.ts'
import type { WasmModule } from '../../../../src/wasm/index.ts'

export function decodeBody(bytes: Uint8Array, module: WasmModule, body: number): Step[] {
  const steps = new Steps(bytes, module, body)
  const all: Step[] = []
  for (let step = steps.at(0); step !== undefined; step = steps.at(all.length)) all.push({ ...step })
  return all
}
