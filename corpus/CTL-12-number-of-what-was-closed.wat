;;! title: JavaScript in a cell goes on using a file that it closed, after another one was opened
;;! threats: [CTL-12]
;;! provenance: "Envoy #36989 (an event for what no longer exists); vm2 docs/ATTACKS.md, async categories"
;;! notices: handle-table (a number is given a second time)
;;! setting: {directories: {root: {a.txt: "first", b.txt: "second"}}}
;;! run:
;;!   policy: {capabilities: {fs: {mounts: [{kind: directory, at: /data, source: "{dir:root}"}]}}}
;;!   breach:
;;!     layer: cell
;;!     script: |
;;!       const open = (path) => ask('fs.open', { directory: 0, path, create: false, exclusive: false, truncate: false, mustBeDirectory: false,
;;!         follow: false, read: true, write: false })
;;!
;;!       const first = open('a.txt')
;;!       const closed = ask('fs.close', { handle: 100 })
;;!       const second = open('b.txt')
;;!       return [first, closed, second, ask('fs.read', { handle: 100, offset: '0', length: 10 })].join()
;;! expect: {outcomes: [terminated], details: [jail-lost], events: [suspicious-behaviour], stdout: "", effects: []}
(module (func (export "_start") (loop $for_ever (br $for_ever))))
;;! --- twin
;;! inherit: true
;;! run:
;;!   breach:
;;!     layer: cell
;;!     script: |
;;!       const open = (path) => ask('fs.open', { directory: 0, path, create: false, exclusive: false, truncate: false, mustBeDirectory: false,
;;!         follow: false, read: true, write: false })
;;!
;;!       const first = open('a.txt')
;;!       const second = open('b.txt')
;;!       return [first, second, ask('fs.read', { handle: 100, offset: '0', length: 10 }), ask('fs.read', { handle: 101, offset: '0', length: 10 })].join()
;;! expect: {outcomes: [completed], stdout: "0,0,0,0", effects: []}
(module (func (export "_start")))
