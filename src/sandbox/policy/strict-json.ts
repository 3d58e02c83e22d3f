// JSON that every reader takes alike: no key twice in an object, no deep nesting, no lone surrogates; otherwise it is refused (SUP-02).

/** Why a text is not such JSON. */
export class JsonError extends Error {
  override readonly name = 'JsonError'
}

/** Nothing that the sandbox reads is deeper; whoever walks the value afterwards may recurse. */
const MAX_DEPTH = 16

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a]

/**
 * The value of a JSON text. Objects may have any own key, `__proto__` too: copy them with `ownData` before anything else.
 *
 * @throws {JsonError}
 */
export function parseStrictJson(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The engine's message quotes the text, which may be a guest's.
    throw new JsonError('it is not JSON')
  }
  check(text)
  return value
}

/** One pass in linear time. @param text valid JSON, so a string before a colon is a key and every bracket has its partner */
function check(text: string): void {
  const open: Set<string>[] = []
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '{' || character === '[') {
      if (open.push(new Set()) > MAX_DEPTH) throw new JsonError(`it is nested deeper than ${MAX_DEPTH} levels`)
    } else if (character === '}' || character === ']') {
      open.pop()
    } else if (character === '"') {
      const end = endOfString(text, at)
      checkString(text, at, end, open.at(-1))
      at = end - 1
    }
  }
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) return at + 1
    if (code === BACKSLASH) at++
  }
}

function checkString(text: string, start: number, end: number, keys: Set<string> | undefined): void {
  // Compared as the reader sees them: "a" and "\u0061" are one key.
  const string = JSON.parse(text.slice(start, end)) as string
  if (!string.isWellFormed()) throw new JsonError('a string in it has half a character (a lone surrogate)')
  let next = end
  while (' \t\r\n'.includes(text.charAt(next) || '.')) next++
  if (text.charCodeAt(next) !== COLON || !keys) return
  if (keys.has(string)) throw new JsonError('an object in it has a key twice')
  keys.add(string)
}
