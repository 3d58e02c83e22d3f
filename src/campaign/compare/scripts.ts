// Attacks for hosts whose guests are scripts: what modules do in the corpus, done in JavaScript, as far as it can be.
import type { Attack, Expectation } from '../../attacks/attack.ts'
import { DEFAULT_LIMITS } from '../../attacks/limits.ts'

interface Script {
  readonly id: string
  readonly title: string
  readonly script: string
  readonly expect: Expectation
  readonly twin: string
}

const STOPPED: Expectation = { outcomes: ['limit', 'trapped', 'terminated'], withinMs: 6_000 }
const CLOSED: Expectation = { outcomes: ['completed', 'trapped', 'limit'], forbidden: ['REACHED'] }
const ENDS: Expectation = { outcomes: ['completed', 'trapped', 'limit', 'refused'], withinMs: 6_000 }

const SCRIPTS: readonly Script[] = [
  {
    id: 'RES-01-script-loop',
    title: 'A loop without an end',
    script: 'for (;;) {}',
    expect: STOPPED,
    twin: 'for (let i = 0; i < 1000; i++) {} 1',
  },
  {
    id: 'RES-01-script-jobs',
    title: 'Jobs that make jobs, for ever',
    script: '(function again() { Promise.resolve().then(again) })(); 1',
    expect: STOPPED,
    twin: 'Promise.resolve().then(() => {}); 1',
  },
  {
    id: 'RES-01-script-pattern',
    title: 'A pattern that backtracks for ever',
    script: '/^(a+)+$/.test("a".repeat(40) + "!")',
    expect: STOPPED,
    twin: '/^(a+)+$/.test("aaa")',
  },
  {
    id: 'RES-03-script-buffers',
    title: 'Typed arrays far beyond the limit of memory',
    script: 'const kept = []; for (let i = 0; i < 2000; i++) kept.push(new Uint8Array(2 ** 20).fill(1)); kept.length',
    expect: { outcomes: ['limit', 'trapped'] },
    twin: 'new Uint8Array(2 ** 16).fill(1).length',
  },
  {
    id: 'RES-03-script-texts',
    title: 'Texts that grow for ever',
    script: 'let text = "x"; for (;;) text += text',
    expect: STOPPED,
    twin: '"x".repeat(1000).length',
  },
  {
    id: 'RES-05-script-length',
    title: 'A result whose length is claimed and not there',
    script: 'new Array(2 ** 32 - 1)',
    expect: ENDS,
    twin: 'new Array(3)',
  },
  {
    id: 'RES-05-script-view',
    title: 'A result with a length of its own telling',
    script: 'new Proxy([], { get: (to, key) => (key === "length" ? 2 ** 32 - 1 : to[key]) })',
    expect: ENDS,
    twin: 'new Proxy([], {})',
  },
  {
    id: 'LNK-07-script-then',
    title: 'A result that is a promise to whoever awaits it',
    script: '({ then(resolve) { print("REACHED"); resolve("REACHED") } })',
    expect: { outcomes: ['completed', 'trapped', 'limit'], forbidden: ['REACHED'] },
    twin: '({ value: 1 })',
  },
  {
    id: 'LNK-07-script-getter',
    title: 'A result whose getter does not return',
    script: '({ get value() { for (;;) {} } })',
    expect: ENDS,
    twin: '({ get value() { return 1 } })',
  },
  {
    id: 'LNK-01-script-function',
    title: 'The constructor of functions, and through it the host',
    script:
      'const global = globalThis.constructor.constructor("return this")(); if (global.process || global.require) print("REACHED")',
    expect: CLOSED,
    twin: 'globalThis.constructor.constructor("return 1")()',
  },
  {
    id: 'LNK-02-script-prototype',
    title: 'A result with an own property __proto__',
    script: 'JSON.parse(\'{"__proto__": {"polluted": "REACHED"}}\')',
    expect: CLOSED,
    twin: 'JSON.parse(\'{"own": {"value": 1}}\')',
  },
  {
    id: 'CTL-03-script-recursion',
    title: 'Recursion without an end',
    script: '(function deeper() { deeper() })()',
    expect: STOPPED,
    twin: '(function deeper(n) { return n === 0 ? 0 : deeper(n - 1) })(50)',
  },
  {
    id: 'CTL-03-script-nested',
    title: 'A result that is nested a hundred thousand times',
    script: 'const top = {}; let at = top; for (let i = 0; i < 1e5; i++) at = at.a = {}; top',
    expect: ENDS,
    twin: '({ a: { a: {} } })',
  },
  {
    id: 'OUT-01-script-error',
    title: 'An error whose text moves the cursor of a terminal',
    script: 'throw new Error("\\u001b[2J\\u202eREVERSED")',
    expect: { outcomes: ['trapped', 'completed'] },
    twin: 'print("plain")',
  },
]

const encode = (script: string): Uint8Array => new TextEncoder().encode(script)
const run = { limits: { ...DEFAULT_LIMITS, wallClockMs: 1_000 } }

/** All of them, in the form of any other attack. */
export const scriptAttacks = (): Attack[] =>
  SCRIPTS.map(({ id, title, script, expect, twin }) => ({
    id,
    title,
    threats: [id.slice(0, 6)],
    provenance: 'the cases of the corpus for the same threat',
    origin: { kind: 'generated', generator: 'scripts', seed: 0 },
    bytes: encode(script),
    run,
    expect,
    twin: { bytes: encode(twin), run, expect: { outcomes: ['completed'] } },
  }))
