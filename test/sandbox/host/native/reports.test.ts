// log_write, metric_record, result_report and result_timing: what is taken, what is refused, and how much of it.
import { describe, expect, it } from 'vitest'
import { harness } from '../../support/calls.ts'
import { named, place } from '../../support/native.ts'

const [A, B] = [1000, 2000]

function log(made = harness(), message: string | Uint8Array = 'hello', level = 1) {
  return named(made, 'log_write', level, ...place(made, A, message))
}
function metric(made = harness(), { kind = 1, name = 'requests', value = 1, unit = 'ms' } = {}) {
  return named(made, 'metric_record', kind, ...place(made, A, name), value, ...place(made, B, unit))
}
function result(made = harness(), { status = 0, value = 1.5, unit = 'ms', message = 'fine' } = {}) {
  return named(made, 'result_report', status, value, ...place(made, A, unit), ...place(made, B, message))
}
function timing(made = harness(), name = 'dns', nanoseconds = 5n) {
  return named(made, 'result_timing', ...place(made, A, name), nanoseconds)
}

describe('what a guest reports', () => {
  it('reaches the embedder in order and as it was', () => {
    const made = harness()
    expect([log(made, 'a\u001b[2J\nb', 2), metric(made), result(made), timing(made)]).toEqual(Array(4).fill('success'))
    expect(made.reports).toEqual([
      { type: 'log', level: 'warning', message: 'a\u001b[2J\nb' },
      { type: 'metric', kind: 'gauge', name: 'requests', value: 1, unit: 'ms' },
      { type: 'result', status: 'ok', value: 1.5, unit: 'ms', message: 'fine' },
      { type: 'timing', name: 'dns', nanoseconds: 5 },
    ])
  })

  it.each([
    ['log_write', (made: ReturnType<typeof harness>, n: number) => log(made, 'x', n), 4],
    ['metric_record', (made: ReturnType<typeof harness>, kind: number) => metric(made, { kind }), 3],
    ['result_report', (made: ReturnType<typeof harness>, status: number) => result(made, { status }), 4],
  ])('%s takes its choices and no other number', (_, call, count) => {
    for (let number = 0; number < count; number++) expect([number, call(harness(), number)]).toEqual([number, 'success'])
    for (const number of [count, count + 1, 255, -1, 2 ** 31, 2 ** 32 - 1]) {
      const made = harness()
      expect([number, call(made, number)]).toEqual([number, 'inval'])
      expect(made.reports).toEqual([])
    }
  })

  it('is text, or refused', () => {
    expect(log(harness(), new Uint8Array([0xff]))).toBe('ilseq')
    expect(log(harness(), 'a\0b')).toBe('inval')
    expect(metric(harness(), { unit: 'm\0s' })).toBe('inval')
    expect(result(harness(), { message: '\0' })).toBe('inval')
    expect(timing(harness(), '')).toBe('inval')
  })

  it.each(['a', '_x', 'http.server:requests/total-2', 'Z9'])('a metric can be called %s', (name) => {
    expect(metric(harness(), { name })).toBe('success')
  })
  it.each(['', '9a', 'a b', 'a\n', 'a{x="1"}', 'ä', '-a', 'a\u202e', '.a', 'a,b', 'a"'])(
    'a metric cannot be called %j',
    (name) => {
      const made = harness()
      expect(metric(made, { name })).toBe('inval')
      expect(made.reports).toEqual([])
    },
  )

  it('a metric has a finite value', () => {
    for (const value of [0, -1.5, 5e-324, Number.MAX_VALUE]) expect(metric(harness(), { value })).toBe('success')
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      expect(metric(harness(), { value })).toBe('inval')
  })

  it('a result has a finite value, or none', () => {
    const made = harness()
    expect(result(made, { value: Number.NaN })).toBe('success')
    expect(made.reports).toMatchObject([{ value: null }])
    for (const value of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) expect(result(harness(), { value })).toBe('inval')
  })

  it('a timing is exact, so it ends where numbers stop being so', () => {
    const made = harness()
    expect([timing(made, 'a', 0n), timing(made, 'b', 2n ** 53n - 1n)]).toEqual(['success', 'success'])
    expect(made.reports.map((report) => report.type === 'timing' && report.nanoseconds)).toEqual([0, Number.MAX_SAFE_INTEGER])
    for (const long of [2n ** 53n, 2n ** 63n, 2n ** 64n - 1n, -1n]) expect(timing(harness(), 'a', long)).toBe('inval')
  })
})

describe('the quotas of reports', () => {
  const limits = { reports: { count: 3, bytes: 20 } }

  it('count every kind together, and are told once', () => {
    const made = harness(limits)
    expect([log(made, 'a'), timing(made, 'b'), metric(made, { name: 'c', unit: '' })]).toEqual(Array(3).fill('success'))
    expect([log(made, ''), result(made, { unit: '', message: '' }), timing(made), metric(made)]).toEqual(Array(4).fill('dquot'))
    expect(made.reports).toHaveLength(3)
    expect(made.events).toEqual([
      {
        type: 'quota-exceeded',
        severity: 'warning',
        message: 'The guest used up its 3 reports.',
        quota: 'reports',
        limit: 3,
      },
    ])
  })

  it('add up the bytes of all texts, and let pass what still fits', () => {
    const made = harness(limits)
    expect(log(made, 'é'.repeat(8))).toBe('success')
    expect(metric(made, { name: 'four', unit: 'x' })).toBe('dquot')
    expect(metric(made, { name: 'fou', unit: 'xy' })).toBe('dquot')
    expect(result(made, { unit: 'm', message: '1234' })).toBe('dquot')
    expect(made.events).toMatchObject([{ quota: 'reportBytes', limit: 20 }])
    expect(result(made, { unit: 'm', message: '123' })).toBe('success')
    expect(made.context.reported).toMatchObject({ count: 2, bytes: 20 })
  })

  it('are not used up by what is refused for another reason', () => {
    const made = harness(limits)
    for (let i = 0; i < 10; i++) expect(metric(made, { name: '9' })).toBe('inval')
    expect(made.context.reported).toMatchObject({ count: 0, bytes: 0 })
    expect(made.events).toEqual([])
  })
})
