#!/usr/bin/env bash
# What npm would publish: exports and types are sound, and the tarball installed into an empty prefix decodes a dump.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

npx publint --strict
tarball=$(npm pack --silent --ignore-scripts --pack-destination "$scratch")
npx attw "$scratch/$tarball" --profile esm-only
npm install --silent --no-audit --no-fund --global --prefix "$scratch/prefix" "$scratch/$tarball"
cp -r dumps/direct "$scratch/dump"
cd "$scratch"
prefix/bin/blkring decode dump --slots in-flight | tail -n 1
cat >use.mjs <<'JS'
import { decodeRing, x86_64 } from 'blkring'
import { readFileSync } from 'node:fs'
const { outstanding } = decodeRing(readFileSync('dump/ring.bin'), x86_64)
if (outstanding !== 15) throw new Error(`${outstanding} outstanding, not 15`)
JS
mkdir node_modules
ln -s "$scratch/prefix/lib/node_modules/blkring" node_modules/blkring
node use.mjs
echo "$tarball installs and runs"
