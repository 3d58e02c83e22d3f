;;! title: The engine has given way, and JavaScript in the cell looks for what memory access there would be good for
;;! threats: [ENG-01, ENG-02, ENG-04]
;;! provenance: CVE-2021-32629, CVE-2023-26489, GHSA-xx5w-cvp6-jv83 (out of bounds by the compiler); CVE-2021-39218 (a reference for another); CVE-2025-69261 (an interpreter)
;;! notices: jail-hardening (the cell has the rights of the host's process)
;;! setting: {directories: {outside: {there.txt: "{secret}"}}, servers: {inside: {responses: [{body: "reached"}]}}}
;;! run:
;;!   breach:
;;!     layer: cell
;;!     script: |
;;!       const fs = await import('node:fs')
;;!       const { spawnSync } = await import('node:child_process')
;;!       const { get } = await import('node:http')
;;!       const started = (...command) => { const { status, error } = spawnSync(...command); if (error) throw error; if (status !== 0) throw new Error('no') }
;;!       return await tried({
;;!         'variables of the host': () => { if (!Object.values(process.env).length) throw new Error('none') },
;;!         'a file of the host': () => void fs.readFileSync('{dir:outside}/there.txt'),
;;!         "the host's memory": () => void fs.openSync(`/proc/${process.ppid}/mem`, 'r'),
;;!         "the jail's own memory": () => void fs.openSync('/proc/self/mem', 'r'),
;;!         'a program': () => started('/bin/sh', ['-c', 'true']),
;;!         'a socket': () => new Promise((resolve, reject) => get('http://127.0.0.1:{port:inside}/', () => resolve()).on('error', reject)),
;;!       })
;;! expect:
;;!   outcomes: [completed]
;;!   stdout: "variables of the host: refused\na file of the host: refused\nthe host's memory: refused\nthe jail's own memory: refused\na program: refused\na socket: refused"
;;!   effects: []
(module (func (export "_start")))
;;! --- twin
;;! setting: {directories: {outside: {there.txt: "nothing secret"}}, servers: {inside: {responses: [{body: "reached"}]}}}
;;! run:
;;!   breach:
;;!     layer: bare
;;!     script: |
;;!       const fs = await import('node:fs')
;;!       const { spawnSync } = await import('node:child_process')
;;!       const { get } = await import('node:http')
;;!       const started = (...command) => { const { status, error } = spawnSync(...command); if (error) throw error; if (status !== 0) throw new Error('no') }
;;!       return await tried({
;;!         'variables of the host': () => { if (!Object.values(process.env).length) throw new Error('none') },
;;!         'a file of the host': () => void fs.readFileSync('{dir:outside}/there.txt'),
;;!         "the process's own memory": () => void fs.openSync('/proc/self/mem', 'r'),
;;!         'a program': () => started('/bin/sh', ['-c', 'true']),
;;!         'a socket': () => new Promise((resolve, reject) => get('http://127.0.0.1:{port:inside}/', () => resolve()).on('error', reject)),
;;!       })
;;! expect:
;;!   outcomes: [completed]
;;!   stdout: "variables of the host: possible\na file of the host: possible\nthe process's own memory: possible\na program: possible\na socket: possible"
;;!   effects: ["inside: GET / HTTP/1.1"]
(module (func (export "_start")))
