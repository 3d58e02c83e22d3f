// What the workflows that `gauntlet init` writes have in common.

export interface NightlyPlan {
  /** A checkout of this project, which compiles its fuzz targets, rather than a project that has it as a package. */
  readonly checkout: boolean
  readonly budget: string
  readonly target: string | null
  /** Path of an overlay for the threat model. */
  readonly overlay: string | null
  /** Machines that share the run. */
  readonly shards: number
}

/** Not on the hour, when everybody's workflows begin and some are dropped. */
export const CRON = '17 2 * * *'
export const NODE = '24'
/** A run takes its budget, and what is begun then is ended; half an hour for that and for the installation. */
export const MARGIN_MINUTES = 30

/** The command without the options that depend on where it runs. */
export function fuzzCommand({ checkout, budget, target, overlay }: NightlyPlan): string {
  return [
    checkout ? 'npm run fuzz --' : 'npx gauntlet fuzz',
    `--budget ${budget}`,
    ...(target === null ? [] : [`--target ${target}`]),
    ...(overlay === null ? [] : [`--overlay ${overlay}`]),
  ].join(' ')
}
