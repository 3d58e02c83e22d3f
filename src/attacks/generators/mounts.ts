// Mounts of directories of the setting, and the policy that has them.

export const directory = (name: string, writable: boolean, at = '/data') => ({
  kind: 'directory',
  at,
  source: `{dir:${name}}`,
  writable,
})
export const policyOf = (...mounts: readonly object[]) => ({ policy: { capabilities: { fs: { mounts } } } })
