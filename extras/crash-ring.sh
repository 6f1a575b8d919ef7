#!/bin/sh
# Writes a dump folder of one ring out of a crash dump of the guest, with crash (https://crash-utility.github.io).
#
#   crash-ring.sh VMLINUX VMCORE FOLDER SRING PAGES [GREF:ADDRESS...]
#
# SRING is the kernel virtual address of the ring (`ring.sring` of struct blkfront_ring_info), PAGES how many pages of 4096 bytes
# it has; after them the indirect pages, each as its reference and address. How to find them: docs/capturing.md.
set -eu
if [ $# -lt 5 ]; then
  sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
vmlinux=$1 vmcore=$2 folder=$3 sring=$4 pages=$5
shift 5
mkdir -p "$folder"
{
  # rd -8 -r FILE: so many bytes to a file, as they are
  echo "rd -8 -r $folder/ring.bin $sring $((pages * 4096))"
  for page in "$@"; do
    echo "rd -8 -r $folder/indirect-${page%%:*}.bin ${page#*:} 4096"
  done
  echo quit
} | ${CRASH:-crash} -s "$vmlinux" "$vmcore"
ls -l "$folder"
