// Comfort for AssemblyScript over the generated declarations: texts as strings, answers as objects.
// @ts-nocheck: the types are those of AssemblyScript.
import * as native from './gauntlet_v1'

export { Errno, errnoName, LogLevel, MetricKind, RecordType, ResultStatus } from './gauntlet_v1'

export function log(level: native.LogLevel, message: string): native.Errno {
  const text = String.UTF8.encode(message)
  return native.log_write(level, changetype<usize>(text), text.byteLength)
}

export function metric(kind: native.MetricKind, name: string, value: f64, unit: string): native.Errno {
  const name8 = String.UTF8.encode(name)
  const unit8 = String.UTF8.encode(unit)
  return native.metric_record(kind, changetype<usize>(name8), name8.byteLength, value, changetype<usize>(unit8), unit8.byteLength)
}

export function report(status: native.ResultStatus, value: f64, unit: string, message: string): native.Errno {
  const unit8 = String.UTF8.encode(unit)
  const text = String.UTF8.encode(message)
  return native.result_report(status, value, changetype<usize>(unit8), unit8.byteLength, changetype<usize>(text), text.byteLength)
}

export function timing(name: string, nanoseconds: u64): native.Errno {
  const text = String.UTF8.encode(name)
  return native.result_timing(changetype<usize>(text), text.byteLength, nanoseconds)
}

export class Records {
  errno: native.Errno
  lines: string[]
}

/** Asks again with more room as long as the answer does not fit. */
export function resolve(name: string, type: native.RecordType): Records {
  const name8 = String.UTF8.encode(name)
  const used = new StaticArray<u32>(1)
  let size: u32 = 4096
  while (true) {
    const buffer = new ArrayBuffer(size)
    const errno = native.dns_resolve(
      changetype<usize>(name8),
      name8.byteLength,
      type,
      changetype<usize>(buffer),
      size,
      changetype<usize>(used),
    )
    if (errno !== native.Errno.Success) return { errno, lines: [] }
    if (used[0] <= size) {
      const lines = String.UTF8.decode(buffer.slice(0, used[0])).split('\n')
      return { errno, lines: lines.filter((line) => line.length > 0) }
    }
    size = used[0]
  }
}
