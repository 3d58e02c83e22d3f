// Names and times that formats of others are strict about.
import { expect, it } from 'vitest'
import { instant, requiredInstant } from '../../src/reports/instant.ts'
import { stableUuid } from '../../src/reports/uuid.ts'

it('a name is a UUID of version 5, and never changes: this one is in reports that people have', () => {
  expect(stableUuid('control', 'strict-reader')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(stableUuid('control', 'strict-reader')).toBe('981ab0f5-f31e-53ee-b9ad-b5ace00ddb69')
})

it('other parts are another name, however they are joined', () => {
  const names = [stableUuid('a', 'b'), stableUuid('ab'), stableUuid('a,b'), stableUuid('a', 'b', ''), stableUuid('b', 'a')]
  expect(new Set(names).size).toBe(names.length)
})

it.each([
  ['2026-03-14T03:15:00.000Z', '2026-03-14T03:15:00.000Z'],
  ['2026-03-14T04:15:00+01:00', '2026-03-14T03:15:00.000Z'],
  ['2026-12-31', '2026-12-31T00:00:00.000Z'],
  ['yesterday', null],
  ['', null],
])('%j is the time %j', (text, expected) => {
  expect(instant(text)).toBe(expected)
})

it('a time that must be there is the first that is one', () => {
  expect(requiredInstant('x', '2026-12-31', '2025-01-01')).toBe('2026-12-31T00:00:00.000Z')
  expect(requiredInstant('x')).toBe('1970-01-01T00:00:00.000Z')
})
