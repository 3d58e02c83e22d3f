// When a cell is told to let go of a guest that is gone, it is that guest's: the message never comes in the middle of the life of the next one.
import type { Property } from '../../src/campaign/property.ts'
import { FRAME } from '../../src/sandbox/isolation/frames.ts'
import { JailProcess } from '../../src/sandbox/isolation/jail-process.ts'
import { type Case, checkCases } from '../cases.ts'

/** A jail that has no cell: it reports, and tells its host when it is told to let go while there is a guest. */
const JAIL = `
const say = (type, value) => {
  const payload = Buffer.from(JSON.stringify(value))
  const head = Buffer.alloc(5)
  head[0] = type
  head.writeUInt32LE(payload.length, 1)
  process.stdout.write(Buffer.concat([head, payload]))
}
let had = Buffer.alloc(0)
let loaded = false
process.stdin.on('data', (chunk) => {
  had = Buffer.concat([had, chunk])
  while (had.length >= 5 && had.length >= 5 + had.readUInt32LE(1)) {
    const [type] = had
    had = had.subarray(5 + had.readUInt32LE(1))
    if (type === ${FRAME.load}) loaded = true
    if (type === ${FRAME.terminate}) loaded = false
    if (type === ${FRAME.clear}) say(${FRAME.cellFailed}, { code: loaded ? 'cleared while it was there' : 'cleared' })
  }
})
say(${FRAME.ready}, {})`

const SMALL = 0
const LARGE = 2 ** 24
const NOTHING = new Uint8Array(0)
type Step = 'small gone' | 'large gone' | 'loaded' | 'wait'

/** More than the host waits before it tells a cell. */
const wait = () => new Promise((resolve) => setTimeout(resolve, 80))

async function cleared(steps: readonly Step[]): Promise<readonly string[]> {
  const said: string[] = []
  const jail = await JailProcess.start({ command: process.execPath, args: ['-e', JAIL], env: {} })
  jail.listen((event) => {
    if (event.kind === 'cell-failed') said.push(event.code)
  })
  for (const step of steps) {
    if (step === 'loaded') jail.send(FRAME.load, NOTHING)
    else if (step === 'wait') await wait()
    else {
      jail.send(FRAME.terminate, NOTHING)
      jail.letGo(step === 'large gone' ? LARGE : SMALL)
    }
  }
  await wait()
  await wait()
  await jail.kill()
  return said
}

const clears =
  (steps: readonly Step[], expected: readonly string[]): Case =>
  async () => {
    const said = await cleared(steps)
    return JSON.stringify(said) === JSON.stringify(expected)
      ? null
      : `after ${steps.join(', ')} the cell was told to let go: ${said.join(', ') || 'never'}`
  }

const property: Property = {
  name: 'cell-let-go',
  threats: ['CTL-12', 'ENG-03'],
  run: (seed, milliseconds) =>
    checkCases(
      {
        'a small guest is gone': clears(['small gone'], ['cleared']),
        'a large guest is gone': clears(['large gone', 'loaded'], ['cleared']),
        'the next one comes at once': clears(['small gone', 'loaded', 'wait'], []),
        'one in between was never loaded': clears(['small gone', 'small gone', 'loaded', 'wait'], []),
      },
      seed,
      milliseconds,
    ),
}
export default property
