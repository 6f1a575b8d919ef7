//! Reads every vector of blkring with the structs of `blkif`, and writes the requests of one again.
#[path = "../../../vectors/readers/vector.rs"]
mod vector;

use rust_frontend::blkif::*;
use std::{fs, ptr};
use vector::{number, Vector};

fn vectors() -> Vec<(String, Vector)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let texts = files.filter(|path| path.extension().is_some_and(|extension| extension == "txt"));
    texts.map(|path| (path.display().to_string(), vector::parse(&fs::read_to_string(&path).unwrap()))).collect()
}

fn slot_of(v: &Vector, slot: u64) -> BlkifSlot {
    let at = std::mem::size_of::<Sring>() + slot as usize * std::mem::size_of::<BlkifSlot>();
    unsafe { ptr::read_unaligned(v.ring[at..].as_ptr().cast()) }
}

/// The segments of a slot: those in it, or those in its indirect pages.
fn segments_of(v: &Vector, slot: u64) -> Vec<BlkifRequestSegment> {
    let indirect = unsafe { slot_of(v, slot).indirect };
    let one = |from: &[u8], n: usize| unsafe { ptr::read_unaligned(from[8 * n..].as_ptr().cast()) };
    if indirect.operation != BLKIF_OP_INDIRECT {
        let request = unsafe { slot_of(v, slot).request };
        return request.seg[..request.nr_segments as usize].to_vec();
    }
    let page = |n: usize| &v.pages[&(indirect.indirect_grefs[n / 512] as u64)];
    (0..indirect.nr_segments as usize).map(|n| one(page(n), n % 512)).collect()
}

#[test]
fn every_value_is_found() {
    let mut values = 0;
    // The structs here are those of x86_64, and of arm; x86_32 has others (layout --abi x86_32).
    for (file, v) in vectors().iter().filter(|(_, v)| v.lines[0]["abi"] != "x86_32") {
        let mut nth = 0;
        for line in &v.lines[2..] {
            let slot = number(line, "slot");
            let entry = slot_of(v, slot);
            let found: Vec<(&str, u64)> = match line["kind"].as_str() {
                "blkif_request" => {
                    let r = unsafe { entry.request };
                    nth = 0;
                    vec![
                        ("operation", r.operation.into()),
                        ("nr_segments", r.nr_segments.into()),
                        ("handle", r.handle.into()),
                        ("id", r.id),
                        ("sector_number", r.sector_number),
                    ]
                }
                "blkif_request_indirect" => {
                    let r = unsafe { entry.indirect };
                    nth = 0;
                    vec![
                        ("operation", r.operation.into()),
                        ("indirect_op", r.indirect_op.into()),
                        ("nr_segments", r.nr_segments.into()),
                        ("id", r.id),
                        ("sector_number", r.sector_number),
                        ("handle", r.handle.into()),
                    ]
                }
                "blkif_request_discard" => {
                    let r = unsafe { entry.discard };
                    vec![("flag", r.flag.into()), ("id", r.id), ("sector_number", r.sector_number), ("nr_sectors", r.nr_sectors)]
                }
                "blkif_response" => {
                    let r = unsafe { entry.response };
                    vec![("id", r.id), ("operation", r.operation.into()), ("status", r.status as i64 as u64)]
                }
                "segment" => {
                    let s = segments_of(v, slot)[nth];
                    nth += 1;
                    vec![("gref", s.gref.into()), ("first_sect", s.first_sect.into()), ("last_sect", s.last_sect.into())]
                }
                _ => continue, // what later versions add, and indirect_gref
            };
            for (key, value) in found {
                assert_eq!(value, number(line, key), "{file}: slot {slot}, {key}");
                values += 1;
            }
        }
    }
    assert!(values > 4000, "{values} values");
}
