;;! title: JavaScript in a jail says that the guest has ended, with a key "__proto__" more than such a message has
;;! threats: [HST-09]
;;! provenance: CWE-1321; laverdet/isolated-vm README
;;! notices: channel-validation (keys that nobody knows are passed over)
;;! run:
;;!   breach:
;;!     layer: jail
;;!     script: |
;;!       process.stdout.write(frame(0x82, '{"ending":{"kind":"exited","code":0},"memoryBytes":0,"hostCalls":0,"counts":null,"__proto__":{"polluted":1}}'))
;;! expect: {outcomes: [terminated], details: [jail-lost], events: [suspicious-behaviour], effects: []}
(module (func (export "_start") (loop $for_ever (br $for_ever))))
;;! --- twin
;;! inherit: true
;;! run:
;;!   breach:
;;!     layer: jail
;;!     script: |
;;!       process.stdout.write(frame(0x82, '{"ending":{"kind":"exited","code":0},"memoryBytes":0,"hostCalls":0,"counts":null}'))
;;! expect: {outcomes: [exited], exitCode: 0}
