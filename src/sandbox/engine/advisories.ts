// Published defects of Node.js that weaken what a guest is kept in: a dated list, for the engine gate (ENG-01, ENG-02, ENG-04, RES-07).
//
// Only what concerns a jail is here: walls that Node's permission model and processes are, and what a guest can make the engine do. What concerns
// servers (TLS, HTTP/2, proxies) is for whoever runs one. V8's own advisories are not here: Node takes over some of V8's fixes and not others, in
// versions of its own, so that the number of V8's fixed version says nothing of a build of Node's (docs/isolation.md).

/** A release line's number and the first version of it that has the fix. */
export type FixedIn = Readonly<Record<number, readonly [minor: number, patch: number]>>

export interface EngineAdvisory {
  /** CVE. */
  readonly id: string
  /** Day on which the fix was released, ISO 8601. */
  readonly published: string
  readonly source: string
  /** Lines of Node.js that have the defect, each with the version that mends it. Other lines do not have it. */
  readonly node: FixedIn
  /** What it means where guests run, one clause. */
  readonly effect: string
}

/** Day up to which the announcements were read and entered. What was published later is not known here. */
export const LIST_DATE = '2026-06-18'
/** A list that is older is said to be old: security releases of Node.js come every two to three months. */
export const LIST_DAYS = 120

/** Release lines without fixes any more, with the day of their end; by Node's own words they are to be taken as affected by what comes later. */
export const ENDED_LINES: ReadonlyMap<number, string> = new Map([
  [20, '2026-04-30'],
  [21, '2024-06-01'],
  [23, '2025-06-01'],
  [25, '2026-06-01'],
])

const BLOG = 'https://nodejs.org/en/blog/vulnerability'

export const ADVISORIES: readonly EngineAdvisory[] = [
  {
    id: 'CVE-2025-23083',
    published: '2025-01-21',
    source: `${BLOG}/january-2025-security-releases`,
    node: { 20: [18, 2], 22: [13, 1], 23: [6, 1] },
    effect: 'code in a jail can get hold of an internal thread, and with it past the permission model',
  },
  {
    id: 'CVE-2025-27209',
    published: '2025-07-15',
    source: `${BLOG}/july-2025-security-releases`,
    node: { 24: [4, 1] },
    effect: 'strings that a guest chooses can all get the same hash, which makes the host’s tables slow',
  },
  {
    id: 'CVE-2025-55130',
    published: '2026-01-13',
    source: `${BLOG}/december-2025-security-releases`,
    node: { 20: [20, 0], 22: [22, 0], 24: [13, 0], 25: [3, 0] },
    effect: 'links made in the right way lead code in a jail out of the directories that it may read',
  },
  {
    id: 'CVE-2025-55132',
    published: '2026-01-13',
    source: `${BLOG}/december-2025-security-releases`,
    node: { 20: [20, 0], 22: [22, 0], 24: [13, 0], 25: [3, 0] },
    effect: 'code in a jail can change the times of files that it may only read',
  },
  {
    id: 'CVE-2025-59466',
    published: '2026-01-13',
    source: `${BLOG}/december-2025-security-releases`,
    node: { 20: [20, 0], 22: [22, 0], 24: [13, 0], 25: [3, 0] },
    effect: 'an exhausted stack ends a process that uses async_hooks, and nothing there can catch it',
  },
  {
    id: 'CVE-2026-21636',
    published: '2026-01-13',
    source: `${BLOG}/december-2025-security-releases`,
    node: { 25: [3, 0] },
    effect: 'code in a jail can connect to sockets in the file system',
  },
  {
    id: 'CVE-2026-21711',
    published: '2026-03-24',
    source: `${BLOG}/march-2026-security-releases`,
    node: { 25: [8, 2] },
    effect: 'code in a jail can listen on sockets in the file system',
  },
  {
    id: 'CVE-2026-21715',
    published: '2026-03-24',
    source: `${BLOG}/march-2026-security-releases`,
    node: { 20: [20, 2], 22: [22, 2], 24: [14, 1], 25: [8, 2] },
    effect: 'code in a jail can find out which paths exist and where they lead',
  },
  {
    id: 'CVE-2026-21716',
    published: '2026-03-24',
    source: `${BLOG}/march-2026-security-releases`,
    node: { 20: [20, 2], 22: [22, 2], 24: [14, 1], 25: [8, 2] },
    effect: 'code in a jail can change owner and mode of files that it may only read',
  },
  {
    id: 'CVE-2026-21717',
    published: '2026-03-24',
    source: `${BLOG}/march-2026-security-releases`,
    node: { 20: [20, 2], 22: [22, 2], 24: [14, 1], 25: [8, 2] },
    effect: 'strings of digits that a guest chooses can all get the same hash, which makes the host’s tables slow',
  },
  {
    id: 'CVE-2026-48617',
    published: '2026-06-18',
    source: `${BLOG}/june-2026-security-releases`,
    node: { 22: [23, 0], 24: [17, 0], 26: [3, 1] },
    effect: 'code in a jail can have a diagnostic report written where it may not write',
  },
  {
    id: 'CVE-2026-48935',
    published: '2026-06-18',
    source: `${BLOG}/june-2026-security-releases`,
    node: { 22: [23, 0], 24: [17, 0], 26: [3, 1] },
    effect: 'code in a jail can change the times of files that it may only read, by another call',
  },
  {
    id: 'CVE-2026-48936',
    published: '2026-06-18',
    source: `${BLOG}/june-2026-security-releases`,
    node: { 26: [3, 1] },
    effect: 'code in a jail can listen on sockets in the file system',
  },
]
