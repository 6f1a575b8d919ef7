#!/usr/bin/env bash
# What npm would publish: exports and types are sound, and the tarball installed into an empty prefix does its work, under the Node
# that runs this and those of the list below (npm's package `node`).
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

npx publint --strict
tarball=$(npm pack --silent --ignore-scripts --pack-destination "$scratch")
npx attw "$scratch/$tarball" --profile esm-only
npm install --silent --no-audit --no-fund --global --prefix "$scratch/prefix" "$scratch/$tarball"
cp -r dumps/direct "$scratch/dump"
cd "$scratch"
PATH=$scratch/prefix/bin:$PATH

expect() { # text, in what the command prints
  local wanted=$1
  shift
  "$@" >printed || { echo "$*: exit $?" >&2; exit 1; }
  grep -qF -- "$wanted" printed || { echo "$*: prints no '$wanted'" >&2; exit 1; }
}
expect 'outstanding  15 of 32' blkring decode dump
expect 'USAGE' blkring decode --help
printf 'driver: modern\nsteps:\n  - write: {sector: 0, bytes: 64K}\n' >scenario.yaml
expect '1 request in 1 slot' blkring generate scenario.yaml -o made
expect 'indirect write' blkring decode made

mkdir node_modules
ln -s "$scratch/prefix/lib/node_modules/blkring" node_modules/blkring
ln -s node_modules/blkring/dumps dumps
cp "$root"/docs/examples/*.ts .
echo '{ "type": "module" }' >package.json
"$root/node_modules/.bin/tsc" --module nodenext --target es2023 --strict --types '' --skipLibCheck ./*.ts
for example in ./*.js; do node "$example" >printed || { echo "$example: exit $?" >&2; exit 1; }; done
expect '21 answers owed' node blkring.js
echo "$tarball installs, runs and types"

# Its commands print what the transcripts say under every Node; inputs packed with zstd are read from 22.15 on.
cd "$root"
for version in 22.23.3 24.21.0; do
  npm install --silent --no-audit --no-fund --no-save --prefix "$scratch/node-$version" "node@$version"
  node=$scratch/node-$version/node_modules/node/bin/node
  [ "$("$node" --version)" = "v$version" ] || { echo "check-package: npm's node@$version is $("$node" --version)" >&2; exit 1; }
  echo "under Node $version"
  BLKRING_NODE=$node BLKRING_ENTRY=$scratch/prefix/lib/node_modules/blkring/bin/run.js \
    npx vitest run --reporter=dot test/transcripts/transcripts.test.ts test/commands/zstd.test.ts
done
