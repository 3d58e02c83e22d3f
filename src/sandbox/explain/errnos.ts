// The error numbers that host calls answer, explained. The calls that answer each are in the ABI table.
import type { ErrnoName } from '../host/errno.ts'
import type { Entry } from './entry.ts'

/** Those that a row of the ABI table has, and no others. */
export const ERRNO_ENTRIES = {
  acces: {
    title: 'permission denied',
    meaning: 'The policy grants the capability, but not for this; or the host’s file system forbids it.',
    cause: [
      'Network: no pattern allows the origin, name, or host and port; or one on a deny list forbids it.',
      'Network: the name leads to an address that is not granted, such as a private one, or a redirect leads to something that is not granted.',
      'Live directory: the permissions of the file, for the user that the host process runs as; or a file that is setuid or setgid, which no guest writes to.',
    ],
    remedy:
      'Look for the event `network-access`, whose sentence names the reason. Then add a pattern to `capabilities.net.http.allow`, `.dns.allow` or `.tcp.allow`, or an address or class to `capabilities.net.addresses.allow`. For files, change the permissions on the host.',
  },
  addrnotavail: {
    title: 'address not available',
    meaning: 'The machine has no address from which the destination could be reached.',
    cause: ['A destination of IPv6 on a machine without IPv6.', 'All local ports are in use.'],
    remedy: 'Look at the network of the host machine; the policy has no part in it.',
  },
  again: {
    title: 'nothing to do yet',
    meaning: 'The handle is nonblocking, and the call would have had to wait.',
    cause: ['The guest set the flag `nonblock`.'],
    remedy: 'Wait with `poll_oneoff` and call again, or do not set `nonblock`.',
  },
  badf: {
    title: 'bad handle',
    meaning: 'The number is no open handle of this guest, or one of a kind that the call does not take.',
    cause: [
      'A handle that was closed, or never opened.',
      'Reading from standard output, or writing to standard input.',
      'A standard stream that the policy does not open (`capabilities.stdio`).',
      'A response or key in a call for files, or the other way round.',
    ],
    remedy: 'Look in the guest at where the number comes from. For a standard stream, open it in `capabilities.stdio`.',
  },
  busy: {
    title: 'in use',
    meaning: 'The name cannot be removed or renamed, because it stands for the directory that is held, or is in use on the host.',
    cause: ['A path that ends in `.` or `..`, or the root of a mount.', 'Live directory: the system says that it is in use.'],
    remedy: 'Name the entry itself, in the directory above it.',
  },
  canceled: {
    title: 'called off',
    meaning: 'The guest is being ended, and the call was ended with it.',
    cause: ['A limit was reached, or the embedder ended the guest, while the call was waiting.'],
    remedy: 'None in the guest. The outcome of the run says why it was ended.',
  },
  connaborted: {
    title: 'connection aborted',
    meaning: 'The connection was given up on this machine.',
    cause: ['The network went away under the connection.'],
    remedy: 'Try again; if it repeats, look at the network of the host machine.',
  },
  connrefused: {
    title: 'connection refused',
    meaning: 'Nothing listens at this address and port.',
    cause: ['The service is down, or listens elsewhere.', 'A firewall refuses it.'],
    remedy: 'Try the same host and port from the host machine. The policy allowed the connection.',
  },
  connreset: {
    title: 'connection reset',
    meaning: 'The other side ended the connection in the middle.',
    cause: ['The server broke off, or does not speak this protocol on this port.', 'A response that ended before it was whole.'],
    remedy: 'Try again; if it repeats, look at the log of the server.',
  },
  dquot: {
    title: 'quota used up',
    meaning: 'The guest has used up a quota of the policy. The call did nothing.',
    cause: [
      'Files: `fileBytes` or `inodes`.',
      'Network: `networkBytes` or `networkRequests`.',
      'Key-value store: `kvBytes` or `kvEntries`.',
      'Logs, metrics, results and timings: `reports` or `reportBytes`.',
      'Live directory: the disk quota of the host’s user.',
    ],
    remedy: 'The event `quota-exceeded` names the quota; raise it under `quotas`, or let the guest remove what it does not need.',
  },
  exist: {
    title: 'exists already',
    meaning: 'There is something of that name already.',
    cause: ['A directory, link or file is made a second time, or opened with `creat` and `excl`.'],
    remedy: 'Remove it first, or open it without `excl`.',
  },
  fault: {
    title: 'bad address',
    meaning: 'A pointer, with the size of what it points to, reaches beyond the memory of the guest. The call did nothing.',
    cause: ['A bad pointer or length in the guest.', 'A guest without memory.'],
    remedy: 'Look in the guest at the arguments of the call; docs/abi.md has the meaning of each.',
  },
  fbig: {
    title: 'file too large',
    meaning: 'The file would become larger than a file can be.',
    cause: [
      'An offset or size that is far too large, often a negative number.',
      'Live directory: the limit of the host’s file system.',
    ],
    remedy: 'Look in the guest at offset and size. If the file is to be large, the quota for it is `quotas.fileBytes`.',
  },
  hostunreach: {
    title: 'host unreachable',
    meaning: 'There is a network, but no way to this host.',
    cause: ['The host is down.', 'A router or firewall on the way refuses it.'],
    remedy: 'Try to reach it from the host machine.',
  },
  ilseq: {
    title: 'not UTF-8',
    meaning: 'A text or path is not valid UTF-8.',
    cause: [
      'Text in another encoding, or cut in the middle of a character.',
      'A wrong length.',
      'Live directory: a link on the host whose target is not UTF-8.',
    ],
    remedy: 'Encode text as UTF-8 in the guest, and count its length in bytes.',
  },
  inval: {
    title: 'invalid argument',
    meaning: 'An argument has a value that the call does not take.',
    cause: [
      'An enumeration or flag that does not exist, or that the call does not take; more than the largest length; more than 1,024 vectors.',
      'A text or path with a NUL in it.',
      'A path that asks for a directory where a file is made, or a directory that would be moved into itself.',
      'HTTP: a method, URL or header that is malformed, or a header that is not the guest’s to set; the event `network-access` says which.',
      'A metric whose name or value is none.',
    ],
    remedy:
      'Compare the arguments with the section of the call in docs/abi.md. The lengths of texts do not count a NUL at the end.',
  },
  io: {
    title: 'input/output error',
    meaning: 'The host could not do it, for a reason that the guest is not told.',
    cause: [
      'The embedder’s store, key, or file system failed.',
      'The audit log could not be written: then there is an event `audit-failed`.',
      'The guest wrote more than `quotas.outputBytes`, and ends.',
    ],
    remedy: 'Look at the security events, and then at the host: disk, store, log of the system.',
  },
  isdir: {
    title: 'is a directory',
    meaning: 'The call is for files, and this is a directory.',
    cause: [
      'Opening a directory for writing, or removing it with `path_unlink_file`.',
      'Reading or seeking on the handle of a directory.',
    ],
    remedy: 'Use `fd_readdir` to read a directory and `path_remove_directory` to remove one.',
  },
  loop: {
    title: 'a link where none is followed, or too many of them',
    meaning: 'A symbolic link is at the end of a path that is not to follow it, or more than 40 links were followed.',
    cause: ['A link that leads to itself.', '`path_open` of a link without `symlink_follow`.'],
    remedy: 'Set `symlink_follow` if the link is to be followed; otherwise read it with `path_readlink`.',
  },
  mfile: {
    title: 'too many handles',
    meaning:
      'The guest has as many open handles as `quotas.handles` allows: streams, mounts, files, sockets, responses and keys together.',
    cause: [
      'Handles that are not closed.',
      'A policy with fewer handles than streams and mounts already take.',
      'Live directory: the host process itself has too many open files.',
    ],
    remedy: 'Close handles in the guest, or raise `quotas.handles`; three streams and each mount take one.',
  },
  mlink: {
    title: 'too many links',
    meaning: 'The file has as many names as the host’s file system allows.',
    cause: ['Very many hard links to one file in a live directory.'],
    remedy: 'Copy the file instead.',
  },
  msgsize: {
    title: 'answer too large',
    meaning: 'The answer of the network is larger than is taken.',
    cause: ['The head of an HTTP response is larger than 64 KiB.', 'A name server answers with more than anybody needs.'],
    remedy: 'Ask for less; look at what the server sends.',
  },
  nametoolong: {
    title: 'name too long',
    meaning:
      'A name is longer than `quotas.fileNameBytes`, a path or link longer than `quotas.pathBytes`, or a path in a live directory deeper than is walked.',
    cause: ['A path that grew in a loop.', 'A directory that is nested hundreds deep.'],
    remedy: 'Shorten it, open a directory on the way and go on from there, or raise the quota.',
  },
  netunreach: {
    title: 'network unreachable',
    meaning: 'There is no way to the network of the destination.',
    cause: ['The host machine has no network, or none of this family of addresses.'],
    remedy: 'Look at the network of the host machine.',
  },
  noent: {
    title: 'no such thing',
    meaning: 'There is nothing of that name: no file, no value, no key, no host.',
    cause: [
      'A path with a part that does not exist, or an empty path.',
      'A value of the key-value store that was never set.',
      'A key that the policy does not grant; the guest cannot tell it from one that nobody has. The embedder can: there is an event `access-refused`.',
      'A host name that does not exist, or all of whose addresses are ones that the guest may not connect to.',
    ],
    remedy:
      'For files, look at the mounts (`capabilities.fs.mounts`) and at the guest’s working directory. For keys, look at `capabilities.crypto.keys`. For names, look for an event `network-access`.',
  },
  nospc: {
    title: 'no space left',
    meaning: 'The disk of the host is full.',
    cause: ['A live directory on a disk without room.'],
    remedy:
      'Free space on the host. A guest that fills a disk is held by `quotas.fileBytes`; lower it if it is too large for that disk.',
  },
  notcapable: {
    title: 'not granted',
    meaning: 'The handle lacks the right that the call needs, or the policy does not grant the call this.',
    cause: [
      'A file that was opened without the right, such as writing to one that was opened for reading; or a right that was given up.',
      'The policy denies the call in `hostCalls.deny`; then there is an event `syscall-blocked`.',
      'Network: the policy grants the capability, but not this part of it: `http`, `dns` or `tcp` is `null`.',
      'A key that is not granted for signing, or not for verifying.',
      'Live directory: another file system is mounted inside it.',
    ],
    remedy:
      'Look at the security events first. Without one it is about rights: ask for the right in `path_open`. With one, change `hostCalls.deny`, `capabilities.net` or `capabilities.crypto.keys` if the guest should have it.',
  },
  notconn: {
    title: 'not connected',
    meaning: 'The socket is not connected any more in the direction that the call needs.',
    cause: ['`sock_shutdown` was called before.', 'The other side ended the connection.'],
    remedy: 'Open a new connection with `tcp_connect`.',
  },
  notdir: {
    title: 'not a directory',
    meaning: 'Something in the path, or the handle, is no directory and would have to be one.',
    cause: [
      'A file in the middle of a path, or a slash after the name of a file.',
      'A handle of a file in a call that takes a directory.',
    ],
    remedy: 'Correct the path in the guest.',
  },
  notempty: {
    title: 'directory not empty',
    meaning: 'The directory has entries, so it is neither removed nor replaced.',
    cause: ['Files of a run before, or of somebody else.'],
    remedy: 'Remove what is in it first.',
  },
  notsock: {
    title: 'not a socket',
    meaning: 'The handle is open, and no socket.',
    cause: ['A file or stream in a call that takes a socket.'],
    remedy: 'Use `fd_read` and `fd_write`, which take every kind of handle with data.',
  },
  notsup: {
    title: 'not supported',
    meaning: 'The sandbox does not do this, with any policy.',
    cause: [
      'CPU-time clocks, signals, listening sockets; `path_open` with the flags `dsync`, `rsync` or `sync`.',
      'A device, pipe or socket of the host in a live directory.',
    ],
    remedy: 'See the deviations of the call in docs/abi.md. For a live directory, take what is no file out of it.',
  },
  nxio: {
    title: 'no such device',
    meaning: 'What is named stands for a device that is not there.',
    cause: ['A live directory in which the file was replaced by a pipe or device while it was being opened.'],
    remedy: 'Take what is no file out of the directory.',
  },
  overflow: {
    title: 'too large to be represented',
    meaning: 'The answer does not fit the type in which it would be given, or the largest answer.',
    cause: [
      'A position in a file beyond the largest one.',
      'A live directory with more than 60,000 entries.',
      'More keys, or a larger value, in the key-value store than one answer takes (16 MiB).',
    ],
    remedy: 'Ask for a longer prefix with `kv_keys`; look in the guest at the offset of `fd_seek`.',
  },
  perm: {
    title: 'not permitted',
    meaning: 'A path would leave the directory that it was given to, or the host’s file system does not permit the change.',
    cause: [
      'An absolute path, too many `..`, or a symbolic link that leads out of the mount.',
      'A symbolic link that is absolute or would lead out is not made, linked or moved there; in a live directory it is not read either.',
      'A hard link to a directory.',
      'Live directory: the system does not permit it to the host’s user.',
    ],
    remedy:
      'The event `file-access` has the path. Let the guest use paths below its mounts, or mount the directory that it needs (`capabilities.fs.mounts`).',
  },
  pipe: {
    title: 'nobody reads any more',
    meaning: 'The direction to the other side is closed, so nothing can be sent.',
    cause: ['`sock_shutdown` of the sending direction, or the other side has closed the connection.'],
    remedy: 'Open a new connection with `tcp_connect`.',
  },
  proto: {
    title: 'protocol error',
    meaning: 'The other side does not keep to the protocol, or its certificate is not accepted.',
    cause: [
      'A certificate that is expired, not for this name, or signed by nobody who is trusted.',
      'TLS on a port without TLS, or the other way round.',
      'A malformed or cut HTTP response, or a body whose compression is broken.',
    ],
    remedy:
      'Look at the certificate with `tls_certificate` or `openssl s_client`. The embedder can trust further authorities (the option `certificateAuthorities` of `createSandbox`); verification cannot be switched off.',
  },
  rofs: {
    title: 'read-only',
    meaning: 'The mount is read-only, and the call would change something: contents, names or times.',
    cause: [
      'A mount with `writable: false`, the default of snapshots and live directories.',
      'Opening with `creat` or `trunc` in one.',
    ],
    remedy: 'Set `writable: true` for the mount in `capabilities.fs.mounts`, or let the guest write to a memory mount.',
  },
  spipe: {
    title: 'no position',
    meaning: 'The handle is a stream or socket, which has no position and no size.',
    cause: ['Seeking in standard input or output.'],
    remedy: 'Read from the start to the end; use a file where a position is needed.',
  },
  timedout: {
    title: 'took too long',
    meaning: 'The call took longer than `quotas.hostCallMs`, or than the guest’s own timeout, and was ended.',
    cause: [
      'A slow server or name server, or one that does not answer.',
      'A slow disk under a live directory.',
      'A short `timeout_ms` in the call.',
    ],
    remedy:
      'Try the same from the host machine. Raise `quotas.hostCallMs` (and `quotas.wallClockMs`, which ends the guest) if waiting longer would help.',
  },
  txtbsy: {
    title: 'program in use',
    meaning: 'The file is a program that is running on the host, so it is not written to.',
    cause: ['A writable live directory with programs in it.'],
    remedy: 'Do not mount directories of programs as writable.',
  },
  xdev: {
    title: 'across mounts',
    meaning: 'Old and new name lie in different mounts, or on different file systems of the host.',
    cause: ['Renaming or linking from one mount into another.'],
    remedy: 'Copy the file and remove the old one.',
  },
} as const satisfies Partial<Record<ErrnoName, Entry>>
