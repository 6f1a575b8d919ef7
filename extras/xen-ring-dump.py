#!/usr/bin/env python3
"""Writes a dump folder of a ring of a running guest, from the domain that may map it (dom0).

    xen-ring-dump.py DOMID FOLDER GREF... [--indirect GREF...]
    xen-ring-dump.py DOMID - GREF... --stream SECONDS | blkring watch --pages PAGES -

The second form writes the pages of the ring to standard output, again and again.

GREF... are the ring's references in ring-ref order (blkring vbds lists them). The guest's grant table is mapped read-only and
gives the frame of each; the frames are mapped read-only, as foreign memory. No grant is mapped: a second map of the ring's
grant would keep the frontend from revoking it, and the guest from closing its disk.
Needs Xen 4.12 or later and its libxenforeignmemory.so.1, as root. Pause the guest first (xl pause) if the dump must be of one moment.
"""
import argparse
import ctypes
import os
import struct
import sys
import time

PAGE = 4096
PROT_READ = 1
# XENMEM_acquire_resource of xen/include/public/memory.h
RESOURCE_GRANT_TABLE, GRANT_TABLE_SHARED = 1, 0
# grant_table.h: grant_entry_v1 is u16 flags, u16 domid, u32 frame; the lowest two flags are its type, 1 is GTF_permit_access
ENTRY = struct.Struct('<HHI')
GTF_TYPE, GTF_PERMIT_ACCESS = 3, 1

arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
arguments.add_argument('domid', type=int)
arguments.add_argument('folder')
arguments.add_argument('gref', type=int, nargs='+')
arguments.add_argument('--indirect', type=int, nargs='+', default=[], metavar='GREF')
arguments.add_argument('--stream', type=float, metavar='SECONDS', help='write the ring to standard output every so many seconds')
args = arguments.parse_args()
if (args.folder == '-') != (args.stream is not None):
    arguments.error('--stream goes with - in place of the folder')

lib = ctypes.CDLL('libxenforeignmemory.so.1', use_errno=True)
lib.xenforeignmemory_open.restype = ctypes.c_void_p
lib.xenforeignmemory_map.restype = ctypes.c_void_p
lib.xenforeignmemory_map.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p]
lib.xenforeignmemory_map_resource.restype = ctypes.c_void_p
lib.xenforeignmemory_map_resource.argtypes = [
    ctypes.c_void_p, ctypes.c_uint16, ctypes.c_uint, ctypes.c_uint, ctypes.c_ulong, ctypes.c_ulong,
    ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, ctypes.c_int,
]


def must(pointer, what):
    if not pointer:
        raise SystemExit(f'xen-ring-dump: {what}: {os.strerror(ctypes.get_errno())}')
    return pointer


xen = must(lib.xenforeignmemory_open(None, 0), 'cannot open the foreign memory interface')


def frame_of(gref):
    """The frame in the shared entry: a gfn, of PV guests an mfn; what a foreign map takes."""
    at = ctypes.c_void_p()
    index, offset = divmod(gref * ENTRY.size, PAGE)
    must(
        lib.xenforeignmemory_map_resource(
            xen, args.domid, RESOURCE_GRANT_TABLE, GRANT_TABLE_SHARED, index, 1, ctypes.byref(at), PROT_READ, 0
        ),
        f'grant table frame {index} of domain {args.domid}',
    )
    flags, _, frame = ENTRY.unpack_from(ctypes.string_at(at.value, PAGE), offset)
    if flags & GTF_TYPE != GTF_PERMIT_ACCESS:
        raise SystemExit(f'xen-ring-dump: gref {gref} grants nothing (flags {flags:#x}); a grant table of version 2 is not read')
    return frame


def map_page(gref):
    frame = ctypes.c_ulong(frame_of(gref))
    error = ctypes.c_int(0)
    at = lib.xenforeignmemory_map(xen, args.domid, PROT_READ, 1, ctypes.byref(frame), ctypes.byref(error))
    if error.value:
        raise SystemExit(f'xen-ring-dump: frame {frame.value:#x} of gref {gref}: {os.strerror(-error.value)}')
    return must(at, f'frame {frame.value:#x} of gref {gref}')


def page(gref):
    return ctypes.string_at(map_page(gref), PAGE)


def stream(seconds):
    """The pages stay mapped: a guest that connects anew has another ring, and this shows the old one."""
    pages = [map_page(gref) for gref in args.gref]
    try:
        while True:
            sys.stdout.buffer.write(b''.join(ctypes.string_at(at, PAGE) for at in pages))
            sys.stdout.buffer.flush()
            time.sleep(seconds)
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(0)


if args.stream is not None:
    stream(args.stream)
os.makedirs(args.folder, exist_ok=True)
ring = b''.join(page(gref) for gref in args.gref)
indirect = {gref: page(gref) for gref in args.indirect}
with open(os.path.join(args.folder, 'ring.bin'), 'wb') as file:
    file.write(ring)
for gref, content in indirect.items():
    with open(os.path.join(args.folder, f'indirect-{gref}.bin'), 'wb') as file:
        file.write(content)
