;;! title: JavaScript in a jail begins a message of two gigabytes
;;! threats: [HST-09]
;;! provenance: laverdet/isolated-vm README (what a worker sends is an attack surface)
;;! notices: channel-validation (a frame's length is believed)
;;! run:
;;!   breach:
;;!     layer: jail
;;!     script: |
;;!       const head = Buffer.from([0x83, 0, 0, 0, 0])
;;!       head.writeUInt32LE(2 ** 31, 1)
;;!       process.stdout.write(head)
;;! expect: {outcomes: [terminated], details: [jail-lost], events: [suspicious-behaviour], effects: []}
(module (func (export "_start")))
;;! --- twin
;;! inherit: true
;;! run: {breach: {layer: jail, script: "process.stdout.write(frame(0x83, 'honest'))"}}
;;! expect: {outcomes: [completed], stdout: honest}
