;;! title: Endless loop
;;! threats: [RES-01]
;;! provenance: a fixture
;;! expect: {outcomes: [limit]}
(module (func (export "run") (loop $again (br $again))))
