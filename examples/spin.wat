;; A guest that never ends by itself: the sandbox has to end it.
(module
  (func (export "_start")
    (loop $forever (br $forever))))
