// `--overlay`: files of the user's own that are laid over the threat model. A mistake in one is the user's to mend, one in the model is ours.
import { join } from 'node:path'
import { readThreatModel, type ThreatModel, ThreatModelError } from '../threats/index.ts'
import { inputError } from './cli-error.ts'
import { PROJECT_DIR } from './project.ts'

export const MODEL_DIR = join(PROJECT_DIR, 'threat-model')

/**
 * The project's threat model with the overlays over it.
 *
 * @throws {CliError} if an overlay cannot be used
 * @throws {ThreatModelError} if the model itself cannot
 */
export function modelWith(overlays: readonly string[] = []): ThreatModel {
  const { model, problems } = readThreatModel(MODEL_DIR, overlays)
  if (model) return model
  const [first, ...others] = problems
  const error = new ThreatModelError([first!, ...others])
  // Where the model alone is in order, what is wrong came with the overlays.
  throw overlays.length > 0 && readThreatModel(MODEL_DIR).model ? inputError(`${error.message}.`) : error
}
