;;! title: JavaScript in a cell presents numbers of handles that were never given to its guest
;;! threats: [HST-14]
;;! provenance: GHSA-fhjh-jqv7-m238 (Deno, a token of another request was grafted on)
;;! notices: handle-table (a number that is not open stands for the mount)
;;! setting: {directories: {root: {there.txt: "x"}}}
;;! run:
;;!   policy: {capabilities: {fs: {mounts: [{kind: directory, at: /data, source: "{dir:root}"}]}}}
;;!   breach:
;;!     layer: cell
;;!     script: |
;;!       return String(ask('fs.stat', { handle: 137 }))
;;! expect: {outcomes: [terminated], details: [jail-lost], events: [suspicious-behaviour], effects: []}
(module (func (export "_start")))
;;! --- twin
;;! inherit: true
;;! run:
;;!   policy: {capabilities: {fs: {mounts: [{kind: directory, at: /data, source: "{dir:root}"}]}}}
;;!   breach: {layer: cell, script: "return String(ask('fs.stat', { handle: 0 }))"}
;;! expect: {outcomes: [completed], stdout: "0", effects: []}
