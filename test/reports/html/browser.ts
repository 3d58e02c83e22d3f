// The browser of this machine, for tests that look at pages in it; or why there is none.
import { findChromium, PrintError } from '../../../src/reports/html/pdf.ts'

/** `program`: its path. `reason`: what is missing, as a person is told it. */
export function browserHere(): { readonly program: string } | { readonly reason: string } {
  try {
    return { program: findChromium(process.env['CHROMIUM']) }
  } catch (error) {
    if (error instanceof PrintError) return { reason: error.message }
    throw error
  }
}
