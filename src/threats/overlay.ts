// An overlay: what the owner of another host adds to the threat model, switches off, and maps to controls of their own.
import { basename, isAbsolute, relative, resolve, sep } from 'node:path'
import { describedParts, type Parts, placed } from './parts.ts'
import { type Overlay, overlayFileSchema } from './schema.ts'
import { readSourceFile, type SourceFile } from './source-file.ts'

/** @throws {ThreatModelError} if it cannot be read or does not follow the schema */
export function readOverlay(path: string): SourceFile<Overlay> {
  return readSourceFile(path, nameOf(path), overlayFileSchema)
}

/** As it was named, if it lies below the working directory; else its name alone, since reports travel and paths of a machine mean nothing elsewhere. */
function nameOf(path: string): string {
  const below = relative(process.cwd(), resolve(path))
  return below.startsWith('..') || isAbsolute(below) ? basename(path) : below.split(sep).join('/')
}

export function overlayParts(file: SourceFile<Overlay>): Parts {
  const { data } = file
  const overlay = data.overlay
  return {
    ...describedParts(file),
    controls: placed(file, 'controls', data.controls),
    threats: placed(file, 'threats', data.threats),
    risks: placed(file, 'risks', data.risks),
    frameworks: placed(file, 'frameworks', data.frameworks),
    switchOff: placed(
      file,
      'switchOff',
      data.switchOff?.map((entry) => ({ ...entry, overlay })),
    ),
    map: placed(file, 'map', data.map),
  }
}
