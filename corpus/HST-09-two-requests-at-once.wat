;;! title: JavaScript in a cell asks the broker a second time before it has an answer
;;! threats: [HST-09, CTL-09]
;;! provenance: "Envoy #23047/#23049 (a second message in a phase that has no place for it)"
;;! notices: broker (takes a request while another one is under way)
;;! run:
;;!   policy: {capabilities: {kv: {namespace: twice}}}
;;!   breach:
;;!     layer: cell
;;!     script: |
;;!       const { writeSync } = await import('node:fs')
;;!       const two = Buffer.concat([request('kv.set', { key: 'a' }, 'x'), request('kv.set', { key: 'b' }, 'x')])
;;!       writeSync(3, two)
;;! expect: {outcomes: [terminated], details: [jail-lost], events: [suspicious-behaviour], audit: [kv.set allowed]}
(module (func (export "_start") (loop $for_ever (br $for_ever))))
;;! --- twin
;;! inherit: true
;;! run:
;;!   breach:
;;!     layer: cell
;;!     script: |
;;!       return [ask('kv.set', { key: 'a' }, 'x'), ask('kv.set', { key: 'b' }, 'x')].join()
;;! expect: {outcomes: [completed], stdout: "0,0", audit: [kv.set allowed, kv.set allowed]}
(module (func (export "_start")))
