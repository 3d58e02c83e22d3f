// Loaded with --require before jazzer.js: sends the load of its prebuilt addon to a compatibility copy (src/campaign/engines/jazzer-addon.ts).
// jazzer.js computes the addon's path itself and offers no setting for it; process.dlopen is where every `require` of a .node file ends.
'use strict'

const { realpathSync } = require('node:fs')

const original = process.env.WASM_GAUNTLET_ADDON_ORIGINAL
const copy = process.env.WASM_GAUNTLET_ADDON_COPY

if (original && copy) {
  const loadObject = process.dlopen
  const wanted = realpathSync(original)
  process.dlopen = function dlopen(module, filename, ...flags) {
    // Only this one file is redirected. Links are resolved first, because a package manager may have linked node_modules.
    const path = realpathSync(filename) === wanted ? copy : filename
    return loadObject.call(process, module, path, ...flags)
  }
}
