// What docs/policy.md says of each quota beside its figures.
import type { Policy } from '../../src/sandbox/policy/schema.ts'

type Quota = keyof Policy['quotas']

interface Words {
  /** What is counted. */
  readonly counts: string
  /** How the figures are written. */
  readonly unit: 'bytes' | 'ms' | 'count'
  /** The attack that it stops, with the threats' ids. */
  readonly stops: string
}
const quota = (unit: Words['unit'], counts: string, stops: string): Words => ({ unit, counts, stops })

export const QUOTAS: Readonly<Record<Quota, Words>> = {
  wallClockMs: quota('ms', 'time of one call', 'loops, sleeping through the CPU quota (RES-01, RES-09, CTL-13)'),
  cpuMs: quota('ms', 'CPU time of one call, all threads of the jail', 'loops, bulk operations (RES-01, RES-02)'),
  memoryBytes: quota('bytes', 'all linear memories together', 'memory bombs and growth (MOD-11, RES-03)'),
  tableElements: quota('count', 'elements of all tables together', 'table bombs and growth (MOD-10, RES-04)'),
  residentBytes: quota('bytes', 'resident memory of the jail', 'engine heap outside of linear memory (RES-04)'),
  outputBytes: quota(
    'bytes',
    'standard output and standard error together, over the life of the guest',
    'output floods (WSI-17)',
  ),
  inputBytes: quota('bytes', 'standard input', 'an embedder’s mistake'),
  handles: quota('count', 'open handles: streams, mounts, files, sockets, responses, keys', 'handle exhaustion (RES-06)'),
  threads: quota('count', 'threads of the guest; only 1', 'shared-memory races (MEM-07)'),
  moduleBytes: quota('bytes', 'size of the module', 'oversized files (MOD-12)'),
  functions: quota('count', 'functions', 'compile bombs (MOD-05)'),
  imports: quota('count', 'imports', 'count bombs (MOD-14)'),
  exports: quota('count', 'exports', 'count bombs (MOD-14)'),
  types: quota('count', 'types', 'canonicalisation blow-up (MOD-08)'),
  globals: quota('count', 'globals', 'count bombs (MOD-14)'),
  segments: quota('count', 'data segments, and element segments', 'segment bombs (MOD-09)'),
  localsPerFunction: quota('count', 'locals of one function', 'locals bombs (MOD-04)'),
  localsTotal: quota(
    'count',
    'locals of all functions; parameters and results of all functions',
    'locals and signature bombs (MOD-04, MOD-05)',
  ),
  parameters: quota('count', 'parameters, and results, of one type', 'signature bombs (MOD-05)'),
  functionBodyBytes: quota('bytes', 'one function body', 'compile bombs (MOD-07)'),
  nesting: quota('count', 'blocks open at once', 'deep nesting (MOD-06)'),
  branchTableTargets: quota('count', 'labels of one `br_table`', 'branch-table bombs (MOD-07)'),
  nameBytes: quota('bytes', 'one name in the module', 'huge names in messages (MOD-13)'),
  customSectionBytes: quota('bytes', 'all custom sections together', 'custom-section bombs (MOD-12)'),
  argumentBytes: quota('bytes', 'arguments and environment together', 'an embedder’s mistake'),
  fileBytes: quota(
    'bytes',
    'contents of memory and snapshot mounts together; and again, what the guest adds to live directories',
    'disk and memory exhaustion, sparse files (RES-13, FSX-28)',
  ),
  inodes: quota(
    'count',
    'files, directories and links in memory and snapshot mounts; and again, those that the guest adds to live directories',
    'inode exhaustion (RES-13)',
  ),
  fileNameBytes: quota('bytes', 'one file name', 'superlinear work on paths (RES-12)'),
  pathBytes: quota('bytes', 'one path, or target of a link', 'superlinear work on paths (RES-12)'),
  hostCallMs: quota('ms', 'one brokered host call', 'servers and devices that never answer (CTL-13, NET-13)'),
  networkBytes: quota('bytes', 'sent and received in one call, on the wire and after decompression', 'response bombs (NET-13)'),
  networkRequests: quota('count', 'requests, redirects, connections and queries in one call', 'work amplification (RES-08)'),
  kvBytes: quota('bytes', 'keys and values of the namespace', 'filling the embedder’s store (RES-13)'),
  kvEntries: quota('count', 'entries of the namespace', 'key floods (RES-07)'),
  reports: quota('count', 'log lines, metrics, results and timings in one call', 'floods of reports (RES-08, OUT-10)'),
  reportBytes: quota('bytes', 'texts of them', 'floods of reports (RES-08, OUT-10)'),
}
