#!/bin/sh
# test.sh BACKEND: rings as Linux writes them, served by this backend and by blkring's, which is Linux's blkback to the byte.
# Then rings that no honest frontend writes.
set -eu
backend=$1
blkring=${BLKRING:-blkring}
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# prepare SCENARIO: in $work/ring what the guest shares, in $work/disk.img a disk of 1 MiB
prepare() {
  rm -rf "$work/ring" "$work/disk.img"
  $blkring generate "$here/$1" -o "$work/ring" >"$work/out"
  sed -i.old 's/\(\/sectors = \)".*"/\1"2048"/' "$work/ring/xenstore.txt"
  rm "$work/ring/xenstore.txt.old"
  head -c 1048576 /dev/urandom >"$work/disk.img"
  for gref in $(seq 9 200); do
    [ -e "$work/ring/indirect-$gref.bin" ] || head -c 4096 /dev/urandom >"$work/ring/data-$gref.bin"
  done
}

# both: this backend serves $work/mine, blkring answers the same ring in $work/theirs
both() {
  rm -rf "$work/mine" "$work/theirs"
  cp -r "$work/ring" "$work/mine"
  cp "$work/disk.img" "$work/mine.img"
  "$backend" "$work/mine" "$work/mine.img" >"$work/out"
  code=0
  $blkring answer "$work/ring" --disk "$work/disk.img" -o "$work/theirs" --json >"$work/answers.json" || code=$?
  [ $code -lt 2 ] || fail "blkring answer: exit code $code"
}

same_data() {
  cmp "$work/mine.img" "$work/theirs/disk.img" || fail 'the disks differ'
  for page in "$work"/theirs/data-*.bin; do
    cmp "$page" "$work/mine/$(basename "$page")" || fail 'a page that was read differs'
  done
}

statuses() { $blkring decode --csv --where 'state == response' "$1" 2>"$work/out" | cut -d, -f7,8,20 | sort; }

prepare requests.yaml
both
same_data
$blkring diff --level bytes "$work/theirs" "$work/mine" || fail 'not the bytes that blkback would leave in the ring'
# Exit code 1 would be findings: a response twice, an id that nobody asked for, an index too far.
$blkring check "$work/mine" || fail 'the ring breaks rules'
$blkring decode --json "$work/mine" | grep -q '"outstanding": 0' || fail 'a request has no answer'
grep -q '^answered 6, event sent$' "$work/out" || fail "$(cat "$work/out")"
echo "ok: reads, writes and a flush, byte for byte"

prepare refused.yaml
both
same_data
# Linux answers what it refuses before what is on its way to the disk, and this backend one after another: the order may differ.
statuses "$work/theirs" >"$work/expected"
statuses "$work/mine" >"$work/actual"
diff "$work/expected" "$work/actual" || fail 'another status than blkback'
[ "$(cut -d, -f3 "$work/actual" | grep -c '^-1$')" = 3 ] || fail 'three of them are errors'
echo "ok: what does not fit is refused"

# What Linux's driver never writes, byte by byte: offset in the ring, bytes in octal, what it is.
while read -r at bytes what; do
  prepare requests.yaml
  # shellcheck disable=SC2059
  printf "$bytes" | dd of="$work/ring/ring.bin" bs=1 seek="$at" conv=notrunc 2>"$work/out"
  both
  statuses "$work/theirs" >"$work/expected"
  statuses "$work/mine" >"$work/actual"
  diff "$work/expected" "$work/actual" || fail "$what: another status than blkback"
  grep -q ',-[12]$' "$work/actual" || fail "$what: not refused"
  cmp "$work/mine.img" "$work/theirs/disk.img" || fail "$what: the disks differ"
done <<EOF2
64 \\007 an operation that does not exist
65 \\014 12 segments in the slot
65 \\000 a write without segments
92 \\007\\006 first_sect behind last_sect
93 \\010 last_sect outside the page
289 \\003 an indirect flush
290 \\001\\001 257 indirect segments
290 \\000\\000 an indirect request without segments
EOF2
echo "ok: counts, sectors and operations that no honest frontend writes are refused as Linux does"

# Any bytes at all: it may refuse or give up, and nothing else.
prepare requests.yaml
$blkring mutate "$work/ring" --folders --count 100 --seed 7 -o "$work/corpus" >"$work/out"
given_up=0
for ring in "$work"/corpus/*/; do
  cp "$work"/ring/data-*.bin "$ring"
  cp "$work/disk.img" "$work/mine.img"
  code=0
  timeout 20 "$backend" "$ring" "$work/mine.img" >"$work/out" 2>&1 || code=$?
  [ $code -le 1 ] || fail "$ring: exit code $code: $(cat "$work/out")"
  [ $code = 0 ] || given_up=$((given_up + 1))
done
[ $given_up -gt 0 ] || fail 'no ring with impossible indices among them'
echo "ok: 100 rings of chance, $given_up of them given up"
