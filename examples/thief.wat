;; A guest that tries to reach the host's Function constructor through the prototype of a plain import object (LNK-01).
(module
  (import "constructor" "constructor" (func $compile (param externref) (result externref)))
  (func (export "_start")
    (drop (call $compile (ref.null extern)))))
