;;! title: JavaScript in a cell sends errors with causes, dates, nested objects and arrays where the host expects text
;;! threats: [HST-07, HST-09]
;;! provenance: GHSA-55hx-c926-fr95, GHSA-grj5-jjm8-h35p and GHSA-mpf8-4hx2-7cjg (vm2, objects crossed within errors, arrays and promises)
;;! notices: channel-validation (text is taken as it comes)
;;! run:
;;!   breach:
;;!     layer: cell
;;!     script: |
;;!       const message = { toString: 'x', then: 'x', length: 0, cause: new AggregateError([new Error('inner')], 'outer') }
;;!       parentPort.postMessage({ type: 'event', event: { type: 'suspicious-behaviour', severity: 'info', message, what: ['x'] } })
;;! expect: {outcomes: [terminated], details: [jail-lost], events: [suspicious-behaviour], stdout: ""}
(module (func (export "_start")))
;;! --- twin
;;! inherit: true
;;! run:
;;!   breach:
;;!     layer: cell
;;!     script: |
;;!       parentPort.postMessage({ type: 'event', event: { type: 'suspicious-behaviour', severity: 'info', message: 'x', what: 'x' } })
;;! expect: {outcomes: [completed], events: [suspicious-behaviour]}
