;;! title: JavaScript in a jail signals its host, changes its own identity, and makes sockets in the host's file system
;;! threats: [HST-10]
;;! provenance: measured on Node 22.13, 24.21 and 26.10, signals, priorities and sockets with paths are beyond the permission model (sockets up to Node 24)
;;! notices: host-realm-integrity (what no flag takes away is left in the realm)
;;! setting: {directories: {outside: {there.txt: "x"}}}
;;! run:
;;!   breach:
;;!     layer: jail
;;!     script: |
;;!       const net = await import('node:net')
;;!       const os = await import('node:os')
;;!       const heard = (emitter, event) => new Promise((resolve, reject) => emitter.on('error', reject).on(event, () => resolve()))
;;!       return await tried({
;;!         'a signal': () => void process.kill(process.ppid, 0),
;;!         'a priority': () => os.setPriority(process.ppid, os.getPriority()),
;;!         'a socket with a path': async () => {
;;!           const server = net.createServer()
;;!           await heard(server.listen('{dir:outside}/socket'), 'listening')
;;!           await heard(net.connect('{dir:outside}/socket'), 'connect')
;;!           server.close()
;;!           process.nextTick(() => process.exitCode = 0)
;;!         },
;;!       })
;;! expect: {outcomes: [completed], stdout: "a signal: refused\na priority: refused\na socket with a path: refused", effects: []}
(module (func (export "_start")))
;;! --- twin
;;! inherit: true
;;! run:
;;!   breach:
;;!     layer: bare
;;!     script: |
;;!       const net = await import('node:net')
;;!       const os = await import('node:os')
;;!       const heard = (emitter, event) => new Promise((resolve, reject) => emitter.on('error', reject).on(event, () => resolve()))
;;!       return await tried({
;;!         'a signal': () => void process.kill(process.ppid, 0),
;;!         'a priority': () => os.setPriority(process.pid, os.getPriority()),
;;!         'a socket with a path': async () => {
;;!           const server = net.createServer((socket) => socket.destroy())
;;!           await heard(server.listen('{dir:outside}/socket'), 'listening')
;;!           await heard(net.connect('{dir:outside}/socket'), 'connect')
;;!           server.close()
;;!         },
;;!       })
;;! expect: {outcomes: [completed], stdout: "a signal: possible\na priority: possible\na socket with a path: possible", effects: []}
