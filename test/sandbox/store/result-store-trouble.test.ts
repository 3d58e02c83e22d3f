// A store that is killed, locked, full, damaged, foreign or out of reach: what was acknowledged stays, and the trouble is told with its remedy.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, it } from 'vitest'
import { ResultStore } from '../../../src/sandbox/store/result-store.ts'
import { kept, large, META } from '../support/results.ts'

const dir = mkdtempSync(join(tmpdir(), 'gauntlet-store-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))
let files = 0
/** A path in a folder of its own. */
function file(): string {
  const folder = join(dir, String(++files))
  mkdirSync(folder)
  return join(folder, 'results.db')
}
const problem = (name: string, message = '') =>
  expect.objectContaining({ name: 'StoreError', problem: name, message: expect.stringContaining(message) })
/** A store of some pages, closed. */
function filled(records = 20): string {
  const path = file()
  using store = ResultStore.open(path)
  for (let i = 0; i < records; i++) store.put(large(4000), META)
  return path
}

/** Lets a process write to a store and kills it after so many acknowledgements; the numbers of all that came. */
async function killedAfter(path: string, enough: number): Promise<number[]> {
  const writer = join(import.meta.dirname, '../support/store-writer.ts')
  const child = spawn(process.execPath, [writer, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exit = once(child, 'exit')
  const acknowledged: number[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(Number(line))
    if (acknowledged.length === enough) child.kill('SIGKILL')
  }
  expect(await exit).toEqual([null, 'SIGKILL'])
  expect(acknowledged.length).toBeGreaterThanOrEqual(enough)
  return acknowledged
}

describe('a process that is killed while it writes', () => {
  it.each([1, 2, 50, 333])('loses none of the %i or more records that were acknowledged', async (enough) => {
    const path = file()
    const acknowledged = await killedAfter(path, enough)
    using store = ResultStore.open(path)
    for (const id of acknowledged) expect([id, store.get(id)?.securityEvents.length]).toEqual([id, 3])
    // At most the one that was under way is there without having been acknowledged, and then whole.
    const last = acknowledged.at(-1)!
    expect([undefined, 3]).toContain(store.get(last + 1)?.securityEvents.length)
    expect(store.get(last + 2)).toBeNull()
    expect(store.put(kept(), META)).toBeGreaterThan(last)
  })
})

it('a change that was interrupted before there was a log is taken back', () => {
  const path = filled(50)
  const copy = file()
  const raw = new DatabaseSync(path)
  // So little memory that the change is written to the file before it is committed; the journal has what stood there.
  raw.exec(
    "PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN; UPDATE executions SET reports = '[]', message = hex(zeroblob(4000))",
  )
  for (const end of ['', '-journal']) copyFileSync(`${path}${end}`, `${copy}${end}`)
  raw.exec('ROLLBACK')
  raw.close()
  expect(readFileSync(copy).equals(readFileSync(path))).toBe(false)
  using store = ResultStore.open(copy)
  expect(store.query().results.map(({ message, reports }) => [message, reports.length])).toEqual(
    Array(50).fill([kept().message, 1]),
  )
})

describe('a locked store', () => {
  it('is told after the wait, has kept everything, and takes the record later', () => {
    const path = file()
    using store = ResultStore.open(path, { busyTimeoutMs: 20 })
    const first = store.put(kept(), META)
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    expect(() => store.put(kept(), META)).toThrow(problem('locked', path))
    expect(store.query().results.map(({ id }) => id)).toEqual([first])
    other.exec('COMMIT')
    other.close()
    store.put(kept(), META)
    expect(store.query().results).toHaveLength(2)
  })

  it('is waited for as long as was said', async () => {
    const path = filled(1)
    using store = ResultStore.open(path, { busyTimeoutMs: 30_000 })
    // Lets go by itself, because the thread that waits here can tell it nothing.
    const holder = `const { DatabaseSync } = require('node:sqlite')
      const other = new DatabaseSync(${JSON.stringify(path)})
      other.exec('BEGIN IMMEDIATE')
      process.stdout.write('held')
      setTimeout(() => other.exec('COMMIT'), 200)`
    const child = spawn(process.execPath, ['--eval', holder], { stdio: ['ignore', 'pipe', 'ignore'] })
    const exit = once(child, 'exit')
    await once(child.stdout, 'data')
    expect(store.put(kept(), META)).toBe(2)
    expect(await exit).toEqual([0, null])
  })

  it('is told when it is opened, too', () => {
    const path = filled(1)
    const other = new DatabaseSync(path)
    other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    expect(() => ResultStore.open(path, { busyTimeoutMs: 20, onCorrupt: 'set-aside' })).toThrow(problem('locked'))
    other.close()
    expect(readdirSync(dirname(path)).filter((name) => name.includes('corrupt'))).toEqual([])
  })

  it('is shared by two that take turns', () => {
    const path = file()
    using one = ResultStore.open(path)
    using other = ResultStore.open(path)
    const ids = Array.from({ length: 10 }, (_, i) => (i % 2 ? one : other).put(kept(), META))
    expect(new Set(ids).size).toBe(10)
    expect(one.query()).toEqual(other.query())
  })
})

describe('a full store', () => {
  it('refuses a record whole, keeps all before it, and takes more when there is room again', () => {
    const path = file()
    using store = ResultStore.open(path, { maxBytes: 200_000, retention: { maxCount: 3 } })
    const ids: number[] = []
    const fill = () => {
      for (;;) ids.push(store.put(large(20_000), { ...META, time: ids.length }))
    }
    // Retention comes with the first record and the hundredth; before that the file is full.
    expect(fill).toThrow(problem('full', 'Free space'))
    expect(ids.length).toBeGreaterThan(3)
    expect(store.query().results.map(({ id }) => id)).toEqual(ids.toReversed())
    expect(() => store.put(large(100_000), META)).toThrow(problem('full'))
    expect(store.prune()).toBe(ids.length - 3)
    const id = store.put(large(20_000), { ...META, time: 99 })
    expect(store.get(id)?.reports).toHaveLength(1)
  })

  it('is no bigger than it may be', () => {
    const path = file()
    {
      using store = ResultStore.open(path, { maxBytes: 200_000 })
      expect(() => {
        for (;;) store.put(large(20_000), META)
      }).toThrow(problem('full'))
    }
    expect(statSync(path).size).toBeLessThanOrEqual(200_000)
  })
})

describe('a damaged store', () => {
  const damage: [string, (bytes: Buffer) => Buffer][] = [
    ['whose header is overwritten', (bytes) => bytes.fill(0x58, 0, 100)],
    ['that is cut off', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['that has zeros in the middle', (bytes) => bytes.fill(0, 8192, bytes.length - 8192)],
    ['that is another thing altogether', () => Buffer.from('not a database at all\n'.repeat(400))],
  ]

  it.each(damage)('%s is refused, with the place and the remedy, and left as it is', (_, break_) => {
    const path = filled()
    const broken = break_(readFileSync(path))
    writeFileSync(path, broken)
    expect(() => ResultStore.open(path)).toThrow(problem('corrupt', path))
    expect(() => ResultStore.open(path)).toThrow(/Restore it from a backup/)
    expect(readFileSync(path).equals(broken)).toBe(true)
  })

  it.each(damage)('%s is set aside if that is asked for, byte by byte, and a new one begun', (_, break_) => {
    const path = filled()
    const broken = Buffer.from(break_(readFileSync(path)))
    writeFileSync(path, broken)
    using store = ResultStore.open(path, { onCorrupt: 'set-aside' })
    expect(readFileSync(store.setAside!).equals(broken)).toBe(true)
    expect(store.query().results).toEqual([])
    store.put(kept(), META)
    store.close()
    using again = ResultStore.open(path, { onCorrupt: 'set-aside' })
    expect([again.setAside, again.query().results.length]).toEqual([null, 1])
  })

  const logDamage: typeof damage = [...damage, ['that is empty', () => Buffer.alloc(0)]]

  // SQLite by itself deletes the log: at once if the file is empty, and otherwise when a writer closes it.
  it.each(logDamage)('%s keeps its log, in which there may be records that are nowhere else', (_, break_) => {
    const path = filled()
    const broken = Buffer.from(break_(readFileSync(path)))
    const log = Buffer.alloc(5000, 0x37)
    writeFileSync(path, broken)
    writeFileSync(`${path}-wal`, log)
    for (let i = 0; i < 2; i++) {
      expect(() => ResultStore.open(path)).toThrow(problem('corrupt'))
      expect([readFileSync(path).equals(broken), readFileSync(`${path}-wal`).equals(log)]).toEqual([true, true])
    }
    using store = ResultStore.open(path, { onCorrupt: 'set-aside' })
    expect(store.query().results).toEqual([])
    expect([readFileSync(store.setAside!).equals(broken), readFileSync(`${store.setAside}-wal`).equals(log)]).toEqual([
      true,
      true,
    ])
  })

  it('that is gone, but for its log, is no new store', async () => {
    const path = file()
    await killedAfter(path, 5)
    const log = readFileSync(`${path}-wal`)
    rmSync(path)
    expect(() => ResultStore.open(path)).toThrow(problem('corrupt'))
    expect(existsSync(path)).toBe(false)
    using store = ResultStore.open(path, { onCorrupt: 'set-aside' })
    expect(readFileSync(`${store.setAside}-wal`).equals(log)).toBe(true)
  })

  it('is told when a record turns out to be one that no version wrote', () => {
    const path = filled(1)
    const raw = new DatabaseSync(path)
    raw.exec(`UPDATE executions SET reports = '{'`)
    raw.close()
    using store = ResultStore.open(path)
    expect(() => store.query()).toThrow(problem('corrupt', path))
  })
})

describe('a file that is not for this store', () => {
  it('of something else is refused and not touched, not even to set it aside', () => {
    const path = file()
    const raw = new DatabaseSync(path)
    raw.exec('CREATE TABLE theirs (a); PRAGMA user_version = 1')
    raw.close()
    const before = readFileSync(path)
    expect(() => ResultStore.open(path, { onCorrupt: 'set-aside' })).toThrow(problem('foreign', path))
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  it('of a newer version is refused and not touched', () => {
    const path = filled(1)
    const raw = new DatabaseSync(path)
    raw.exec('PRAGMA user_version = 1000')
    raw.close()
    const before = readFileSync(path)
    expect(() => ResultStore.open(path, { onCorrupt: 'set-aside' })).toThrow(problem('newer', 'Use that version'))
    expect(readFileSync(path).equals(before)).toBe(true)
  })
})

describe('a place where nothing can be written', () => {
  /** As somebody who is not root: root may write everywhere. */
  function unprivileged(work: () => void): void {
    const isRoot = process.geteuid?.() === 0
    if (isRoot) process.seteuid!(65_534)
    try {
      work()
    } finally {
      if (isRoot) process.seteuid!(0)
    }
  }

  it('is told with the path and what is needed there', () => {
    const path = join(dir, 'none', 'results.db')
    expect(() => ResultStore.open(path)).toThrow(problem('inaccessible', `${path} cannot be opened`))
    expect(() => ResultStore.open(dir)).toThrow(problem('inaccessible'))
  })

  it('such as a read-only folder is told, and leaves nothing behind', () => {
    const path = file()
    chmodSync(dir, 0o755)
    chmodSync(dirname(path), 0o555)
    unprivileged(() => expect(() => ResultStore.open(path)).toThrow(problem('inaccessible', 'write permission')))
    expect(existsSync(path)).toBe(false)
  })

  it('such as a folder in which the log cannot be made is told, and the store stays whole', () => {
    const path = filled(3)
    chmodSync(dir, 0o755)
    chmodSync(dirname(path), 0o555)
    unprivileged(() => expect(() => ResultStore.open(path)).toThrow(problem('inaccessible')))
    chmodSync(dirname(path), 0o755)
    using store = ResultStore.open(path)
    expect(store.query().results).toHaveLength(3)
  })
})

it('a file name is a file name, also one that SQLite would take for something else', () => {
  const path = file()
  const previous = process.cwd()
  process.chdir(dirname(path))
  try {
    using store = ResultStore.open(':memory:')
    store.put(kept(), META)
    expect(existsSync(join(dirname(path), ':memory:'))).toBe(true)
  } finally {
    process.chdir(previous)
  }
})

it('a closed store can be closed again, and says what it is', () => {
  const store = ResultStore.open(file())
  store.close()
  store.close()
  expect(() => store.put(kept(), META)).toThrow(/not open/)
})
