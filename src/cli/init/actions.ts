// The actions that the workflows use, each at one commit: a tag can be moved to other code, and these see the repository's token.

interface Action {
  readonly commit: string
  /** The release that the commit is, for people and for the tools that keep workflows up to date. */
  readonly release: string
}

export const ACTIONS = {
  'actions/checkout': { commit: '3d3c42e5aac5ba805825da76410c181273ba90b1', release: 'v7.0.1' },
  'actions/setup-node': { commit: '820762786026740c76f36085b0efc47a31fe5020', release: 'v7.0.0' },
  'actions/cache': { commit: '27d5ce7f107fe9357f9df03efb73ab90386fccae', release: 'v5.0.5' },
  'actions/upload-artifact': { commit: 'bbbca2ddaa5d8feaa63e36b76fdaad77386f024f', release: 'v7.0.0' },
  'actions/download-artifact': { commit: '3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c', release: 'v8.0.1' },
  'github/codeql-action': { commit: '8aad20d150bbac5944a9f9d289da16a4b0d87c1e', release: 'v4.36.2' },
} as const satisfies Readonly<Record<string, Action>>

/** What stands behind `uses:`. @param path of an action inside of a repository that has several */
export function uses(name: keyof typeof ACTIONS, path?: string): string {
  const { commit, release } = ACTIONS[name]
  return `${path === undefined ? name : `${name}/${path}`}@${commit} # ${release}`
}
