// What each host is, and what its own project says that it promises: a violation is to be read beside that. In our words; behind the link stand theirs.

export interface Statement {
  readonly what: string
  readonly says: string
  /** Null for our own, which is in this package. */
  readonly link: string | null
}

const EXTISM_LINK = 'https://extism.github.io/js-sdk/'

const STATEMENTS: ReadonlyMap<string, Statement> = new Map<string, Statement>([
  [
    'sandbox-jail',
    {
      what: 'Our sandbox; guests run in a worker thread of a child process.',
      says: 'What it promises, and what it does not, stands in SECURITY.md of this package.',
      link: null,
    },
  ],
  [
    'sandbox-inline',
    {
      what: 'Our sandbox without isolation; guests run in the thread of the caller.',
      says: 'It is for measuring and for fuzzing, promises no limit of time or of resident memory, and has to be asked for by name.',
      link: null,
    },
  ],
  [
    'bare',
    {
      what: 'WebAssembly with plain import objects, as tutorials write it. It is here to show what the engine alone does not do.',
      says: 'The JavaScript API specifies how guests are compiled, linked and called. It has no limits and makes no claim about what a host offers.',
      link: 'https://webassembly.github.io/spec/js-api/',
    },
  ],
  [
    'node:wasi',
    {
      what: 'WASI preview 1 as it comes with Node.js.',
      says: 'Its documentation says that it does not provide the file system security of some other runtimes, that its capabilities form no security model, and not to rely on it to run untrusted code.',
      link: 'https://nodejs.org/api/wasi.html#security',
    },
  ],
  [
    'browser_wasi_shim',
    {
      what: 'WASI preview 1 in JavaScript, with files in memory, made for browsers.',
      says: 'Its README says that a subset is implemented, and that the rest throws, returns an error, or is implemented incorrectly. It makes no claim about untrusted code.',
      link: 'https://github.com/bjorn3/browser_wasi_shim#readme',
    },
  ],
  [
    'extism',
    {
      what: 'The JavaScript SDK of Extism, 1.x, as it is by default: guests run in the thread of the caller.',
      says: 'Its options name a limit of memory (memory.maxPages) and hosts that a plugin may reach. It has no limit of time.',
      link: EXTISM_LINK,
    },
  ],
  [
    'extism2',
    {
      what: 'The JavaScript SDK of Extism, 2.x (a release candidate), as it is by default: guests run in the thread of the caller.',
      says: 'Its options name a limit of memory (memory.maxPages), which is described as the maximum of pages of the WebAssembly memory. A limit of time is taken with runInWorker only.',
      link: EXTISM_LINK,
    },
  ],
  [
    'extism2-worker',
    {
      what: 'The JavaScript SDK of Extism, 2.x (a release candidate), with a worker thread for each plugin.',
      says: 'With runInWorker, which its documentation marks as experimental, it takes a limit of time (timeoutMs).',
      link: EXTISM_LINK,
    },
  ],
  [
    'quickjs-wasi',
    {
      what: 'An interpreter for JavaScript that is WebAssembly. Its guests are scripts, so that attacks of modules do not apply to it.',
      says: 'Its README documents a limit of memory for the interpreter and an interrupt handler for limits of time. It makes no claim about untrusted code.',
      link: 'https://github.com/vercel-labs/quickjs-wasi#readme',
    },
  ],
  [
    'preview2-shim',
    {
      what: 'WASI 0.2 for components that jco has made into JavaScript. Modules are made into components first.',
      says: 'Its README says that by default guests have full access to files, environment and network, and how to restrict that (the sandbox option, which is set here). It names no limits of time or memory.',
      link: 'https://github.com/bytecodealliance/jco/tree/main/packages/preview2-shim#readme',
    },
  ],
])

export const statementOf = (host: string): Statement | null => STATEMENTS.get(host) ?? null
