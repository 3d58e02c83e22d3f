// The project's own threat model: complete, without dangling names, and true about where its controls live.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadThreatModel, THREAT_MODEL_DIR } from '../../src/threats/index.ts'

const ROOT = resolve(THREAT_MODEL_DIR, '..')
const model = loadThreatModel()

/** How many attack classes each group has; a number that falls is a threat that was lost. */
const GROUPS = { MOD: 18, LNK: 20, MEM: 27, CTL: 16, RES: 13, FSX: 30, WSI: 17, NET: 17, OUT: 14, SUP: 12, HST: 14, ENG: 10 }

describe('the threat model of the project', () => {
  it('has every group with all of its threats, 208 together', () => {
    const counts: Record<string, number> = {}
    for (const { id } of model.threats) counts[id.slice(0, 3)] = (counts[id.slice(0, 3)] ?? 0) + 1
    expect(counts).toEqual(GROUPS)
    expect(model.threats).toHaveLength(208)
  })

  it('numbers the threats of each group from 01 without a gap', () => {
    for (const [group, count] of Object.entries(GROUPS)) {
      const expected = Array.from({ length: count }, (_, index) => `${group}-${String(index + 1).padStart(2, '0')}`)
      expect(model.threats.map(({ id }) => id).filter((id) => id.startsWith(group))).toEqual(expected)
    }
  })

  it('has no control that answers no threat', () => {
    const used = new Set(model.threats.flatMap(({ controls }) => controls))
    expect(model.controls.map(({ id }) => id).filter((id) => !used.has(id))).toEqual([])
  })

  it('has no asset that no boundary exposes and no side that no boundary has', () => {
    const exposed = new Set(model.boundaries.flatMap(({ assets }) => assets))
    expect(model.assets.map(({ id }) => id).filter((id) => !exposed.has(id))).toEqual([])
    const sides = new Set(model.boundaries.flatMap(({ between }) => between))
    expect(model.zones.map(({ id }) => id).filter((id) => !sides.has(id))).toEqual([])
  })

  it.each(model.controls.flatMap(({ id, paths }) => paths.map((path) => [id, path] as const)))(
    'control %s lives in %s',
    (_, path) => {
      expect(existsSync(join(ROOT, path)), `${path} does not exist: correct it in threat-model/controls.yaml`).toBe(true)
    },
  )

  it('gives for each threat the line of its id', async () => {
    const { readFileSync } = await import('node:fs')
    for (const { id, file, line } of model.threats) {
      expect(readFileSync(join(ROOT, file), 'utf8').split('\n')[line - 1]).toContain(`id: ${id}`)
    }
  })
})
