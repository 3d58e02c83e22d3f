// Arguments of `--entry` from the command line: text to values, by the types that the function declares.

import { admit } from '../sandbox/admission/admit.ts'
import type { Signature } from '../sandbox/admission/entries.ts'
import type { Policy } from '../sandbox/policy/schema.ts'
import type { GuestValue } from '../sandbox/result.ts'
import { usageError } from './cli-error.ts'

/**
 * @returns null if the function takes none, or is not there: then the words are the program's own arguments, and the sandbox says what is wrong
 * @throws {CliError} if a word is not of the type that is wanted
 */
export function parseCallArguments(
  module: Uint8Array,
  policy: Policy,
  entry: string,
  words: readonly string[],
): GuestValue[] | null {
  const admission = admit(module, policy)
  const signature = admission.verdict === 'admitted' ? admission.functions.get(entry) : undefined
  if (!signature || signature.params.length === 0) return null
  return parseValues(entry, signature, words)
}

export function parseValues(entry: string, { params }: Pick<Signature, 'params'>, words: readonly string[]): GuestValue[] {
  if (words.length !== params.length) {
    throw usageError(
      `${JSON.stringify(entry)} takes ${params.length} arguments (${params.join(', ')}) and ${words.length} are given; repeat --arg for each.`,
    )
  }
  return params.map((type, index) => {
    const value = parseValue(type, words[index]!)
    if (value === null)
      throw usageError(
        `--arg ${JSON.stringify(words[index])} is not ${type === 'i32' ? 'an i32' : type === 'i64' ? 'an i64' : `an ${type}`}; argument ${index + 1} of ${JSON.stringify(entry)} needs one.`,
      )
    return value
  })
}

/** Integers may be written signed or unsigned, in decimal or hexadecimal, as in WebAssembly text. Null if it is none, or out of range. */
function parseValue(type: Signature['params'][number], word: string): GuestValue | null {
  if (type === 'i32' || type === 'i64') {
    const match = /^([+-]?)(0x[0-9a-f]{1,16}|\d{1,20})$/i.exec(word)
    if (!match) return null
    const value = match[1] === '-' ? -BigInt(match[2]!) : BigInt(match[2]!)
    const bits = type === 'i32' ? 32 : 64
    if (value < -(2n ** BigInt(bits - 1)) || value >= 2n ** BigInt(bits)) return null
    const signed = BigInt.asIntN(bits, value)
    return type === 'i32' ? Number(signed) : signed
  }
  if (/^[+-]?(inf|infinity)$/i.test(word)) return word.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (/^nan$/i.test(word)) return Number.NaN
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word) ? Number(word) : null
}
