;;! title: _start takes a 64-bit parameter, which a call without arguments cannot make
;;! threats: [LNK-10]
;;! provenance: JS API, ToWebAssemblyValue (undefined does not convert to i64 and throws a TypeError in the host)
;;! notices: export-map (entry called without a look at its signature) with enumerated-outcomes
;;! expect: {outcomes: [refused, trapped, completed]}
(module
  (func (export "_start") (param i64) (result i64) (local.get 0)))
;;! --- twin
;;! run: {calls: [{call: run, args: ["5n"]}]}
;;! expect: {outcomes: [completed], values: ["5"]}
(module
  (func (export "run") (param i64) (result i64) (local.get 0)))
