;;! title: JavaScript on the jail's main thread starts programs and loads native code
;;! threats: [HST-05]
;;! provenance: CVE-2023-30586 (Node.js, OpenSSL engines); vm2 and jsdom sandboxes that left child_process within reach
;;! notices: jail-hardening (add-ons allowed, or children)
;;! run:
;;!   breach:
;;!     layer: jail
;;!     script: |
;;!       const { exec, fork, spawnSync } = await import('node:child_process')
;;!       const { createRequire } = await import('node:module')
;;!       const ended = (child) => new Promise((resolve, reject) => child.on('error', reject).on('exit', () => resolve()))
;;!       // Whether a library would be loaded: that there is none is told only by a loader that looked.
;;!       const looked = (load) => {
;;!         try { load() } catch (error) { if (error.code !== 'ERR_DLOPEN_FAILED') throw error }
;;!       }
;;!       return await tried({
;;!         spawnSync: () => { const { error } = spawnSync(process.execPath, ['--version']); if (error) throw error },
;;!         exec: () => ended(exec('exit 0')),
;;!         fork: () => ended(fork('/gone', { stdio: 'ignore' })),
;;!         dlopen: () => looked(() => process.dlopen({ exports: {} }, '/gone.node')),
;;!       })
;;! expect: {outcomes: [completed], stdout: "spawnSync: refused\nexec: refused\nfork: refused\ndlopen: refused", effects: []}
(module (func (export "_start")))
;;! --- twin
;;! inherit: true
;;! run: {breach: {layer: bare}}
;;! expect: {outcomes: [completed], stdout: "spawnSync: possible\nexec: possible\nfork: possible\ndlopen: possible", effects: []}
