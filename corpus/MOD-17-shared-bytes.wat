;;! title: The module's bytes lie in shared memory that another thread goes on writing
;;! threats: [MOD-17]
;;! provenance: CWE-367; WebAssembly.Module reads a view of shared memory where BufferSource allows it
;;! notices: private-copy (views of shared memory scanned in place)
;;! conditions: [shared-bytes]
;;! expect: {outcomes: [completed, refused], stdout: ""}
(module
  (func (export "run") (result i32) (i32.const 5)))
;;! --- twin
;;! expect: {outcomes: [completed], values: ["5"]}
(module
  (func (export "run") (result i32) (i32.const 5)))
