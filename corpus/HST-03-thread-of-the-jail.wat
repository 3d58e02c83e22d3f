;;! title: JavaScript on the jail's main thread, which may start threads, tries to start one to which no flag applies
;;! threats: [HST-03]
;;! provenance: CVE-2025-23083 (Node.js, internal workers); measured on Node 22.13, 24.21 and 26.10, a thread with execArgv [] reads every file
;;! notices: host-realm-integrity (the class of threads is left in the realm)
;;! setting: {directories: {outside: {there.txt: "{secret}"}}}
;;! run:
;;!   breach:
;;!     layer: jail
;;!     script: |
;;!       const code = "require('node:worker_threads').parentPort.postMessage(require('node:fs').readFileSync('{dir:outside}/there.txt', 'utf8'))"
;;!       const inThread = (Thread) => new Promise((resolve, reject) => {
;;!         const thread = new Thread(code, { eval: true, execArgv: [] })
;;!         thread.on('message', resolve)
;;!         thread.on('error', reject)
;;!       })
;;!       return await tried({
;;!         imported: () => inThread(Worker),
;;!         'imported again': async () => inThread((await import('node:worker_threads')).Worker),
;;!         'asked of the process': () => inThread(process.getBuiltinModule('node:worker_threads').Worker),
;;!       })
;;! expect: {outcomes: [completed], stdout: "imported: refused\nimported again: refused\nasked of the process: refused", effects: []}
(module (func (export "_start")))
;;! --- twin
;;! inherit: true
;;! setting: {directories: {outside: {there.txt: "no secret"}}}
;;! run: {breach: {layer: bare}}
;;! expect:
;;!   outcomes: [completed]
;;!   stdout: "imported: possible: no secret\nimported again: possible: no secret\nasked of the process: possible: no secret"
;;!   effects: []
