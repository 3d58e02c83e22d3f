// Bytes that come from a jail piece by piece, kept as a whole: piece by piece, single bytes would cost the host hundreds of bytes each (RES-08).

/** Room, of which `size` bytes count. */
export interface Gathered {
  readonly bytes: Uint8Array
  readonly size: number
}

export const NOTHING_YET: Gathered = { bytes: new Uint8Array(0), size: 0 }

/** @param cap never more than this in all; the caller has checked it */
export function gathered({ bytes, size }: Gathered, more: Uint8Array, cap: number): Gathered {
  const needed = size + more.length
  const room = needed <= bytes.length ? bytes : new Uint8Array(Math.max(needed, Math.min(2 * bytes.length, cap)))
  if (room !== bytes) room.set(bytes.subarray(0, size))
  room.set(more, size)
  return { bytes: room, size: needed }
}

export const whole = ({ bytes, size }: Gathered): Uint8Array<ArrayBuffer> => new Uint8Array(bytes.subarray(0, size))
