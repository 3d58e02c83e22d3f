// Makes a copy of a prebuilt Linux addon that loads on a C library older than the one it was linked against, without a compiler.
//
// The dynamic linker refuses an object as soon as one of its *version needs* (section .gnu.version_r) is unknown to the installed
// library, whether or not a function of that version is ever called. @jazzer.js/fuzzer 4.0.0 was linked on a system with glibc 2.38
// and GCC 13, and exactly three of its imports carry versions of that age. None of the three is needed for what it is new for, so a
// copy in which they are bound to older functions of the same behaviour is as good as the original.
//
// Layouts: System V gABI, "Object Files", and the Linux Standard Base, "Symbol Versioning" (Verneed, Vernaux, versym).

/** One value of the file that was overwritten. Numbers are unsigned; `size` is in bytes, `offset` counts from the start of the file. */
export interface ElfEdit {
  readonly offset: number
  readonly size: 2 | 4
  readonly before: number
  readonly after: number
  readonly purpose: string
}

/** An import whose version is newer than the libraries that the copy is meant for, and what it is bound to in the copy. */
export interface TooNewSymbol {
  readonly name: string
  readonly version: string
  readonly boundTo: string
  readonly boundVersion: string
}

export type ElfCompatResult =
  | {
      readonly status: 'edited'
      readonly bytes: Uint8Array
      readonly tooNew: readonly TooNewSymbol[]
      readonly edits: readonly ElfEdit[]
    }
  | { readonly status: 'refused'; readonly reason: string }

/** The versions that the copy must do without: first glibc with the C23 functions, first libstdc++ (GCC 13) with the new iostreams. */
const TOO_NEW_VERSIONS: ReadonlySet<string> = new Set(['GLIBC_2.38', 'GLIBCXX_3.4.32'])

/**
 * What each import is bound to instead.
 *
 * - `__isoc23_strtol`, `__isoc23_strtoul`: what <stdlib.h> makes of `strtol`/`strtoul` from glibc 2.38 on. They differ from the old
 *   functions only in accepting a `0b` prefix in base 2 and base 0 (C23 7.24.1.7). The addon parses libFuzzer's decimal options with
 *   them. The old name is the tail of the new one, so the string table already holds it: nothing has to be added to the file.
 * - `std::ios_base_library_init()`: an empty function. GCC 13 moved the construction of `std::cout` and its siblings from every object
 *   file into libstdc++, and a reference to this symbol only makes sure that the library is new enough to do it. With an older library
 *   that construction is done by every object compiled against the old <iostream>, Node's executable among them, long before an addon
 *   is loaded. `getpid` stands in: it takes no argument, has no effect, and the addon imports it anyway.
 */
const REPLACEMENTS: ReadonlyMap<string, string> = new Map([
  ['__isoc23_strtol', 'strtol'],
  ['__isoc23_strtoul', 'strtoul'],
  ['_ZSt21ios_base_library_initv', 'getpid'],
])

/**
 * The import whose version the replacements get. `getpid`, `strtol` and `strtoul` are as old as the C library, so each port exports
 * them under its very first version name (GLIBC_2.2.5 on x86-64, GLIBC_2.17 on AArch64), and the file already needs that name.
 */
const ANCHOR = 'getpid'

const SHT_DYNSYM = 11
const SHT_STRTAB = 3
const SHT_GNU_VERNEED = 0x6ffffffe
const SHT_GNU_VERSYM = 0x6fffffff
const SECTION_HEADER_SIZE = 64
const SYMBOL_SIZE = 24
const VERNEED_SIZE = 16
const VERNAUX_SIZE = 16
const SHN_UNDEF = 0
/** Tells the dynamic linker that the version may be missing: it then goes on instead of giving up. */
const VER_FLG_WEAK = 0x2
/** Bit 15 of a version index says "hidden"; the rest is the index. */
const VERSION_INDEX_MASK = 0x7fff

/** Thrown inside this file only; `makeCompatible` turns it into a refusal. */
class Unexpected extends Error {}

interface Section {
  readonly index: number
  readonly type: number
  readonly offset: number
  readonly size: number
  readonly link: number
  readonly info: number
}

interface VersionNeed {
  readonly index: number
  readonly name: string
  readonly library: string
  readonly flags: number
  readonly flagsOffset: number
}

interface ImportedSymbol {
  readonly name: string
  readonly nameOffset: number
  readonly fieldOffset: number
  readonly versymOffset: number
  readonly versym: number
}

/** Little-endian reads that never leave the file. */
class ElfBytes {
  readonly #view: DataView
  readonly length: number

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.length = bytes.byteLength
  }

  /** Refuses a range that is not wholly inside the file. */
  check(offset: number, size: number): void {
    if (offset + size > this.length) {
      throw new Unexpected(`the file ends at byte ${this.length}, but bytes ${offset} to ${offset + size} are referred to`)
    }
  }

  u16(offset: number): number {
    this.check(offset, 2)
    return this.#view.getUint16(offset, true)
  }

  u32(offset: number): number {
    this.check(offset, 4)
    return this.#view.getUint32(offset, true)
  }

  /** A 64-bit file offset or size. Larger than 2^53 is larger than the file, so the bounds check catches it even after rounding. */
  u64(offset: number): number {
    this.check(offset, 8)
    return Number(this.#view.getBigUint64(offset, true))
  }

  /** The NUL-terminated string at `offset` of a string table. */
  string(table: Section, offset: number): string {
    if (offset >= table.size) throw new Unexpected(`name offset ${offset} lies outside its string table of ${table.size} bytes`)
    let text = ''
    for (let at = table.offset + offset; at < table.offset + table.size; at += 1) {
      const code = this.#view.getUint8(at)
      if (code === 0) return text
      text += String.fromCharCode(code)
    }
    throw new Unexpected(`the name at offset ${offset} of its string table has no end`)
  }
}

/** Refuses everything but a 64-bit little-endian ELF shared object that has section headers. */
function checkHeader(bytes: Uint8Array, elf: ElfBytes): void {
  if (bytes.length < 64) throw new Unexpected(`${bytes.length} bytes are too few for an ELF header`)
  if (elf.u32(0) !== 0x464c457f) throw new Unexpected('not an ELF file')
  if (bytes[4] !== 2 || bytes[5] !== 1) throw new Unexpected('not a 64-bit little-endian ELF file')
  if (elf.u16(16) !== 3) throw new Unexpected('not a shared object (ELF type 3)')
  if (elf.u16(58) !== SECTION_HEADER_SIZE || elf.u16(60) === 0) throw new Unexpected('no section headers of the expected size')
}

function readSections(elf: ElfBytes): Section[] {
  const start = elf.u64(40)
  const count = elf.u16(60)
  elf.check(start, count * SECTION_HEADER_SIZE)
  const sections: Section[] = []
  for (let index = 0; index < count; index += 1) {
    const at = start + index * SECTION_HEADER_SIZE
    sections.push({
      index,
      type: elf.u32(at + 4),
      offset: elf.u64(at + 24),
      size: elf.u64(at + 32),
      link: elf.u32(at + 40),
      info: elf.u32(at + 44),
    })
  }
  return sections
}

/** The one section of a type, checked to lie inside the file. */
function sectionOfType(elf: ElfBytes, sections: readonly Section[], type: number, name: string): Section {
  const found = sections.filter((section) => section.type === type)
  const [section] = found
  if (section === undefined || found.length > 1) throw new Unexpected(`${found.length} sections ${name} where one is expected`)
  elf.check(section.offset, section.size)
  return section
}

/** The string table that a section names in its link field. */
function stringTableOf(elf: ElfBytes, sections: readonly Section[], section: Section): Section {
  const table = sections[section.link]
  if (table?.type !== SHT_STRTAB)
    throw new Unexpected(`section ${section.index} is linked to section ${section.link}, not a string table`)
  elf.check(table.offset, table.size)
  return table
}

/** Walks the linked lists of .gnu.version_r. Steps must go forward and stay in the section, so a lying list cannot loop. */
function readVersionNeeds(elf: ElfBytes, section: Section, strings: Section): VersionNeed[] {
  const needs: VersionNeed[] = []
  const end = section.offset + section.size
  const inside = (at: number, size: number): void => {
    if (at < section.offset || at + size > end) throw new Unexpected('a version need lies outside .gnu.version_r')
  }
  let need = section.offset
  for (let library = 0; library < section.info; library += 1) {
    inside(need, VERNEED_SIZE)
    if (elf.u16(need) !== 1) throw new Unexpected(`version need of revision ${elf.u16(need)}, expected 1`)
    const file = elf.string(strings, elf.u32(need + 4))
    let aux = need + elf.u32(need + 8)
    for (let count = elf.u16(need + 2); count > 0; count -= 1) {
      inside(aux, VERNAUX_SIZE)
      needs.push({
        index: elf.u16(aux + 6) & VERSION_INDEX_MASK,
        name: elf.string(strings, elf.u32(aux + 8)),
        library: file,
        flags: elf.u16(aux + 4),
        flagsOffset: aux + 4,
      })
      const step = elf.u32(aux + 12)
      if (step < VERNAUX_SIZE && count > 1) throw new Unexpected('the list of version needs does not go forward')
      aux += step
    }
    const step = elf.u32(need + 12)
    if (step < VERNEED_SIZE && library + 1 < section.info)
      throw new Unexpected('the list of needed libraries does not go forward')
    need += step
  }
  return needs
}

/** All undefined symbols of .dynsym together with their version indices. */
function readImports(elf: ElfBytes, dynsym: Section, versym: Section, strings: Section): ImportedSymbol[] {
  if (dynsym.size % SYMBOL_SIZE !== 0) throw new Unexpected('.dynsym is not a whole number of symbols')
  const count = dynsym.size / SYMBOL_SIZE
  if (versym.size !== count * 2) throw new Unexpected(`.gnu.version has ${versym.size / 2} entries for ${count} symbols`)
  const imports: ImportedSymbol[] = []
  for (let index = 1; index < count; index += 1) {
    const fieldOffset = dynsym.offset + index * SYMBOL_SIZE
    if (elf.u16(fieldOffset + 6) !== SHN_UNDEF) continue
    const nameOffset = elf.u32(fieldOffset)
    const versymOffset = versym.offset + index * 2
    imports.push({ name: elf.string(strings, nameOffset), nameOffset, fieldOffset, versymOffset, versym: elf.u16(versymOffset) })
  }
  return imports
}

/** Where the replacement's name stands in the string table: in the tail of the old name, or where the anchor's own symbol has it. */
function nameOffsetFor(symbol: ImportedSymbol, replacement: string, anchor: ImportedSymbol): number {
  if (symbol.name.endsWith(replacement)) return symbol.nameOffset + symbol.name.length - replacement.length
  if (replacement === anchor.name) return anchor.nameOffset
  throw new Unexpected(`the string table holds no name ${replacement} to bind ${symbol.name} to`)
}

/** The edits that bind one import to its older replacement: its name, and its version. */
function rebind(symbol: ImportedSymbol, replacement: string, anchor: ImportedSymbol, version: string): ElfEdit[] {
  const purpose = `bind ${symbol.name} to ${replacement}@${version}`
  const after = nameOffsetFor(symbol, replacement, anchor)
  return [
    { offset: symbol.fieldOffset, size: 4, before: symbol.nameOffset, after, purpose: `${purpose}: name` },
    { offset: symbol.versymOffset, size: 2, before: symbol.versym, after: anchor.versym, purpose: `${purpose}: version` },
  ]
}

function planEdits(
  needs: readonly VersionNeed[],
  imports: readonly ImportedSymbol[],
): { tooNew: TooNewSymbol[]; edits: ElfEdit[] } {
  const needOf = (symbol: ImportedSymbol) => needs.find((need) => need.index === (symbol.versym & VERSION_INDEX_MASK))
  const anchor = imports.find((symbol) => symbol.name === ANCHOR)
  const anchorNeed = anchor && needOf(anchor)
  if (!anchor || !anchorNeed?.library.startsWith('libc.so.')) throw new Unexpected(`${ANCHOR} is not imported from the C library`)

  const tooNew: TooNewSymbol[] = []
  const edits: ElfEdit[] = []
  for (const need of needs.filter(({ name }) => TOO_NEW_VERSIONS.has(name))) {
    const after = need.flags | VER_FLG_WEAK
    edits.push({ offset: need.flagsOffset, size: 2, before: need.flags, after, purpose: `let ${need.library} lack ${need.name}` })
  }
  if (edits.length === 0) throw new Unexpected(`none of the versions ${[...TOO_NEW_VERSIONS].join(', ')} is needed`)
  for (const symbol of imports) {
    const need = needOf(symbol)
    if (need === undefined || !TOO_NEW_VERSIONS.has(need.name)) continue
    const boundTo = REPLACEMENTS.get(symbol.name)
    if (boundTo === undefined) throw new Unexpected(`no older equivalent is known for ${symbol.name}@${need.name}`)
    tooNew.push({ name: symbol.name, version: need.name, boundTo, boundVersion: anchorNeed.name })
    edits.push(...rebind(symbol, boundTo, anchor, anchorNeed.name))
  }
  return { tooNew, edits }
}

function applyEdits(bytes: Uint8Array, edits: readonly ElfEdit[]): Uint8Array {
  const copy = Uint8Array.from(bytes)
  const view = new DataView(copy.buffer)
  for (const edit of edits) {
    if (edit.size === 2) view.setUint16(edit.offset, edit.after, true)
    else view.setUint32(edit.offset, edit.after, true)
  }
  return copy
}

/**
 * Returns an edited copy of an ELF64 shared object that no longer insists on GLIBC_2.38 and GLIBCXX_3.4.32; `bytes` stay as they are.
 * Refuses, with one sentence, every file that is not laid out as expected or needs something from those versions that has no known
 * older equivalent. Never throws for any content of `bytes`. Whether the copy works is for a load test to say, not for this function.
 */
export function makeCompatible(bytes: Uint8Array): ElfCompatResult {
  try {
    const elf = new ElfBytes(bytes)
    checkHeader(bytes, elf)
    const sections = readSections(elf)
    const dynsym = sectionOfType(elf, sections, SHT_DYNSYM, '.dynsym')
    const versym = sectionOfType(elf, sections, SHT_GNU_VERSYM, '.gnu.version')
    const verneed = sectionOfType(elf, sections, SHT_GNU_VERNEED, '.gnu.version_r')
    const strings = stringTableOf(elf, sections, dynsym)
    if (verneed.link !== dynsym.link || versym.link !== dynsym.index) {
      throw new Unexpected('the version sections do not belong to .dynsym')
    }
    const needs = readVersionNeeds(elf, verneed, strings)
    const { tooNew, edits } = planEdits(needs, readImports(elf, dynsym, versym, strings))
    return { status: 'edited', bytes: applyEdits(bytes, edits), tooNew, edits }
  } catch (error) {
    if (error instanceof Unexpected) return { status: 'refused', reason: error.message }
    throw error
  }
}
