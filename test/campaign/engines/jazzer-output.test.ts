// readLine and lineSplitter: what is read from the engine's output, and what is not.
import { describe, expect, test } from 'vitest'
import { emptyOutput, lineSplitter, readLine } from '../../../src/campaign/engines/jazzer-output.ts'

function read(...lines: string[]) {
  const output = emptyOutput()
  for (const line of lines) readLine(output, line)
  return output
}

describe('readLine', () => {
  test('a run with coverage', () => {
    const output = read(
      'INFO: Seed: 1',
      'INFO: Loaded 3 modules   (524 inline 8-bit counters): 512 [0x7f0, 0x7f1), 11 [0x15, 0x16), 1 [0x17, 0x18), ',
      'INFO: Loaded 3 PC tables (524 PCs): 512 [0x15,0x16), 11 [0x15,0x16), 1 [0x15,0x16), ',
      '#2\tINITED cov: 3 ft: 4 corp: 1/1b exec/s: 0 rss: 156Mb',
      '#12\tNEW    cov: 5 ft: 6 corp: 2/5b lim: 4 exec/s: 0 rss: 156Mb L: 4/4 MS: 5 CrossOver-',
      '#4194304\tpulse  cov: 5 ft: 7 corp: 2/5b lim: 64 exec/s: 838860 rss: 183Mb',
    )
    expect(output).toMatchObject({ moduleEdges: 12, coverageInitial: 3, coverage: 5, features: 7, done: false })
  })

  test('a run without any: the coverage parts are missing, not zero', () => {
    const output = read(
      'INFO: Loaded 1 modules   (512 inline 8-bit counters): 512 [0x7, 0x8), ',
      '#2\tINITED exec/s: 0 rss: 67Mb',
      '#9\tDONE   exec/s: 0',
    )
    expect(output).toMatchObject({ moduleEdges: 0, coverageInitial: 0, coverage: 0, features: 0, done: true })
  })

  test('before the initial inputs are through nothing is known of coverage', () => {
    expect(read('INFO: using inputs from: c').coverageInitial).toBeUndefined()
  })

  test.each<[string, Partial<ReturnType<typeof emptyOutput>>]>([
    ["artifact_prefix='/tmp/a/'; Test unit written to /tmp/a b/crash-01", { artifact: '/tmp/a b/crash-01' }],
    ['==8701== ERROR: libFuzzer: timeout after 3 seconds', { fatal: 'timeout after 3 seconds' }],
    ['==8302== Segmentation Fault', { fatal: 'Segmentation Fault' }],
    [
      'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
      { fatal: 'Reached heap limit Allocation failed - JavaScript heap out of memory' },
    ],
    ['==9== ERROR: libFuzzer: fuzz target exited', { exited: true }],
    ['1: fuzz (file:///tmp/jz/ab.mjs:7:13)', { abortStack: ['at fuzz (file:///tmp/jz/ab.mjs:7:13)'] }],
    [
      '2: /p/node_modules/@jazzer.js/core/dist/core.js:315:26',
      { abortStack: ['at /p/node_modules/@jazzer.js/core/dist/core.js:315:26'] },
    ],
    [' 1: 0x931db0  [/usr/bin/node]', { abortStack: [] }],
    ['text that mentions cov: 99 and #1 INITED', { coverage: 0, coverageInitial: undefined }],
  ])('%s', (line, expected) => {
    expect(read(line)).toMatchObject(expected)
  })

  test('the first fatal message stays', () => {
    expect(read('FATAL ERROR: one', 'FATAL ERROR: two').fatal).toBe('one')
  })

  test('only the last lines are kept, each of bounded length', () => {
    const output = read(...Array.from({ length: 500 }, (_, index) => `line ${index} ${'x'.repeat(9_000)}`))
    expect(output.tail).toHaveLength(40)
    expect(output.tail.at(-1)).toMatch(/^line 499 /)
    expect(Math.max(...output.tail.map((line) => line.length))).toBe(4_096)
  })
})

describe('lineSplitter', () => {
  test('puts lines together whatever the chunks are', () => {
    const lines: string[] = []
    const split = lineSplitter((line) => lines.push(line))
    for (const chunk of ['a', 'b\nc', '\n\nd', '\n']) split(chunk)
    expect(lines).toEqual(['ab', 'c', '', 'd'])
  })

  test('hands a line without an end on in pieces', () => {
    const lengths: number[] = []
    const split = lineSplitter((line) => lengths.push(line.length))
    for (let chunk = 0; chunk < 10; chunk += 1) split('x'.repeat(3_000))
    expect(lengths).toEqual([6_000, 6_000, 6_000, 6_000, 6_000])
  })
})
