// What a guest reported, as lines for people: one report, one line, its texts quoted and inert (OUT-01, OUT-02).
import type { Report } from '../sandbox/index.ts'
import { quoteGuestText } from '../sandbox/text.ts'

/** Longest text of one report that is shown; `--json` has all of it. */
const SHOWN = 1000

export function reportLine(report: Report): string {
  switch (report.type) {
    case 'log':
      return `log (${report.level}): ${text(report.message)}`
    case 'metric':
      return `metric (${report.kind}): ${text(report.name)} ${report.value}${unit(report.unit)}`
    case 'result':
      return `result: ${report.status}${report.value === null ? '' : ` ${report.value}`}${unit(report.unit)} ${text(report.message)}`
    case 'timing':
      return `timing: ${text(report.name)} ${report.nanoseconds / 1e6} ms`
  }
}

const text = (value: string) => quoteGuestText(value, SHOWN)
const unit = (value: string) => (value === '' ? '' : ` ${text(value)}`)
