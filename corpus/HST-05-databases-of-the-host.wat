;;! title: JavaScript in a cell opens a database file, of which the permission model does not know
;;! threats: [HST-05, HST-04]
;;! provenance: measured on Node 22.13, 24.21 and 26.10, node:sqlite opens files under --permission that fs may not read
;;! notices: jail-hardening (the built-in database is there)
;;! setting: {directories: {outside: {there.db: ""}}}
;;! run:
;;!   breach:
;;!     layer: cell
;;!     script: |
;;!       const { DatabaseSync } = await import('node:sqlite').catch(() => ({}))
;;!       return await tried({
;;!         'a database of the host': () => void new DatabaseSync('{dir:outside}/there.db', { readOnly: true }).prepare('pragma user_version').get(),
;;!       })
;;! expect: {outcomes: [completed], stdout: "a database of the host: refused", effects: []}
(module (func (export "_start")))
;;! --- twin
;;! inherit: true
;;! run: {breach: {layer: bare}}
;;! expect: {outcomes: [completed], stdout: "a database of the host: possible", effects: []}
