// "Assume breach": JavaScript of an attacker in a layer of the real jail, before the guest runs, as if a guest had broken out of the engine (HST).
import { spawn } from 'node:child_process'
import { jailCommand } from '../sandbox/isolation/hardening.ts'
import { JailProcess } from '../sandbox/isolation/jail-process.ts'
import type { Breach, TargetResult } from './target.ts'

/** Time for a plain process to run a script, milliseconds: they are made to take less than a second. */
const BARE_MS = 20_000
/** Longest wait for one attempt, milliseconds: what is neither refused nor done by then is not possible in a time that would help. */
const ATTEMPT_MS = 2_000

/**
 * The attacker's script as a function, with what scripts need:
 * `tried` makes attempts by name, each answered by "refused" or "possible"; `taken` holds what was there before anything was taken away, which who
 * breaks out of an engine may find in memory; `frame` and `request` are bytes as the jail writes them; `ask` asks the broker and returns the errno.
 */
const attempt = (script: string) => `
import { readSync, writeSync } from 'node:fs'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
const taken = { Worker }
const frame = (type, payload) => {
  const bytes = Buffer.from(payload)
  const head = Buffer.from([type, 0, 0, 0, 0])
  head.writeUInt32LE(bytes.length, 1)
  return Buffer.concat([head, bytes])
}
const request = (operation, fields, body = '') => {
  const json = Buffer.from(JSON.stringify({ operation, fields }))
  const size = Buffer.alloc(4)
  size.writeUInt32LE(json.length, 0)
  return frame(0x8a, Buffer.concat([size, json, Buffer.from(body)]))
}
const ask = (...asked) => {
  writeSync(3, request(...asked))
  let got = Buffer.alloc(0)
  while (got.length < 5 || got.length < 5 + got.readUInt32LE(1)) {
    const piece = Buffer.alloc(65536)
    try {
      got = Buffer.concat([got, piece.subarray(0, readSync(3, piece))])
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  }
  return JSON.parse(got.subarray(9, 9 + got.readUInt32LE(5)).toString('utf8')).errno
}
const tried = async (attempts) => {
  const answers = []
  for (const [name, action] of Object.entries(attempts)) {
    let late
    const end = new Promise((_, reject) => { late = setTimeout(reject, ${ATTEMPT_MS}, new Error('no answer')) })
    const answer = await Promise.race([Promise.resolve().then(action), end]).then(
      (value) => typeof value === 'string' ? 'possible: ' + value : 'possible',
      () => 'refused',
    )
    clearTimeout(late)
    answers.push(name + ': ' + answer)
  }
  return answers.join('\\n')
}
const attempt = async () => { ${script}
}
`

/**
 * What runs in the layer. The layer's own handler of messages waits until the attempt is over; the answer goes out as output of the guest that comes
 * with the first message, because at any other time the host would end the jail for it.
 */
const IN_CELL = `
  const { on } = parentPort
  let turn = null
  parentPort.on = function (event, listener) {
    if (event !== 'message') return on.call(this, event, listener)
    return on.call(this, event, (message) => {
      turn = (turn ?? attempt().then(say, say)).then(() => listener(message))
    })
  }
  const say = (text) => {
    if (text !== undefined) parentPort.postMessage({ type: 'output', stream: 'stdout', bytes: new TextEncoder().encode(String(text)) })
  }
`
const IN_JAIL = `
  const { on } = process.stdin
  let turn = null
  process.stdin.on = function (event, listener) {
    if (event !== 'data') return on.call(this, event, listener)
    return on.call(this, event, (chunk) => {
      turn = (turn ?? attempt().then(say, say)).then(() => listener(chunk))
    })
  }
  const say = (text) => {
    if (text === undefined) return
    process.stdout.write(frame(0x83, String(text)))
  }
`

function moduleOf({ layer, script }: Breach): string {
  const here = layer === 'cell' ? '!isMainThread' : 'isMainThread'
  return `${attempt(script)}
if (${here}) {${layer === 'cell' ? IN_CELL : IN_JAIL}}`
}

/** How a jail is started in which the attacker has that layer: the real command, with one module more that is loaded first. */
export function startBreached(breach: Breach): (background: boolean) => Promise<JailProcess> {
  const { command, args, env } = jailCommand()
  const own = ['--import', `data:text/javascript,${encodeURIComponent(moduleOf(breach))}`]
  const breached = { command, args: [...args.slice(0, -1), ...own, args.at(-1)!], env }
  return (background) => JailProcess.start(breached, background)
}

/** The same script in a process without a jail, where it must succeed: otherwise its failing in one proves nothing. */
export async function runBare({ script }: Breach): Promise<TargetResult> {
  const text = `${attempt(script)}\nprocess.stdout.write(String(await attempt() ?? ''))`
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '--eval', text], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: BARE_MS,
    killSignal: 'SIGKILL',
  })
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => void stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => void stderr.push(chunk))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return {
    outcome: code === 0 ? 'completed' : 'fault',
    detail: code === 0 ? 'completed' : 'the process ended otherwise',
    messages: [],
    stdout: Buffer.concat(stdout),
    stderr: Buffer.concat(stderr),
    exitCode: code,
    values: [],
    events: [],
  }
}
