// Order of semantic versions (semver.org, section 11), for telling an older version from a newer one.

/** Negative if `a` is older than `b`, positive if newer, 0 if neither. Both must be versions as a manifest has them. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [split(a), split(b)]
  for (let index = 0; index < 3; index++) {
    const difference = Number(left.numbers[index]) - Number(right.numbers[index])
    if (difference !== 0) return difference
  }
  // A pre-release comes before its release.
  if (left.before === null || right.before === null) return Number(left.before === null) - Number(right.before === null)
  return compareIdentifiers(left.before.split('.'), right.before.split('.'))
}

function split(version: string) {
  const [, numbers = '', before = null] = /^([\d.]+)(?:-([^+]*))?/.exec(version) ?? []
  return { numbers: numbers.split('.'), before }
}

function compareIdentifiers(a: readonly string[], b: readonly string[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index]
    if (right === undefined) return 1
    const difference = compareIdentifier(left, right)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** Numbers come before words. */
function compareIdentifier(a: string, b: string): number {
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (left !== right) return left ? -1 : 1
  if (left && a.length !== b.length) return a.length - b.length
  return a < b ? -1 : a > b ? 1 : 0
}
