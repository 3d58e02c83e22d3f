// Corpora of runs that are joined: what comes from elsewhere is copied from its own folder only.
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { joinCorpora } from '../../../src/campaign/merge/corpora.ts'
import { scratch } from '../toys.ts'

let place: ReturnType<typeof scratch>
let into: string
beforeEach(() => {
  place = scratch()
  into = join(place.path, 'joined')
  mkdirSync(join(place.path, 'run', 'corpora', 'toy'), { recursive: true })
  writeFileSync(join(place.path, 'run', 'corpora', 'toy', 'input'), 'an input')
  mkdirSync(join(place.path, 'private'))
  writeFileSync(join(place.path, 'private', 'key'), 'a secret')
})
afterEach(() => place.remove())

const joined = () => joinCorpora(place.path, [join(place.path, 'run'), join(place.path, 'other')], into)

describe('corpora', () => {
  it('are copied as they are where no compiled target can make them smaller', async () => {
    expect(await joined()).toMatchObject([{ target: 'toy', inputs: 1 }])
    expect(readdirSync(join(into, 'corpora', 'toy'))).toEqual(['input'])
  })

  it('are not followed over a link, neither as a whole nor that of one target', async () => {
    symlinkSync(join(place.path, 'private'), join(place.path, 'run', 'corpora', 'linked'))
    symlinkSync(join(place.path, 'private', 'key'), join(place.path, 'run', 'corpora', 'toy', 'linked'))
    mkdirSync(join(place.path, 'other'))
    mkdirSync(join(place.path, 'above', 'toy'), { recursive: true })
    writeFileSync(join(place.path, 'above', 'toy', 'key'), 'a secret')
    symlinkSync(join(place.path, 'above'), join(place.path, 'other', 'corpora'))
    expect(await joined()).toMatchObject([{ target: 'toy', inputs: 1 }])
    expect(readdirSync(join(into, 'corpora', 'toy'))).toEqual(['input'])
    expect(existsSync(join(into, 'corpora', 'linked'))).toBe(false)
  })

  it('may lack what should be a folder', async () => {
    mkdirSync(join(place.path, 'other'))
    writeFileSync(join(place.path, 'other', 'corpora'), 'a file')
    writeFileSync(join(place.path, 'run', 'corpora', 'file'), 'a file')
    expect(await joined()).toMatchObject([{ target: 'toy' }])
  })
})
