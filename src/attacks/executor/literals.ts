// Texts for host calls: those that decide something in a host, and those that hosts get wrong. What a fuzzer would have to guess byte by byte is here.
import type { AbiParameter } from '../../sandbox/host/abi/index.ts'

const encoder = new TextEncoder()
const utf8 = (...texts: readonly string[]) => texts.map((text) => encoder.encode(text))

/** No UTF-8: a lone continuation, a surrogate, an overlong slash, an end in the middle (MEM-17). */
const ILL_FORMED = [
  Uint8Array.of(0x80),
  Uint8Array.of(0xed, 0xa0, 0x80),
  Uint8Array.of(0x61, 0xc0, 0xaf),
  Uint8Array.of(0x2e, 0x2e, 0xf0, 0x9f),
]
/** A NUL where C would stop (MEM-19), a name of every object (LNK-08), a byte order mark, a composed and a decomposed é (FSX-21), an override (OUT-03). */
const ODD = utf8(
  '',
  'a\0b',
  '__proto__',
  'constructor',
  '\ufeff',
  '\u00e9',
  'e\u0301',
  '\u202e',
  '\u001b[2J',
  'a\r\nb',
  '\u{1f600}',
)

const UNUSUAL = [...ODD, ...ILL_FORMED]

/** The tree that the harness mounts has these names, so that paths lead somewhere. */
const PATHS = [
  ...utf8('file', 'dir', 'dir/inner', 'dir/deep/leaf', 'link', 'dirlink/inner', 'new', 'dir/new', '.'),
  // Out of the mount: plain, through a directory, through a link, absolute, with slashes that say nothing (FSX-01, FSX-02, FSX-30).
  ...utf8(
    '..',
    '../file',
    'dir/../..',
    'dir/../file',
    'dirlink/../..',
    '/',
    '/file',
    '//file',
    'dir//inner',
    'dir/',
    'file/',
    './.',
  ),
  ...utf8('loop', 'loop/x', 'out', 'dangling', 'a/../b', '...', ' ', '\\..\\file', 'C:\\file', '/proc/self/environ', '~'),
  // At and over the longest name and path.
  // Out, and longer once it is escaped for a message than anything that a message may hold (OUT-03).
  ...utf8(`../${`${'\u202e'.repeat(80)}/`.repeat(4)}`, `../${`${'\u{e0001}'.repeat(60)}/`.repeat(4)}`),
  ...utf8('n'.repeat(255), 'n'.repeat(256), 'd/'.repeat(2048), 'd/'.repeat(2049), '../'.repeat(1365)),
]

const KEYS = utf8(
  'a',
  'b',
  'key',
  'signing',
  'verifying',
  'unknown',
  'k'.repeat(128),
  'k'.repeat(512),
  'k'.repeat(513),
  'namespace:a',
)

/** By what the table calls the parameter. */
const BY_NAME: ReadonlyMap<string, readonly Uint8Array[]> = new Map([
  ['method', utf8('GET', 'POST', 'HEAD', 'get', 'CONNECT', 'TRACE', 'G\nET')],
  [
    'url',
    utf8(
      'http://allowed.example/',
      'https://allowed.example:444/path?query#fragment',
      'http://user:secret@allowed.example/',
      'http://127.0.0.1/',
      'http://0x7f.1/',
      'http://[::ffff:7f00:1]/',
      'http://169.254.169.254/latest/meta-data',
      'file:///etc/passwd',
      'data:,x',
      'http://',
      'http://allowed.example.evil.example/',
      'HTTP://ALLOWED.EXAMPLE./',
      `http://allowed.example/${'x'.repeat(8168)}`,
    ),
  ],
  [
    'headers',
    utf8(
      '',
      'accept: */*\n',
      'host: other.example\n',
      'a: b\r\nc: d\n',
      'a\n',
      ': x\n',
      'transfer-encoding: chunked\n',
      '__proto__: x\n',
    ),
  ],
  ['host', utf8('allowed.example', '127.0.0.1', '::1', '0x7f.1', '[::1]', 'xn--a', 'allowed.example.', `${'a.'.repeat(126)}a`)],
  ['key', KEYS],
  ['prefix', KEYS],
  ['name', [...KEYS, ...utf8('allowed.example', 'requests.total', '1x', 'a b')]],
  ['unit', utf8('', 'ms', 'By', 'u'.repeat(64), 'u'.repeat(65))],
])
const TEXTS = utf8('', 'hello', 'line one\nline two', 'x'.repeat(4097))

/** Literals for an input parameter of text: those that fit it, the likeliest to succeed first, and those that fit nowhere. */
export function literalsFor({ name, meaning }: AbiParameter): {
  readonly usual: readonly Uint8Array[]
  readonly odd: readonly Uint8Array[]
} {
  const path = meaning.kind === 'pointer' && meaning.content === 'path'
  return { usual: path ? PATHS : (BY_NAME.get(name) ?? TEXTS), odd: UNUSUAL }
}
