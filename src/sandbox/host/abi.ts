// The ABI table: every function of WASI preview 1, and which of them the sandbox offers. Source: WebAssembly/WASI, phases/snapshot/witx.
import type { AbiCapability, AbiFunction, AbiParameter, Layout, Meaning } from './abi-types.ts'

export const WASI_MODULE = 'wasi_snapshot_preview1'

const CLOCK_IDS = ['realtime', 'monotonic', 'process_cputime_id', 'thread_cputime_id'] as const
const WHENCE = ['set', 'cur', 'end'] as const

const i32 = (name: string, meaning: Meaning): AbiParameter => ({ name, type: 'i32', meaning })
const fd = (name = 'fd') => i32(name, { kind: 'fd' })
const value = (name: string) => i32(name, { kind: 'value' })
const long = (name: string): AbiParameter => ({ name, type: 'i64', meaning: { kind: 'value' } })
const flags = (name: string, bits: number) => i32(name, { kind: 'flags', bits })
const rights = (name: string): AbiParameter => ({ name, type: 'i64', meaning: { kind: 'flags', bits: 30 } })
const choice = (name: string, values: readonly string[]) => i32(name, { kind: 'enum', values })
const into = (name: string, to: Layout, count: number | string | null = 1) =>
  i32(name, { kind: 'pointer', to, count, direction: 'out' })
const from = (name: string, to: Layout, count: number | string | null) =>
  i32(name, { kind: 'pointer', to, count, direction: 'in' })
const length = (name: string) => i32(name, { kind: 'length' })
/** A path is a pointer and its length in bytes. */
const path = (name = 'path') => [from(name, 'u8', `${name}_len`), length(`${name}_len`)]

type Row = readonly [name: string, capability: AbiCapability, parameters: readonly AbiParameter[]]

const OFFERED: readonly Row[] = [
  ['args_get', 'always', [into('argv', 'pointer-array', null), into('argv_buf', 'u8', null)]],
  ['args_sizes_get', 'always', [into('argc', 'u32'), into('argv_buf_size', 'u32')]],
  ['environ_get', 'always', [into('environ', 'pointer-array', null), into('environ_buf', 'u8', null)]],
  ['environ_sizes_get', 'always', [into('environc', 'u32'), into('environ_buf_size', 'u32')]],
  ['clock_res_get', 'clock', [choice('id', CLOCK_IDS), into('resolution', 'u64')]],
  ['clock_time_get', 'clock', [choice('id', CLOCK_IDS), long('precision'), into('time', 'u64')]],
  ['fd_close', 'stdio', [fd()]],
  ['fd_fdstat_get', 'stdio', [fd(), into('stat', 'fdstat')]],
  ['fd_fdstat_set_flags', 'stdio', [fd(), flags('flags', 5)]],
  ['fd_filestat_get', 'stdio', [fd(), into('stat', 'filestat')]],
  ['fd_prestat_get', 'always', [fd(), into('prestat', 'prestat')]],
  ['fd_prestat_dir_name', 'always', [fd(), into('path', 'u8', 'path_len'), length('path_len')]],
  ['fd_read', 'stdio', [fd(), from('iovs', 'iovec', 'iovs_len'), length('iovs_len'), into('nread', 'u32')]],
  ['fd_seek', 'stdio', [fd(), long('offset'), choice('whence', WHENCE), into('newoffset', 'u64')]],
  ['fd_tell', 'stdio', [fd(), into('offset', 'u64')]],
  ['fd_write', 'stdio', [fd(), from('iovs', 'iovec', 'iovs_len'), length('iovs_len'), into('nwritten', 'u32')]],
  ['proc_exit', 'always', [value('rval')]],
  ['random_get', 'random', [into('buf', 'u8', 'buf_len'), length('buf_len')]],
  ['sched_yield', 'always', []],
]

const KNOWN_ONLY: readonly Row[] = [
  [
    'fd_advise',
    'fs',
    [fd(), long('offset'), long('len'), choice('advice', ['normal', 'sequential', 'random', 'willneed', 'dontneed', 'noreuse'])],
  ],
  ['fd_allocate', 'fs', [fd(), long('offset'), long('len')]],
  ['fd_datasync', 'fs', [fd()]],
  ['fd_fdstat_set_rights', 'fs', [fd(), rights('fs_rights_base'), rights('fs_rights_inheriting')]],
  ['fd_filestat_set_size', 'fs', [fd(), long('size')]],
  ['fd_filestat_set_times', 'fs', [fd(), long('atim'), long('mtim'), flags('fst_flags', 4)]],
  ['fd_pread', 'fs', [fd(), from('iovs', 'iovec', 'iovs_len'), length('iovs_len'), long('offset'), into('nread', 'u32')]],
  ['fd_pwrite', 'fs', [fd(), from('iovs', 'iovec', 'iovs_len'), length('iovs_len'), long('offset'), into('nwritten', 'u32')]],
  ['fd_readdir', 'fs', [fd(), into('buf', 'u8', 'buf_len'), length('buf_len'), long('cookie'), into('bufused', 'u32')]],
  ['fd_renumber', 'fs', [fd(), fd('to')]],
  ['fd_sync', 'fs', [fd()]],
  ['path_create_directory', 'fs', [fd(), ...path()]],
  ['path_filestat_get', 'fs', [fd(), flags('flags', 1), ...path(), into('stat', 'filestat')]],
  ['path_filestat_set_times', 'fs', [fd(), flags('flags', 1), ...path(), long('atim'), long('mtim'), flags('fst_flags', 4)]],
  ['path_link', 'fs', [fd('old_fd'), flags('old_flags', 1), ...path('old_path'), fd('new_fd'), ...path('new_path')]],
  [
    'path_open',
    'fs',
    [
      fd(),
      flags('dirflags', 1),
      ...path(),
      flags('oflags', 4),
      rights('fs_rights_base'),
      rights('fs_rights_inheriting'),
      flags('fdflags', 5),
      into('opened', 'u32'),
    ],
  ],
  ['path_readlink', 'fs', [fd(), ...path(), into('buf', 'u8', 'buf_len'), length('buf_len'), into('bufused', 'u32')]],
  ['path_remove_directory', 'fs', [fd(), ...path()]],
  ['path_rename', 'fs', [fd(), ...path('old_path'), fd('new_fd'), ...path('new_path')]],
  ['path_symlink', 'fs', [...path('old_path'), fd(), ...path('new_path')]],
  ['path_unlink_file', 'fs', [fd(), ...path()]],
  [
    'poll_oneoff',
    'poll',
    [
      from('in', 'subscription', 'nsubscriptions'),
      into('out', 'event', 'nsubscriptions'),
      length('nsubscriptions'),
      into('nevents', 'u32'),
    ],
  ],
  ['proc_raise', 'signals', [value('sig')]],
  ['sock_accept', 'net', [fd(), flags('flags', 5), into('opened', 'u32')]],
  [
    'sock_recv',
    'net',
    [
      fd(),
      from('ri_data', 'iovec', 'ri_data_len'),
      length('ri_data_len'),
      flags('ri_flags', 2),
      into('ro_datalen', 'u32'),
      into('ro_flags', 'u32'),
    ],
  ],
  [
    'sock_send',
    'net',
    [fd(), from('si_data', 'iovec', 'si_data_len'), length('si_data_len'), flags('si_flags', 16), into('so_datalen', 'u32')],
  ],
  ['sock_shutdown', 'net', [fd(), flags('how', 2)]],
]

const row =
  (offered: boolean) =>
  ([name, capability, parameters]: Row): AbiFunction => ({
    module: WASI_MODULE,
    name,
    parameters,
    result: name === 'proc_exit' ? 'never' : 'errno',
    capability,
    offered,
  })

/** Every host call that the sandbox knows, offered or not. */
export const ABI: readonly AbiFunction[] = [...OFFERED.map(row(true)), ...KNOWN_ONLY.map(row(false))]

// Keyed by a string that no pair of names can produce twice: a name cannot hold an unpaired surrogate (core specification 5.2.4).
const key = (module: string, name: string) => `${module}\ud800${name}`
const INDEX: ReadonlyMap<string, AbiFunction> = new Map(ABI.map((entry) => [key(entry.module, entry.name), entry]))

/** The table's entry for an import, by exact name in both parts; a Map, because the names are the guest's (LNK-01, LNK-04). */
export const findAbiFunction = (module: string, name: string): AbiFunction | undefined => INDEX.get(key(module, name))
