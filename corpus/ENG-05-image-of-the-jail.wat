;;! title: JavaScript in a jail looks through all that the process knows for a secret of the host
;;! threats: [ENG-05]
;;! provenance: Swivel, arXiv 2102.12730 (what lies in one address space can be read by speculation)
;;! notices: jail-hardening (the jail is given what the host's environment holds)
;;! setting: {environment: {TOKEN_OF_THE_HOST: "moonlight-8841-sonata"}}
;;! run:
;;!   breach:
;;!     layer: jail
;;!     script: |
;;!       const { getHeapSnapshot } = await import('node:v8')
;;!       // Backwards and as bytes, so that what is looked for is not what the script itself brings.
;;!       const wanted = Buffer.from([...'atanos-1488-thgilnoom'].reverse().map((letter) => letter.charCodeAt(0)))
;;!       const pieces = []
;;!       // By events: Node 22.13 never comes to the end of it with `for await`.
;;!       const image = getHeapSnapshot().on('data', (piece) => pieces.push(Buffer.from(piece)))
;;!       await new Promise((resolve) => image.on('end', resolve))
;;!       const places = {
;;!         'its variables': Buffer.from(Object.entries(process.env).join(' ')),
;;!         'its report': Buffer.from(JSON.stringify(process.report.getReport())),
;;!         'its command line': Buffer.from([...process.argv, ...process.execArgv].join(' ')),
;;!         'its heap': Buffer.concat(pieces),
;;!       }
;;!       return Object.entries(places).map(([name, bytes]) => `${name}: ${bytes.includes(wanted) ? 'there' : 'not there'}`).join('\n')
;;! expect:
;;!   outcomes: [completed]
;;!   stdout: "its variables: not there\nits report: not there\nits command line: not there\nits heap: not there"
;;!   effects: []
(module (func (export "_start")))
;;! --- twin
;;! setting: {environment: {TOKEN_OF_THE_HOST: "moonlight-8841-sonata"}}
;;! run:
;;!   breach:
;;!     layer: bare
;;!     script: |
;;!       const { getHeapSnapshot } = await import('node:v8')
;;!       const wanted = Buffer.from([...'atanos-1488-thgilnoom'].reverse().map((letter) => letter.charCodeAt(0)))
;;!       globalThis.kept = { token: process.env.TOKEN_OF_THE_HOST }
;;!       const pieces = []
;;!       // By events: Node 22.13 never comes to the end of it with `for await`.
;;!       const image = getHeapSnapshot().on('data', (piece) => pieces.push(Buffer.from(piece)))
;;!       await new Promise((resolve) => image.on('end', resolve))
;;!       const places = {
;;!         'its variables': Buffer.from(Object.entries(process.env).join(' ')),
;;!         'its heap': Buffer.concat(pieces),
;;!       }
;;!       return Object.entries(places).map(([name, bytes]) => `${name}: ${bytes.includes(wanted) ? 'there' : 'not there'}`).join('\n')
;;! expect: {outcomes: [completed], stdout: "its variables: there\nits heap: there", effects: []}
(module (func (export "_start")))
