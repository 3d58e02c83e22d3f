// The cells of the twin rule: which there are, which were seen, and why the others were not.
import { describe, expect, it } from 'vitest'
import { cellsOf, joinCells, UNSUPPORTED, Witnesses } from '../../src/campaign/cells.ts'
import { ABI } from '../../src/sandbox/host/abi/index.ts'

const entry = (name: string) => ABI.find((each) => each.name === name)!

describe('the cells of a host call', () => {
  it('are its success, each of its errors, its denial by the filter, and its module without the grant', () => {
    expect(cellsOf(entry('clock_time_get')).map(({ grant, outcome }) => `${grant} ${outcome}`)).toEqual([
      'granted success',
      ...entry('clock_time_get').errnos.map((errno) => `granted ${errno}`),
      'filtered notcapable',
      'not-granted refused',
    ])
  })

  it('do not include a module without the grant where none is needed', () => {
    expect(cellsOf(entry('args_get')).map(({ grant }) => grant)).not.toContain('not-granted')
  })

  it('of the call that ends the guest are only that it ended', () => {
    expect(cellsOf(entry('proc_exit'))).toEqual([{ call: 'proc_exit', grant: 'granted', outcome: 'ended' }])
  })

  it('do not include the success of what is not supported, as the table says of just these', () => {
    const said = ABI.filter(({ summary }) => summary.startsWith('Not supported')).map(({ name }) => name)
    expect(
      said.filter((name) => !UNSUPPORTED.has(name) || cellsOf(entry(name)).some(({ outcome }) => outcome === 'success')),
    ).toEqual([])
    expect([...UNSUPPORTED].filter((name) => !said.includes(name))).toEqual([])
  })
})

describe('witnesses', () => {
  const table = [entry('clock_time_get')]
  const cell = (grant: 'granted' | 'filtered', outcome: string) => ({ call: 'clock_time_get', grant, outcome })

  it('add up, and what nobody saw is empty, with a reason', () => {
    const witnesses = new Witnesses()
    witnesses.add(cell('granted', 'success'))
    witnesses.add(cell('granted', 'success'), 4)
    const { cells, witnessed, rows, empty } = witnesses.record(table)
    expect([cells, witnessed, rows]).toEqual([cellsOf(table[0]!).length, 1, [{ ...cell('granted', 'success'), times: 5 }]])
    expect(empty).toHaveLength(cells - 1)
    expect(empty.filter(({ reason }) => reason === '')).toEqual([])
  })

  it('keep apart what the table does not have, such as a call that the filter let through', () => {
    const witnesses = new Witnesses()
    witnesses.add(cell('filtered', 'success'))
    expect(witnesses.record(table)).toMatchObject({
      witnessed: 0,
      rows: [],
      unexpected: [{ ...cell('filtered', 'success'), times: 1 }],
    })
  })

  it('of several runs are seen if one of them has seen them', () => {
    const [one, two] = [new Witnesses(), new Witnesses()]
    one.add(cell('granted', 'success'))
    two.add(cell('filtered', 'notcapable'), 2)
    expect(joinCells([one.record(), two.record()])).toMatchObject({ witnessed: 2, rows: [{ times: 1 }, { times: 2 }] })
    expect(joinCells([])).toBeUndefined()
  })
})
