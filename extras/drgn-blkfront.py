"""Writes dump folders of all rings of the guest's xen-blkfront, from its memory, with drgn.

    drgn -c VMCORE extras/drgn-blkfront.py FOLDER      (or -k, for the running kernel that drgn runs in)

Each disk gets FOLDER/VDEV with ring.bin (of several queues queue-N/ring.bin), and the indirect pages of the requests in
flight. Needs the debug info of the kernel and of xen_blkfront. Of Linux 5.7 to 6.1 (struct blkfront_info has rinfo_size).
"""
import os
import sys

from drgn import cast
from drgn.helpers.linux.list import list_for_each_entry
from drgn.helpers.linux.mm import page_to_virt

PAGE = 4096
BLKIF_OP_INDIRECT = 6
SEGMENTS_IN_PAGE = 512


def save(folder, name, content):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), 'wb') as file:
        file.write(content)


def save_ring(prog, folder, sring, pages):
    """The ring's pages lie end to end in the guest's own memory."""
    save(folder, 'ring.bin', prog.read(int(sring), pages * PAGE))


def save_indirect_pages(prog, folder, rinfo, slots):
    for shadow in (rinfo.shadow[i] for i in range(slots)):
        # A shadow without a struct request has nothing in flight.
        if not shadow.request or shadow.req.operation != BLKIF_OP_INDIRECT:
            continue
        count = -(-int(shadow.req.u.indirect.nr_segments) // SEGMENTS_IN_PAGE)
        for grant in (shadow.indirect_grants[i] for i in range(count)):
            save(folder, f'indirect-{int(grant.gref)}.bin', prog.read(int(page_to_virt(grant.page)), PAGE))


def save_all(prog, folder):
    for info in list_for_each_entry('struct blkfront_info', prog.variable('info_list', 'xen-blkfront.c').address_of_(), 'info_list'):
        disk = os.path.join(folder, str(int(info.vdevice)))
        for queue in range(int(info.nr_rings)):
            place = os.path.join(disk, f'queue-{queue}') if info.nr_rings > 1 else disk
            rinfo = cast('struct blkfront_ring_info *', cast('char *', info.rinfo) + queue * int(info.rinfo_size))
            save_ring(prog, place, rinfo.ring.sring, int(info.nr_ring_pages))
            save_indirect_pages(prog, place, rinfo, int(rinfo.ring.nr_ents))
        print(disk)


if 'prog' in globals():
    if len(sys.argv) != 2:
        raise SystemExit('drgn -c VMCORE extras/drgn-blkfront.py FOLDER')
    save_all(prog, sys.argv[1])  # drgn gives scripts their program as prog
