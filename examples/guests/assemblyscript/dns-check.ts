// A probe in AssemblyScript: whether a name resolves, and to what. Arguments: NAME, then the record type (A), then a record that has to be among
// the answers. Without arguments the name is the environment variable TARGET.
// @ts-nocheck: the types are those of AssemblyScript.
import { Errno, errnoName, LogLevel, log, MetricKind, metric, ResultStatus, report, resolve, timing } from './gauntlet'
import { args, now, variable } from './wasi'

const TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT', 'CAA']

function finish(status: ResultStatus, value: f64, message: string): Errno {
  log(status === ResultStatus.Ok ? LogLevel.Info : LogLevel.Error, message)
  return report(status, value, 'records', message)
}

function check(name: string, typeName: string, expected: string): Errno {
  const type = TYPES.indexOf(typeName)
  if (name.length === 0 || type < 0) return finish(ResultStatus.Unknown, NaN, 'usage: NAME [TYPE] [RECORD]')

  const started = now()
  const records = resolve(name, type)
  const elapsed = now() - started
  const question = `${name} ${typeName}`
  const errno = records.errno
  // What the policy does not grant says nothing about the name.
  if (errno === Errno.Acces || errno === Errno.Notcapable)
    return finish(ResultStatus.Unknown, NaN, `${question}: refused by the policy (${errnoName(errno)})`)
  if (errno !== Errno.Success) return finish(ResultStatus.Critical, NaN, `${question}: no answer (${errnoName(errno)})`)

  const lines = records.lines
  timing('resolve', elapsed)
  metric(MetricKind.Gauge, 'dns.records', lines.length, '')
  for (let i = 0; i < lines.length; i++) log(LogLevel.Debug, lines[i])
  if (lines.length === 0) return finish(ResultStatus.Critical, 0, `${question}: no records`)
  if (expected.length > 0 && !lines.includes(expected))
    return finish(ResultStatus.Critical, lines.length, `${question}: ${lines.join(', ')} without ${expected}`)
  return finish(ResultStatus.Ok, lines.length, `${question}: ${lines.join(', ')}`)
}

const words = args()
check(
  words.length > 1 ? words[1] : variable('TARGET'),
  words.length > 2 ? words[2].toUpperCase() : 'A',
  words.length > 3 ? words[3] : '',
)
