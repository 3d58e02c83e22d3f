// Where the boxes of a data-flow diagram go: computed, so that the same model gives the same picture and nothing has to be drawn by hand.

export interface Box {
  readonly id: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export const BOX = { width: 160, height: 80 } as const
const GAP = { x: 200, y: 90 } as const
const MARGIN = 60

/** Two columns: what is outside of the system on the left, what it consists of on the right. Each is centred on the longer one. */
export function columns(left: readonly string[], right: readonly string[]): Map<string, Box> {
  const rows = Math.max(left.length, right.length)
  const place = (ids: readonly string[], column: number): Box[] =>
    ids.map((id, row) => ({
      id,
      x: MARGIN + column * (BOX.width + GAP.x),
      y: MARGIN + Math.round((row + (rows - ids.length) / 2) * (BOX.height + GAP.y)),
      ...BOX,
    }))
  return new Map([...place(left, 0), ...place(right, 1)].map((box) => [box.id, box]))
}

/** The points in the middle of `count` curves between two boxes, so far apart that their labels can be read. */
export function bends(from: Box, to: Box, count: number): { readonly x: number; readonly y: number }[] {
  const middle = (a: Box, b: Box) => ({ x: (a.x + b.x + BOX.width) / 2, y: (a.y + b.y + BOX.height) / 2 })
  const { x, y } = middle(from, to)
  return Array.from({ length: count }, (_, index) => ({
    x: Math.round(x),
    y: Math.round(y + (index - (count - 1) / 2) * 45),
  }))
}
