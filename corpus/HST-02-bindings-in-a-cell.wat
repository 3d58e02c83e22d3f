;;! title: JavaScript in a cell asks Node's internal bindings and modules for a file and a process
;;! threats: [HST-02]
;;! provenance: CVE-2023-32558 and CVE-2023-32559 (Node.js, process.binding reached natives that checked nothing)
;;! notices: jail-hardening (the permission model is off)
;;! setting: {directories: {outside: {there.txt: "{secret}"}}}
;;! run:
;;!   breach:
;;!     layer: cell
;;!     script: |
;;!       const path = '{dir:outside}/there.txt'
;;!       const fs = await import('node:fs')
;;!       const { spawnSync } = await import('node:child_process')
;;!       return await tried({
;;!         readFileSync: () => fs.readFileSync(path, 'utf8'),
;;!         'a binding for files': () => {
;;!           const { open, read } = process.binding('fs')
;;!           const bytes = Buffer.alloc(40)
;;!           read(open(path, 0, 0o666), bytes, 0, 40, -1)
;;!           return bytes.toString('utf8').replaceAll('\0', '')
;;!         },
;;!         'a binding for processes': () => void new (process.binding('process_wrap').Process)(),
;;!         spawnSync: () => { const { error } = spawnSync('/bin/true'); if (error) throw error },
;;!       })
;;! expect:
;;!   outcomes: [completed]
;;!   stdout: "readFileSync: refused\na binding for files: refused\na binding for processes: refused\nspawnSync: refused"
;;!   effects: []
(module (func (export "_start")))
;;! --- twin
;;! inherit: true
;;! setting: {directories: {outside: {there.txt: "nothing special"}}}
;;! run:
;;!   breach:
;;!     layer: bare
;;!     script: |
;;!       const { readFileSync } = await import('node:fs')
;;!       return await tried({
;;!         readFileSync: () => readFileSync('{dir:outside}/there.txt', 'utf8'),
;;!       })
;;! expect: {outcomes: [completed], stdout: "readFileSync: possible: nothing special", effects: []}
