// The fields that requests about live directories share.
import type { Times } from '../../host/fs/file-system.ts'
import { BadRequest, type Fields } from '../fields.ts'

/** The longest path that a call of the ABI takes; the policy's own cap is part of resolving it. */
const MAX_PATH = 65_536

export const handleIn = (fields: Fields, name = 'handle'): number => fields.integer(name, 0, Number.MAX_SAFE_INTEGER)

/** A path, or a link's target. A cell decodes strictly, so half a surrogate pair cannot come from one (FSX-15). */
export function pathIn(fields: Fields, name = 'path'): string {
  const path = fields.text(name, MAX_PATH)
  if (!path.isWellFormed()) throw new BadRequest(`the field ${name} is no text`)
  return path
}

/** Times travel as digits, `now`, or nothing. */
export function timesIn(fields: Fields): Times {
  return { accessed: timeIn(fields, 'accessed'), modified: timeIn(fields, 'modified') }
}

function timeIn(fields: Fields, name: string): Times['accessed'] {
  const text = fields.text(name, 20)
  if (text === '') return null
  if (text === 'now') return 'now'
  const time = /^\d{1,20}$/.test(text) ? BigInt(text) : -1n
  if (time < 0n || time > 0xffff_ffff_ffff_ffffn) throw new BadRequest(`the field ${name} is no time`)
  return time
}
