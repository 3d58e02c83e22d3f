;;! title: JavaScript in a cell starts a thread to which no flag of the jail applies, and tries the ways of an inspector
;;! threats: [HST-03]
;;! provenance: CVE-2025-23083 (Node.js, internal workers); CVE-2023-30587 (inspector); measured on Node 22.13, 24.21 and 26.10, a thread with execArgv [] reads every file
;;! notices: jail-hardening (the cell's own thread may start threads)
;;! setting: {directories: {outside: {there.txt: "{secret}"}}}
;;! run:
;;!   breach:
;;!     layer: cell
;;!     script: |
;;!       const inspector = await import('node:inspector')
;;!       const code = "const { parentPort } = require('node:worker_threads'); parentPort.postMessage(require('node:fs').readFileSync('{dir:outside}/there.txt', 'utf8'))"
;;!       const inThread = (options) => new Promise((resolve, reject) => {
;;!         const thread = new taken.Worker(code, { eval: true, ...options })
;;!         thread.on('message', resolve)
;;!         thread.on('error', reject)
;;!       })
;;!       return await tried({
;;!         'a thread without flags': () => inThread({ execArgv: [] }),
;;!         'a thread with flags of its own': () => inThread({ execArgv: ['--permission', '--allow-fs-read=*'] }),
;;!         'a debugging port': () => { inspector.open(0); inspector.close() },
;;!       })
;;! expect:
;;!   outcomes: [completed]
;;!   stdout: "a thread without flags: refused\na thread with flags of its own: refused\na debugging port: refused"
;;!   effects: []
(module (func (export "_start")))
;;! --- twin
;;! inherit: true
;;! setting: {directories: {outside: {there.txt: "no secret"}}}
;;! run: {breach: {layer: bare}}
;;! expect:
;;!   outcomes: [completed]
;;!   stdout: "a thread without flags: possible: no secret\na thread with flags of its own: possible: no secret\na debugging port: possible"
;;!   effects: []
