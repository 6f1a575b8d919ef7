//! The structs of Xen's block rings under x86_64, on any little-endian host. Made by blkring layout --format rust --abi x86_64.
#![allow(dead_code)]

use core::mem::{offset_of, size_of};

pub const BLKIF_OP_READ: u8 = 0;
pub const BLKIF_OP_WRITE: u8 = 1;
pub const BLKIF_OP_WRITE_BARRIER: u8 = 2;
pub const BLKIF_OP_FLUSH_DISKCACHE: u8 = 3;
pub const BLKIF_OP_RESERVED_1: u8 = 4;
pub const BLKIF_OP_DISCARD: u8 = 5;
pub const BLKIF_OP_INDIRECT: u8 = 6;
pub const BLKIF_RSP_OKAY: i16 = 0;
pub const BLKIF_RSP_ERROR: i16 = -1;
pub const BLKIF_RSP_EOPNOTSUPP: i16 = -2;

/// The head of a shared ring (ring.h). Slots follow.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Sring {
    pub req_prod: u32,
    pub req_event: u32,
    pub rsp_prod: u32,
    pub rsp_event: u32,
    pub _pvt: [u8; 4],
    pub __pad: [u8; 44],
}
const _: () = {
    assert!(size_of::<Sring>() == 64);
    assert!(offset_of!(Sring, req_prod) == 0);
    assert!(offset_of!(Sring, req_event) == 4);
    assert!(offset_of!(Sring, rsp_prod) == 8);
    assert!(offset_of!(Sring, rsp_event) == 12);
    assert!(offset_of!(Sring, _pvt) == 16);
    assert!(offset_of!(Sring, __pad) == 20);
};

/// A part of one 4 KiB grant: sectors first_sect to last_sect, both included.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct BlkifRequestSegment {
    pub gref: u32,
    pub first_sect: u8,
    pub last_sect: u8,
    pub _hole6: [u8; 2],
}
const _: () = {
    assert!(size_of::<BlkifRequestSegment>() == 8);
    assert!(offset_of!(BlkifRequestSegment, gref) == 0);
    assert!(offset_of!(BlkifRequestSegment, first_sect) == 4);
    assert!(offset_of!(BlkifRequestSegment, last_sect) == 5);
    assert!(offset_of!(BlkifRequestSegment, _hole6) == 6);
};

/// READ, WRITE, WRITE_BARRIER and FLUSH_DISKCACHE, with up to 11 segments in the slot.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
pub struct BlkifRequest {
    pub operation: u8,
    pub nr_segments: u8,
    pub handle: u16,
    pub _hole4: [u8; 4],
    pub id: u64,
    pub sector_number: u64,
    pub seg: [BlkifRequestSegment; 11],
}
const _: () = {
    assert!(size_of::<BlkifRequest>() == 112);
    assert!(offset_of!(BlkifRequest, operation) == 0);
    assert!(offset_of!(BlkifRequest, nr_segments) == 1);
    assert!(offset_of!(BlkifRequest, handle) == 2);
    assert!(offset_of!(BlkifRequest, _hole4) == 4);
    assert!(offset_of!(BlkifRequest, id) == 8);
    assert!(offset_of!(BlkifRequest, sector_number) == 16);
    assert!(offset_of!(BlkifRequest, seg) == 24);
};

/// READ or WRITE (`indirect_op`) with its segments in up to 8 other pages.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
pub struct BlkifRequestIndirect {
    pub operation: u8,
    pub indirect_op: u8,
    pub nr_segments: u16,
    pub _hole4: [u8; 4],
    pub id: u64,
    pub sector_number: u64,
    pub handle: u16,
    pub _pad2: u16,
    pub indirect_grefs: [u32; 8],
    pub _hole60: [u8; 4],
}
const _: () = {
    assert!(size_of::<BlkifRequestIndirect>() == 64);
    assert!(offset_of!(BlkifRequestIndirect, operation) == 0);
    assert!(offset_of!(BlkifRequestIndirect, indirect_op) == 1);
    assert!(offset_of!(BlkifRequestIndirect, nr_segments) == 2);
    assert!(offset_of!(BlkifRequestIndirect, _hole4) == 4);
    assert!(offset_of!(BlkifRequestIndirect, id) == 8);
    assert!(offset_of!(BlkifRequestIndirect, sector_number) == 16);
    assert!(offset_of!(BlkifRequestIndirect, handle) == 24);
    assert!(offset_of!(BlkifRequestIndirect, _pad2) == 26);
    assert!(offset_of!(BlkifRequestIndirect, indirect_grefs) == 28);
    assert!(offset_of!(BlkifRequestIndirect, _hole60) == 60);
};

/// A page that indirect_grefs names.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct BlkifIndirectPage {
    pub seg: [BlkifRequestSegment; 512],
}
const _: () = {
    assert!(size_of::<BlkifIndirectPage>() == 4096);
    assert!(offset_of!(BlkifIndirectPage, seg) == 0);
};

/// DISCARD.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
pub struct BlkifRequestDiscard {
    pub operation: u8,
    pub flag: u8,
    pub handle: u16,
    pub _hole4: [u8; 4],
    pub id: u64,
    pub sector_number: u64,
    pub nr_sectors: u64,
}
const _: () = {
    assert!(size_of::<BlkifRequestDiscard>() == 32);
    assert!(offset_of!(BlkifRequestDiscard, operation) == 0);
    assert!(offset_of!(BlkifRequestDiscard, flag) == 1);
    assert!(offset_of!(BlkifRequestDiscard, handle) == 2);
    assert!(offset_of!(BlkifRequestDiscard, _hole4) == 4);
    assert!(offset_of!(BlkifRequestDiscard, id) == 8);
    assert!(offset_of!(BlkifRequestDiscard, sector_number) == 16);
    assert!(offset_of!(BlkifRequestDiscard, nr_sectors) == 24);
};

/// What the backend writes over the slot of its own index.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
pub struct BlkifResponse {
    pub id: u64,
    pub operation: u8,
    pub _hole9: [u8; 1],
    pub status: i16,
    pub _hole12: [u8; 4],
}
const _: () = {
    assert!(size_of::<BlkifResponse>() == 16);
    assert!(offset_of!(BlkifResponse, id) == 0);
    assert!(offset_of!(BlkifResponse, operation) == 8);
    assert!(offset_of!(BlkifResponse, _hole9) == 9);
    assert!(offset_of!(BlkifResponse, status) == 10);
    assert!(offset_of!(BlkifResponse, _hole12) == 12);
};

/// A slot.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
pub union BlkifSringEntry {
    pub req: BlkifRequest,
    pub rsp: BlkifResponse,
}
const _: () = {
    assert!(size_of::<BlkifSringEntry>() == 112);
    assert!(offset_of!(BlkifSringEntry, req) == 0);
    assert!(offset_of!(BlkifSringEntry, rsp) == 0);
};

/// A ring as C declares it, with one slot.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
pub struct BlkifSring {
    pub req_prod: u32,
    pub req_event: u32,
    pub rsp_prod: u32,
    pub rsp_event: u32,
    pub _pvt: [u8; 4],
    pub __pad: [u8; 44],
    pub ring: [BlkifSringEntry; 1],
}
const _: () = {
    assert!(size_of::<BlkifSring>() == 176);
    assert!(offset_of!(BlkifSring, req_prod) == 0);
    assert!(offset_of!(BlkifSring, req_event) == 4);
    assert!(offset_of!(BlkifSring, rsp_prod) == 8);
    assert!(offset_of!(BlkifSring, rsp_event) == 12);
    assert!(offset_of!(BlkifSring, _pvt) == 16);
    assert!(offset_of!(BlkifSring, __pad) == 20);
    assert!(offset_of!(BlkifSring, ring) == 64);
};

/// An entry of a version 1 grant table (grant_table.h).
#[derive(Clone, Copy)]
#[repr(C)]
pub struct GrantEntryV1 {
    pub flags: u16,
    pub domid: u16,
    pub frame: u32,
}
const _: () = {
    assert!(size_of::<GrantEntryV1>() == 8);
    assert!(offset_of!(GrantEntryV1, flags) == 0);
    assert!(offset_of!(GrantEntryV1, domid) == 2);
    assert!(offset_of!(GrantEntryV1, frame) == 4);
};

#[derive(Clone, Copy)]
#[repr(C)]
pub struct GrantEntryHeader {
    pub flags: u16,
    pub domid: u16,
}
const _: () = {
    assert!(size_of::<GrantEntryHeader>() == 4);
    assert!(offset_of!(GrantEntryHeader, flags) == 0);
    assert!(offset_of!(GrantEntryHeader, domid) == 2);
};

#[derive(Clone, Copy)]
#[repr(C, align(8))]
pub struct GrantEntryV2FullPage {
    pub hdr: GrantEntryHeader,
    pub _pad0: u32,
    pub frame: u64,
}
const _: () = {
    assert!(size_of::<GrantEntryV2FullPage>() == 16);
    assert!(offset_of!(GrantEntryV2FullPage, hdr) == 0);
    assert!(offset_of!(GrantEntryV2FullPage, _pad0) == 4);
    assert!(offset_of!(GrantEntryV2FullPage, frame) == 8);
};

/// An entry of a version 2 grant table: a whole page, or a part of one.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
pub union GrantEntryV2 {
    pub hdr: GrantEntryHeader,
    pub full_page: GrantEntryV2FullPage,
}
const _: () = {
    assert!(size_of::<GrantEntryV2>() == 16);
    assert!(offset_of!(GrantEntryV2, hdr) == 0);
    assert!(offset_of!(GrantEntryV2, full_page) == 0);
};

/// A slot as each of the structs that it may hold; operation and the indices of the ring say which.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
pub union BlkifSlot {
    pub request: BlkifRequest,
    pub discard: BlkifRequestDiscard,
    pub indirect: BlkifRequestIndirect,
    pub response: BlkifResponse,
}
const _: () = {
    assert!(size_of::<BlkifSlot>() == 112);
    assert!(offset_of!(BlkifSlot, request) == 0);
    assert!(offset_of!(BlkifSlot, discard) == 0);
    assert!(offset_of!(BlkifSlot, indirect) == 0);
    assert!(offset_of!(BlkifSlot, response) == 0);
};
