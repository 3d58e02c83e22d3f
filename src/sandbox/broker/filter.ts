// The policy's filter on single host calls, at the broker: the cell keeps to it already, but in a process that may not be ours any more.

/**
 * The host call without which a guest has no way to an operation. What several calls share (reading and writing what is open, looking at it,
 * closing it) is not here: it acts within what another operation has opened.
 */
export const CALL_BEHIND: Readonly<Record<string, string>> = {
  'fs.open': 'path_open',
  'fs.statPath': 'path_filestat_get',
  'fs.setTimesPath': 'path_filestat_set_times',
  'fs.setTimes': 'fd_filestat_set_times',
  'fs.readLink': 'path_readlink',
  'fs.createDirectory': 'path_create_directory',
  'fs.removeDirectory': 'path_remove_directory',
  'fs.unlink': 'path_unlink_file',
  'fs.symlink': 'path_symlink',
  'fs.link': 'path_link',
  'fs.rename': 'path_rename',
  'fs.entries': 'fd_readdir',
  'fs.setSize': 'fd_filestat_set_size',
  'fs.allocate': 'fd_allocate',
  'net.http': 'http_request',
  'net.httpBody': 'http_body',
  'net.dns': 'dns_resolve',
  'net.connect': 'tcp_connect',
  'net.certificate': 'tls_certificate',
  'net.shutdown': 'sock_shutdown',
  'kv.get': 'kv_get',
  'kv.set': 'kv_set',
  'kv.delete': 'kv_delete',
  'kv.keys': 'kv_keys',
  'crypto.key': 'crypto_key',
  'crypto.sign': 'crypto_sign',
  'crypto.verify': 'crypto_verify',
}

/** Operations that a guest never asks for when these host calls are denied. */
export const deniedOperations = (deny: readonly string[]): ReadonlySet<string> =>
  new Set(Object.keys(CALL_BEHIND).filter((operation) => deny.includes(CALL_BEHIND[operation]!)))
