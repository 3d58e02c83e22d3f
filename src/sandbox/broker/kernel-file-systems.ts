// File systems that are doors to the kernel and to other processes, not storage: they are never mounted, nor copied (FSX-17).
import { statfs } from 'node:fs/promises'

// `f_type` of statfs(2).
const TYPES: ReadonlySet<number> = new Set([
  0x9fa0, // proc
  0x6265_6572, // sysfs
  0x1cd1, // devpts
  0x27_e0eb, // cgroup
  0x6367_7270, // cgroup2
  0x6462_6720, // debugfs
  0x7472_6163, // tracefs
  0x7363_6673, // securityfs
  0x6265_6570, // configfs
  0x6e73_6673, // nsfs
  0xcafe_4a11, // bpf
  0xde5e_81e4, // efivarfs
  0x6165_676c, // pstore
  0x4249_4e4d, // binfmt_misc
  0x1980_0202, // mqueue
  0xf97c_ff8c, // selinuxfs
])

/** Whether a path of the embedder's lies on one. Other systems than Linux have no such file systems, or none with these numbers. */
export async function isKernelFileSystem(path: string): Promise<boolean> {
  if (process.platform !== 'linux') return false
  // The kernel's number is unsigned; Node's may not be.
  return TYPES.has((await statfs(path)).type >>> 0)
}
