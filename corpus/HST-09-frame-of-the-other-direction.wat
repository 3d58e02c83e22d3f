;;! title: JavaScript in a jail sends a message that only a host sends, and one that nobody sends
;;! threats: [HST-09]
;;! provenance: GHSA-fhjh-jqv7-m238 (Deno); laverdet/isolated-vm README
;;! notices: channel-validation (messages of unknown kinds are passed over)
;;! run:
;;!   breach:
;;!     layer: jail
;;!     script: |
;;!       process.stdout.write(frame(0x01, '{}'))
;;!       process.stdout.write(frame(0xff, '{}'))
;;! expect: {outcomes: [terminated], details: [jail-lost], events: [suspicious-behaviour], effects: []}
(module (func (export "_start")))
;;! --- twin
;;! inherit: true
;;! run: {breach: {layer: jail, script: "process.stdout.write(frame(0x83, 'honest'))"}}
;;! expect: {outcomes: [completed], stdout: honest}
