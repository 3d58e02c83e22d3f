// makeCompatible: the edits of the real prebuilt addons, and a refusal with a reason for everything else.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeCompatible } from '../../../src/campaign/engines/elf-compat.ts'
import { installedAddonPath } from '../../../src/campaign/engines/jazzer-addon.ts'

const prebuild = (platform: string): Uint8Array =>
  new Uint8Array(readFileSync(join(dirname(installedAddonPath()!), `fuzzer-${platform}.node`)))
const x64 = prebuild('linux-x64')

function edited(bytes: Uint8Array) {
  const result = makeCompatible(bytes)
  if (result.status !== 'edited') throw new Error(result.reason)
  return result
}

function refusal(bytes: Uint8Array): string {
  const result = makeCompatible(bytes)
  if (result.status !== 'refused') throw new Error('the file was edited')
  return result.reason
}

/** A changed copy of the real addon. */
function changed(change: (bytes: Buffer) => void): Uint8Array {
  const copy = Buffer.from(x64)
  change(copy)
  return copy
}

/** Replaces every occurrence of a text by another of the same length. */
function rename(from: string, to: string): Uint8Array {
  return changed((bytes) => {
    for (let at = bytes.indexOf(from); at !== -1; at = bytes.indexOf(from, at + 1)) bytes.write(to, at, 'latin1')
  })
}

/** File offset of the header of the only section of a type. */
function headerOf(bytes: Buffer, type: number): number {
  const start = Number(bytes.readBigUInt64LE(40))
  for (let index = 0; index < bytes.readUInt16LE(60); index += 1) {
    if (bytes.readUInt32LE(start + index * 64 + 4) === type) return start + index * 64
  }
  throw new Error('no such section')
}
const DYNSYM = 11
const VERNEED = 0x6ffffffe
const VERSYM = 0x6fffffff
const sectionOffset = (bytes: Buffer, type: number): number => Number(bytes.readBigUInt64LE(headerOf(bytes, type) + 24))

describe('the prebuilt Linux addons', () => {
  test.each([
    ['linux-x64', 'GLIBC_2.2.5'],
    ['linux-arm64', 'GLIBC_2.17'],
  ])('%s: the three imports are bound to functions of version %s', (platform, boundVersion) => {
    const { tooNew } = edited(prebuild(platform))
    expect(new Set(tooNew)).toEqual(
      new Set([
        { name: '__isoc23_strtol', version: 'GLIBC_2.38', boundTo: 'strtol', boundVersion },
        { name: '__isoc23_strtoul', version: 'GLIBC_2.38', boundTo: 'strtoul', boundVersion },
        { name: '_ZSt21ios_base_library_initv', version: 'GLIBCXX_3.4.32', boundTo: 'getpid', boundVersion },
      ]),
    )
  })

  test('two version needs become weak, three imports get a name and a version, nothing else changes', () => {
    const before = Uint8Array.from(x64)
    const { bytes, edits } = edited(x64)
    expect(Buffer.compare(x64, before)).toBe(0)
    expect(edits).toHaveLength(8)
    expect(edits.filter(({ purpose }) => purpose.startsWith('let ')).map(({ before, after }) => [before, after])).toEqual([
      [0, 2],
      [0, 2],
    ])
    const restored = Buffer.from(bytes)
    for (const { offset, size, before: value, after } of edits) {
      expect(restored.readUIntLE(offset, size)).toBe(after)
      restored.writeUIntLE(value, offset, size)
    }
    expect(Buffer.compare(restored, x64)).toBe(0)
  })

  test('the names that the symbols point to after the edit are the promised ones', () => {
    const { bytes, edits, tooNew } = edited(x64)
    const file = Buffer.from(bytes)
    const strings = Number(
      file.readBigUInt64LE(Number(file.readBigUInt64LE(40)) + file.readUInt32LE(headerOf(file, DYNSYM) + 40) * 64 + 24),
    )
    const names = edits
      .filter(({ size }) => size === 4)
      .map(({ after }) => file.toString('latin1', strings + after, file.indexOf(0, strings + after)))
    expect(names).toEqual(tooNew.map(({ boundTo }) => boundTo))
  })

  test('editing the copy again changes nothing', () => {
    const once = edited(x64)
    const twice = edited(once.bytes)
    expect(twice.tooNew).toEqual([])
    expect(Buffer.compare(twice.bytes, once.bytes)).toBe(0)
  })

  test('a view into a larger buffer is read from its own start', () => {
    const larger = new Uint8Array(x64.length + 13)
    larger.set(x64, 13)
    expect(edited(larger.subarray(13)).edits).toEqual(edited(x64).edits)
  })
})

describe('refusals', () => {
  const cases: [string, () => Uint8Array, RegExp][] = [
    ['no bytes', () => new Uint8Array(0), /too few for an ELF header/],
    ['Mach-O', () => prebuild('darwin-x64'), /not an ELF file/],
    ['PE', () => prebuild('win32-x64'), /not an ELF file/],
    ['32-bit', () => changed((bytes) => bytes.writeUInt8(1, 4)), /not a 64-bit little-endian/],
    ['big-endian', () => changed((bytes) => bytes.writeUInt8(2, 5)), /not a 64-bit little-endian/],
    ['an executable', () => changed((bytes) => bytes.writeUInt16LE(2, 16)), /not a shared object/],
    ['no section headers', () => changed((bytes) => bytes.writeUInt16LE(0, 60)), /no section headers/],
    ['section headers of another size', () => changed((bytes) => bytes.writeUInt16LE(40, 58)), /no section headers/],
    ['section headers beyond the end', () => changed((bytes) => bytes.writeBigUInt64LE(2n ** 60n, 40)), /the file ends at byte/],
    [
      'no version needs',
      () => changed((bytes) => bytes.writeUInt32LE(1, headerOf(bytes, VERNEED) + 4)),
      /0 sections \.gnu\.version_r/,
    ],
    [
      'two symbol tables',
      () => changed((bytes) => bytes.writeUInt32LE(DYNSYM, headerOf(bytes, VERSYM) + 4)),
      /2 sections \.dynsym/,
    ],
    [
      'a section beyond the end',
      () => changed((bytes) => bytes.writeBigUInt64LE(2n ** 40n, headerOf(bytes, DYNSYM) + 32)),
      /the file ends at byte/,
    ],
    ['no string table', () => changed((bytes) => bytes.writeUInt32LE(0, headerOf(bytes, DYNSYM) + 40)), /not a string table/],
    ['foreign version needs', () => changed((bytes) => bytes.writeUInt32LE(0, headerOf(bytes, VERNEED) + 40)), /do not belong/],
    [
      'a symbol and a half',
      () => changed((bytes) => bytes.writeBigUInt64LE(36n, headerOf(bytes, DYNSYM) + 32)),
      /whole number of symbols/,
    ],
    [
      'too few versions',
      () => changed((bytes) => bytes.writeBigUInt64LE(8n, headerOf(bytes, VERSYM) + 32)),
      /4 entries for \d+ symbols/,
    ],
    ['an unknown revision', () => changed((bytes) => bytes.writeUInt16LE(2, sectionOffset(bytes, VERNEED))), /revision 2/],
    [
      'a list that stands still',
      () => changed((bytes) => bytes.writeUInt32LE(0, sectionOffset(bytes, VERNEED) + 12)),
      /libraries does not go forward/,
    ],
    [
      'a list that leaves its section',
      () => changed((bytes) => bytes.writeUInt32LE(1 << 20, sectionOffset(bytes, VERNEED) + 12)),
      /outside/,
    ],
    [
      'a name outside the strings',
      () => changed((bytes) => bytes.writeUInt32LE(2 ** 31, sectionOffset(bytes, VERNEED) + 4)),
      /outside its string table/,
    ],
    [
      'an unknown import of a new version',
      () => rename('__isoc23_strtoul', '__isoc23_strtouq'),
      /no older equivalent is known for __isoc23_strtouq@GLIBC_2\.38/,
    ],
    ['no import to borrow a version from', () => rename('getpid', 'getpix'), /getpid is not imported from the C library/],
  ]

  test.each(cases)('%s', (_name, make, reason) => {
    expect(refusal(make())).toMatch(reason)
  })

  test('a file that needs neither version has nothing to be edited', () => {
    const older = Buffer.from(rename('GLIBC_2.38', 'GLIBC_2.31'))
    for (let at = older.indexOf('GLIBCXX_3.4.32'); at !== -1; at = older.indexOf('GLIBCXX_3.4.32'))
      older.write('GLIBCXX_3.4.31', at, 'latin1')
    expect(refusal(older)).toMatch(/none of the versions GLIBC_2\.38, GLIBCXX_3\.4\.32 is needed/)
  })

  test('every truncation is refused', () => {
    for (let length = 0; length < x64.length; length += 997)
      expect(makeCompatible(x64.subarray(0, length)).status).toBe('refused')
    expect(makeCompatible(x64.subarray(0, x64.length - 1)).status).toBe('refused')
  })

  test('damage in the tables that are read leads to an answer, never to an exception or an endless loop', () => {
    const file = Buffer.from(x64)
    const regions = [
      [0, 64],
      [Number(file.readBigUInt64LE(40)), 64 * file.readUInt16LE(60)],
      [sectionOffset(file, VERNEED), 0x280],
      [sectionOffset(file, DYNSYM), 2_000],
    ] as const
    let state = 1
    const next = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
    const statuses = new Set<string>()
    for (let round = 0; round < 400; round += 1) {
      const [start, size] = regions[round % regions.length]!
      const damaged = Buffer.from(x64)
      for (let count = 1 + next(4); count > 0; count -= 1) damaged[start + next(size)] = next(256)
      statuses.add(makeCompatible(damaged).status)
    }
    expect(statuses).toEqual(new Set(['edited', 'refused']))
  })
})
