// A probe on a schedule whose module is replaced while it runs: a bad version that is rolled back, one that wants more and has to be agreed to,
// and its way through a canary. Run it with `node examples/hot-swap.ts`.
import wabt from 'wabt'
import { createSandbox, type Manifest, type ProbeEvent, ProbeRunner, type VersionName } from '../src/sandbox/index.ts'

const { parseWat } = await wabt()
/** A probe that reports "ok", and does `more`. */
const probe = (more: string) =>
  parseWat(
    'probe.wat',
    `(module
      (import "gauntlet_v1" "result_report" (func $report (param i32 f64 i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1)
      (func (export "_start")
        (drop (call $report (i32.const 0) (f64.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
        ${more}))`,
  ).toBinary({}).buffer
const manifest = (version: string, ...more: Manifest['capabilities']): Manifest => ({
  manifest: 1,
  name: 'example/site-check',
  version,
  capabilities: [{ capability: 'result', reason: 'Reports what it found.' }, ...more],
})
const named = ({ version }: VersionName) => `version ${version}`

await using sandbox = createSandbox()
await using runner = new ProbeRunner(sandbox)

const seen: ProbeEvent[] = []
/** The next event of which `wanted` is true, also if it has been. */
const until = async (wanted: (event: ProbeEvent) => boolean): Promise<void> => {
  while (!seen.some(wanted)) await new Promise((resolve) => setTimeout(resolve, 10))
  seen.length = 0
}
runner.subscribe((event) => {
  seen.push(event)
  if (event.type === 'activated') console.log(`${named(event.version)} is active`)
  if (event.type === 'replacement' && event.decision.step === 'roll-back') console.log(`rolled back: ${event.decision.because}`)
})

// The first version: somebody agrees to what it wants, and it runs four times a second.
const added = await runner.add({
  id: 'site-check',
  module: probe(''),
  manifest: manifest('1.0.0'),
  principal: 'the account that wrote it',
  schedule: { everyMs: 250, jitterMs: 50 },
})
if (added.state === 'awaiting-consent') {
  for (const { sentence, claim } of added.question.lines) console.log(`it could: ${sentence} (${claim})`)
  await runner.answer('site-check', added.version.sha256, 'granted')
}
runner.start('site-check')
await until(({ type }) => type === 'run-finished')

// The second one wants the same, so nobody is asked. It traps, and the first run of its canary shows it.
const canary = { share: 0.5, minRuns: 2, maxDurationRatio: null }
await runner.swap('site-check', probe('unreachable'), { manifest: manifest('1.1.0'), canary })
await until((event) => event.type === 'replacement' && event.to === 'none')

// The third one wants to log as well: it waits, and version 1.0.0 goes on, until somebody has agreed.
const log = { capability: 'log', reason: 'Says why a check failed.' } as const
const swapped = await runner.swap('site-check', probe('(nop)'), { manifest: manifest('1.2.0', log), canary })
if (swapped.state === 'awaiting-consent') {
  for (const { sentence, isNew } of swapped.question.lines) if (isNew) console.log(`new in 1.2.0: ${sentence}`)
  await runner.answer('site-check', swapped.version.sha256, 'granted')
}
await until(({ type }) => type === 'activated')

const { active, previous } = runner.status('site-check')
console.log(`${named(active!)} took the place of ${named(previous!)}`)
