// Options that several commands have in common.
export const repeatable = (value: string, before: readonly string[] = []) => [...before, value]
export const OVERLAY = [
  '--overlay <file>',
  'YAML laid over the threat model: threats, controls and risks of your own host; repeatable',
  repeatable,
] as const
export const POLICY = ['--policy <name|file>', 'strict, default, relaxed, or a .yaml or .json file', 'default'] as const
