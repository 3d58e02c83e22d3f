// Where things stand in the diagram of trust boundaries: parties in columns, the boundaries between them in the gaps, nothing on top of anything.

export interface Link {
  readonly id: string
  readonly from: string
  readonly to: string
}

export interface Box {
  readonly id: string
  /** Left edge, and the middle from top to bottom. */
  readonly x: number
  readonly y: number
}

/** Where a link stands, and at which heights its line passes the columns that it only crosses. */
export interface LinkBox extends Box {
  readonly via: readonly { readonly x: number; readonly y: number }[]
}

export interface Layout {
  readonly parties: readonly Box[]
  readonly links: readonly LinkBox[]
  readonly width: number
  readonly height: number
}

export const PARTY = { width: 138, height: 54 } as const
export const LINK = { width: 206, height: 56 } as const
const GAP = { across: 46, party: 18, link: 12, edge: 8 } as const
const COLUMN = PARTY.width + LINK.width + 2 * GAP.across

/** Follows the order of the links, those of one pair together; the same links give the same picture. */
export function layOut(given: readonly Link[]): Layout {
  const links = [...given].sort(
    (a, b) => firstOf(given, 'from', a) - firstOf(given, 'from', b) || firstOf(given, 'to', a) - firstOf(given, 'to', b),
  )
  const rank = ranks(links)
  const last = Math.max(0, ...rank.values())
  const middle = new Map<string, number>()
  const boxes = new Map<string, Box>()
  const via = new Map<string, Box[]>(links.map((link) => [link.id, []]))
  for (let column = 0; column <= last; column++) {
    const here = [...rank].filter(([, at]) => at === column).map(([id]) => id)
    // A party stands at the height of the boundaries before it, or of those behind it if there are none.
    const before = (id: string) => links.filter(({ to }) => to === id).map((link) => middle.get(link.id))
    const wish = new Map<string | Link, number>(here.map((id, index) => [id, mean(before(id)) ?? firstWish(links, id, index)]))
    // A line that only passes gets a place of its own, so that it goes through nobody.
    for (const link of links)
      if (rank.get(link.from)! < column && rank.get(link.to)! > column) wish.set(link, middle.get(link.id) ?? 0)
    for (const [what, y] of stack(wish, PARTY.height + GAP.party)) {
      const box = { id: typeof what === 'string' ? what : what.id, x: GAP.edge + column * COLUMN, y }
      if (typeof what === 'string') boxes.set(what, box)
      else via.get(what.id)?.push(box)
    }
    const across = links.filter((link) => rank.get(link.from) === column)
    const hope = new Map(
      across.map((link, index) => [link.id, (boxes.get(link.from)?.y ?? 0) + (index - (across.length - 1) / 2)]),
    )
    for (const [id, y] of stack(hope, LINK.height + GAP.link)) middle.set(id, y)
  }
  return framed(links, rank, boxes, middle, via)
}

function firstOf(links: readonly Link[], side: 'from' | 'to', link: Link): number {
  return links.findIndex((other) => other[side] === link[side])
}

/** Column of each party: behind all that lead to it. A link that would close a circle does not count. */
function ranks(links: readonly Link[]): Map<string, number> {
  const rank = new Map<string, number>()
  const visit = (id: string, depth: number, path: readonly string[]) => {
    if (path.includes(id) || (rank.get(id) ?? -1) >= depth) return
    rank.set(id, depth)
    for (const link of links) if (link.from === id) visit(link.to, depth + 1, [...path, id])
  }
  const targets = new Set(links.map((link) => link.to))
  for (const { from } of links) if (!targets.has(from)) visit(from, 0, [])
  for (const { from } of links) if (!rank.has(from)) visit(from, 0, [])
  return rank
}

/** Parties without anything before them stand one below the other, each in the middle of what follows from it. */
function firstWish(links: readonly Link[], id: string, index: number): number {
  const order = links.map((link, at) => (link.from === id ? at : null)).filter((at) => at !== null)
  return (mean(order) ?? index) * (LINK.height + GAP.link)
}

/** Heights as near to the wishes, in least squares, as the distance allows, in the order of the wishes (pooling of adjacent violators). */
function stack<T>(wishes: ReadonlyMap<T, number>, distance: number): Map<T, number> {
  const sorted = [...wishes].sort(([, a], [, b]) => a - b)
  const groups: { readonly sum: number; readonly size: number }[] = []
  for (const [index, [, wish]] of sorted.entries()) {
    let group = { sum: wish - index * distance, size: 1 }
    for (let above = groups.at(-1); above && above.sum / above.size > group.sum / group.size; above = groups.at(-1)) {
      groups.pop()
      group = { sum: above.sum + group.sum, size: above.size + group.size }
    }
    groups.push(group)
  }
  const base = groups.flatMap(({ sum, size }) => Array.from({ length: size }, () => sum / size))
  return new Map(sorted.map(([what], index) => [what, base[index]! + index * distance]))
}

function framed(
  links: readonly Link[],
  rank: ReadonlyMap<string, number>,
  parties: ReadonlyMap<string, Box>,
  middle: ReadonlyMap<string, number>,
  via: ReadonlyMap<string, readonly Box[]>,
): Layout {
  const tops = [
    ...[...parties.values()].map(({ y }) => y - PARTY.height / 2),
    ...[...middle.values()].map((y) => y - LINK.height / 2),
  ]
  const lows = [
    ...[...parties.values()].map(({ y }) => y + PARTY.height / 2),
    ...[...middle.values()].map((y) => y + LINK.height / 2),
  ]
  const top = (tops.length === 0 ? 0 : Math.min(...tops)) - GAP.edge
  const at = (link: Link) => GAP.edge + (rank.get(link.from) ?? 0) * COLUMN + PARTY.width + GAP.across
  const columns = Math.max(0, ...rank.values())
  const wide = links.some((link) => rank.get(link.from) === columns) ? columns + 1 : columns
  return {
    parties: [...parties.values()].map((box) => ({ ...box, y: box.y - top })),
    links: links.map((link) => ({
      id: link.id,
      x: at(link),
      y: (middle.get(link.id) ?? 0) - top,
      via: (via.get(link.id) ?? []).map(({ x, y }) => ({ x, y: y - top })),
    })),
    width: 2 * GAP.edge + wide * COLUMN + PARTY.width,
    height: (lows.length === 0 ? 0 : Math.max(...lows)) - top + GAP.edge,
  }
}

function mean(numbers: readonly (number | null | undefined)[]): number | null {
  const known = numbers.filter((number) => typeof number === 'number')
  return known.length === 0 ? null : known.reduce((sum, number) => sum + number, 0) / known.length
}
