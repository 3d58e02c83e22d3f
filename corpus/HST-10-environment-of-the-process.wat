;;! title: JavaScript in a jail looks for variables of the host in each place where a process has some
;;! threats: [HST-10]
;;! provenance: Node.js documentation of worker_threads (env and SHARE_ENV); process.report and /proc hold the environment too
;;! notices: jail-hardening (the jail inherits the environment of the host)
;;! run:
;;!   breach:
;;!     layer: jail
;;!     script: |
;;!       const { readFileSync } = await import('node:fs')
;;!       const report = process.report.getReport()
;;!       const places = {
;;!         'process.env': () => JSON.stringify(process.env),
;;!         'the report': () => JSON.stringify((typeof report === 'string' ? JSON.parse(report) : report).environmentVariables ?? {}),
;;!         '/proc/self/environ': () => readFileSync('/proc/self/environ', 'latin1'),
;;!         "the host's environment": () => readFileSync(`/proc/${process.ppid}/environ`, 'latin1'),
;;!         "the host's directory": () => readFileSync(`/proc/${process.ppid}/cwd/secret.txt`, 'latin1'),
;;!       }
;;!       return await tried(places)
;;! expect:
;;!   outcomes: [completed]
;;!   stdout: "process.env: possible: {}\nthe report: possible: {}\n/proc/self/environ: refused\nthe host's environment: refused\nthe host's directory: refused"
;;!   effects: []
(module (func (export "_start")))
;;! --- twin
;;! setting: {environment: {GREETING: hello}}
;;! run: {breach: {layer: bare, script: "return process.env.GREETING"}}
;;! expect: {outcomes: [completed], stdout: hello, effects: []}
(module (func (export "_start")))
