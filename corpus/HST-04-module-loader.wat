;;! title: JavaScript in a cell loads a file of the host through each of the module loaders
;;! threats: [HST-04]
;;! provenance: CVE-2023-32002 (Module._load); CVE-2023-32006 (createRequire); CVE-2023-30581 (mainModule); GHSA-prvv-4rg3-43v6 (Deno, registerHooks)
;;! notices: jail-hardening (the permission model lets the jail read every file)
;;! setting: {directories: {outside: {module.mjs: "export default '{secret}'", module.cjs: "module.exports = '{secret}'"}}}
;;! run:
;;!   breach:
;;!     layer: cell
;;!     script: |
;;!       const { default: Module, createRequire, register } = await import('node:module')
;;!       return await tried({
;;!         import: async () => (await import('{dir:outside}/module.mjs')).default,
;;!         'import of a climbing name': async () => (await import('file:///proc/../{dir:outside}/./module.mjs')).default,
;;!         createRequire: () => createRequire('{dir:outside}/x.cjs')('./module.cjs'),
;;!         'Module._load': () => Module._load('{dir:outside}/module.cjs'),
;;!         'Module._extensions': () => {
;;!           const made = new Module('{dir:outside}/module.cjs')
;;!           Module._extensions['.js'](made, '{dir:outside}/module.cjs')
;;!           return made.exports
;;!         },
;;!         'new Module': () => {
;;!           const made = new Module('{dir:outside}/module.cjs')
;;!           made.load('{dir:outside}/module.cjs')
;;!           return made.exports
;;!         },
;;!       })
;;! expect:
;;!   outcomes: [completed]
;;!   stdout: "import: refused\nimport of a climbing name: refused\ncreateRequire: refused\nModule._load: refused\nModule._extensions: refused\nnew Module: refused"
;;!   effects: []
(module (func (export "_start")))
;;! --- twin
;;! inherit: true
;;! setting: {directories: {outside: {module.mjs: "export default 'it'", module.cjs: "module.exports = 'it'"}}}
;;! run: {breach: {layer: bare}}
;;! expect:
;;!   outcomes: [completed]
;;!   stdout: "import: possible: it\nimport of a climbing name: possible: it\ncreateRequire: possible: it\nModule._load: possible: it\nModule._extensions: possible: it\nnew Module: possible: it"
;;!   effects: []
