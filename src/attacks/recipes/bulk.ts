// Byte strings made of very many parts, for modules with a million entries; the writer's variadic functions would run out of stack there.

export function repeat(part: Uint8Array, times: number): Uint8Array {
  const whole = new Uint8Array(part.length * times)
  for (let i = 0; i < times; i++) whole.set(part, i * part.length)
  return whole
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
