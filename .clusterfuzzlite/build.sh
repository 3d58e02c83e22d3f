#!/bin/bash -eu
# Builds every coverage-guided target for ClusterFuzzLite and OSS-Fuzz: compiled JavaScript, one wrapper for each, with seeds, dictionary and options.
# Needs SRC (with the checkout in $SRC/wasm-gauntlet) and OUT, and compile_javascript_fuzzer of the base builder.

checkout=$SRC/wasm-gauntlet
# What is copied to OUT is what the targets need to run, not what builds them: a tenth of the size.
project=wasm-gauntlet-fuzz
slim=$SRC/$project

cd "$checkout"
npm ci --no-audit --no-fund
# The images have an older Node than the project needs; the one that it installs is used from here on, in the wrappers too.
export PATH="$checkout/node_modules/node/bin:$PATH"
npm run --silent build:fuzz

mkdir -p "$slim/fuzz"
cp -r build corpus package.json package-lock.json "$slim/"
cp -r fuzz/jazzer-preload.cjs fuzz/dictionaries "$slim/fuzz/"
cd "$slim"
node "$checkout/.clusterfuzzlite/slim-package.mjs" package.json
npm install --no-audit --no-fund --no-package-lock

# One line for each target: its name, and the arguments of jazzer.js.
node "$checkout/.clusterfuzzlite/describe-targets.mjs" "$slim" "$OUT" >targets.txt
while read -r name arguments; do
  # shellcheck disable=SC2086
  compile_javascript_fuzzer "$project" "$name.js" $arguments
  # The wrapper runs wherever the image's files are, with our Node, and with the copy of the engine's addon that loads on older C libraries too.
  sed -i "1a\\
here=\"\$(cd \"\$(dirname \"\$0\")\" \\&\\& pwd)/$project\"\\
export PATH=\"\$here/node_modules/node/bin:\$PATH\"\\
export WASM_GAUNTLET_ADDON_ORIGINAL=\"\$here/$(cat addon.txt)\" WASM_GAUNTLET_ADDON_COPY=\"\$here/addon-copy.node\"\\
export NODE_OPTIONS=\"--require \$here/fuzz/jazzer-preload.cjs\"" "$OUT/$name"
  seeds=$slim/corpus/seeds/$(echo "${name%_fuzzer}" | tr _ -)
  if [ -d "$seeds" ]; then
    (cd "$seeds" && zip -q -r "$OUT/${name}_seed_corpus.zip" .)
  fi
done <targets.txt
