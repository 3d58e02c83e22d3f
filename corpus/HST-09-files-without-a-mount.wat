;;! title: JavaScript in a jail hands over a changed file for a guest that has no mount
;;! threats: [HST-09]
;;! provenance: GHSA-fhjh-jqv7-m238 (Deno, what an internal message says is believed)
;;! notices: channel-validation (messages that this guest cannot have caused are believed)
;;! run:
;;!   breach:
;;!     layer: jail
;;!     script: |
;;!       const json = Buffer.from('{"type":"file","path":"/etc/passwd","more":false}')
;;!       const size = Buffer.alloc(4)
;;!       size.writeUInt32LE(json.length)
;;!       process.stdout.write(frame(0x8c, Buffer.concat([size, json, Buffer.from('mine')])))
;;! expect: {outcomes: [terminated], details: [jail-lost], events: [suspicious-behaviour], effects: []}
(module (func (export "_start")))
;;! --- twin
;;! inherit: true
;;! run: {breach: {layer: jail, script: "process.stdout.write(frame(0x83, 'honest'))"}}
;;! expect: {outcomes: [completed], stdout: honest}
