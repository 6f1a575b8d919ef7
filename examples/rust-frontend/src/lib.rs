//! A tiny block frontend: writes requests into a ring page, takes responses from it, and dumps what it shares with the backend as a
//! folder that blkring reads. Tests in `tests/` hold it against Linux's xen-blkfront and have blkring be its backend.
//!
//! Pages are memory of its own, and references count up: without Xen there is nobody to grant them to. What a driver has to do
//! besides is said where it matters. It assumes a little-endian host and x86_64-abi (arm-abi is laid out alike).

pub mod blkif; // blkring layout --format rust --abi x86_64

use blkif::*;
use std::cell::UnsafeCell;
use std::collections::BTreeMap;
use std::mem::{offset_of, size_of};
use std::path::Path;
use std::sync::atomic::{fence, AtomicU32, Ordering};
use std::{fs, io, ptr};

pub const PAGE: usize = 4096;
pub const SECTOR: usize = 512;
/// Slots of a ring of one page: the largest power of two that fits.
pub const NR_ENTS: u32 = 32;
const DIRECT_SEGMENTS: usize = 11;
const SEGMENTS_IN_PAGE: usize = PAGE / size_of::<BlkifRequestSegment>();
/// What the backend has to offer as feature-max-indirect-segments.
pub const MAX_SEGMENTS: usize = 32;
/// Linux's xvda.
const HANDLE: u16 = 51712;
/// References below are Xen's own; the ring has the first one.
const FIRST_GREF: u32 = 8;

#[repr(C, align(4096))]
struct Page([u8; PAGE]);

/// The page of the ring: others write there, so that no plain reference to its bytes may be held.
#[repr(C, align(4096))]
struct SharedPage(UnsafeCell<[u8; PAGE]>);

fn new_page() -> Box<Page> {
    // Zeroed: whatever else stood in a granted page, the backend's domain could read (XSA-403).
    Box::new(Page([0; PAGE]))
}

#[derive(Debug, PartialEq)]
pub enum Refused {
    /// No slot or no id is free: submit again after responses.
    Full,
    /// More segments than were negotiated.
    TooLong,
}

/// What the backend wrote cannot be. A driver stops using the disk: nothing else that comes from there can be believed either.
#[derive(Debug, PartialEq)]
pub struct BadBackend(pub &'static str);

#[derive(Debug, PartialEq)]
pub struct Done {
    pub id: u64,
    pub operation: u8,
    pub status: i16,
}

pub struct Frontend {
    ring: Box<SharedPage>,
    /// Private: what the backend could write into the page is never read back as ours.
    req_prod_pvt: u32,
    req_prod: u32,
    rsp_cons: u32,
    /// By id, the operation that a response must have.
    in_flight: [Option<u8>; NR_ENTS as usize],
    /// Free ids, the next one last: the id that came back last is used first, as in Linux.
    free_ids: Vec<u64>,
    next_gref: u32,
    /// Pages of segments and of data, by reference.
    indirect: BTreeMap<u32, Box<Page>>,
    data: BTreeMap<u32, Box<Page>>,
}

impl Default for Frontend {
    fn default() -> Self {
        let frontend = Frontend {
            ring: Box::new(SharedPage(UnsafeCell::new([0; PAGE]))),
            req_prod_pvt: 0,
            req_prod: 0,
            rsp_cons: 0,
            in_flight: [None; NR_ENTS as usize],
            free_ids: (0..NR_ENTS as u64).rev().collect(),
            next_gref: FIRST_GREF + 1,
            indirect: BTreeMap::new(),
            data: BTreeMap::new(),
        };
        // SHARED_RING_INIT: both sides want an event at the first index.
        frontend.index(offset_of!(Sring, req_event)).store(1, Ordering::Relaxed);
        frontend.index(offset_of!(Sring, rsp_event)).store(1, Ordering::Relaxed);
        frontend
    }
}

impl Frontend {
    /// An index in the shared page: the backend reads and writes there at any time, so it is atomic or it is undefined behaviour.
    fn index(&self, at: usize) -> &AtomicU32 {
        unsafe { AtomicU32::from_ptr(self.ring.0.get().cast::<u8>().add(at).cast()) }
    }

    fn slot(&self, index: u32) -> *mut BlkifSlot {
        // Indices run freely and wrap at 2^32; the slot is what is left of one.
        let slot = (index & (NR_ENTS - 1)) as usize;
        unsafe { self.ring.0.get().cast::<u8>().add(size_of::<Sring>()).cast::<BlkifSlot>().add(slot) }
    }

    /// Puts a read of `bytes` into a buffer that begins `offset` bytes into its first page. Returns its id, and the references of the pages.
    pub fn read(&mut self, sector: u64, offset: usize, bytes: usize) -> Result<(u64, Vec<u32>), Refused> {
        self.transfer(BLKIF_OP_READ, sector, offset, &vec![0; bytes])
    }

    /// Puts a write of these bytes, from a buffer that begins `offset` bytes into its first page.
    pub fn write(&mut self, sector: u64, offset: usize, bytes: &[u8]) -> Result<(u64, Vec<u32>), Refused> {
        self.transfer(BLKIF_OP_WRITE, sector, offset, bytes)
    }

    /// Puts an empty flush: what was written before it is on the disk when it is answered.
    pub fn flush(&mut self) -> Result<u64, Refused> {
        let id = self.take_id(BLKIF_OP_FLUSH_DISKCACHE)?;
        // No place on the disk: Linux writes all ones, others 0, and backends look at neither.
        self.put_direct(BLKIF_OP_FLUSH_DISKCACHE, id, u64::MAX, &[]);
        Ok(id)
    }

    /// Puts a discard.
    pub fn discard(&mut self, sector: u64, nr_sectors: u64) -> Result<u64, Refused> {
        let id = self.take_id(BLKIF_OP_DISCARD)?;
        let mut discard: BlkifRequestDiscard = zeroed();
        discard.operation = BLKIF_OP_DISCARD;
        discard.id = id;
        discard.sector_number = sector;
        discard.nr_sectors = nr_sectors;
        self.put(|slot| slot.discard = discard);
        Ok(id)
    }

    fn transfer(&mut self, operation: u8, sector: u64, offset: usize, bytes: &[u8]) -> Result<(u64, Vec<u32>), Refused> {
        assert!(offset < PAGE && offset % SECTOR == 0 && bytes.len() % SECTOR == 0 && !bytes.is_empty());
        let nr_segments = (offset + bytes.len()).div_ceil(PAGE);
        if nr_segments > MAX_SEGMENTS {
            return Err(Refused::TooLong);
        }
        let id = self.take_id(operation)?;
        let is_indirect = nr_segments > DIRECT_SEGMENTS;
        let page_of_segments = if is_indirect { Some(self.grant()) } else { None };
        let (mut segments, mut from) = (Vec::new(), 0);
        for n in 0..nr_segments {
            let start = if n == 0 { offset } else { 0 };
            let to = bytes.len().min(from + PAGE - start);
            let mut page = new_page();
            page.0[start..start + to - from].copy_from_slice(&bytes[from..to]);
            let mut segment: BlkifRequestSegment = zeroed();
            segment.gref = self.grant();
            segment.first_sect = (start / SECTOR) as u8;
            segment.last_sect = ((start + to - from) / SECTOR - 1) as u8; // included
            self.data.insert(segment.gref, page);
            segments.push(segment);
            from = to;
        }
        match page_of_segments {
            None => self.put_direct(operation, id, sector, &segments),
            Some(gref) => self.put_indirect(operation, id, sector, gref, &segments),
        }
        Ok((id, segments.iter().map(|segment| segment.gref).collect()))
    }

    fn put_direct(&mut self, operation: u8, id: u64, sector: u64, segments: &[BlkifRequestSegment]) {
        let mut request: BlkifRequest = zeroed();
        request.operation = operation;
        request.nr_segments = segments.len() as u8;
        request.handle = HANDLE;
        request.id = id;
        request.sector_number = sector;
        request.seg[..segments.len()].copy_from_slice(segments);
        self.put(|slot| slot.request = request);
    }

    fn put_indirect(&mut self, operation: u8, id: u64, sector: u64, gref: u32, segments: &[BlkifRequestSegment]) {
        assert!(segments.len() <= SEGMENTS_IN_PAGE); // one page of segments does
        let mut page = new_page();
        let at = page.0.as_mut_ptr().cast::<BlkifRequestSegment>();
        unsafe { ptr::copy_nonoverlapping(segments.as_ptr(), at, segments.len()) };
        self.indirect.insert(gref, page);
        let mut request: BlkifRequestIndirect = zeroed();
        request.operation = BLKIF_OP_INDIRECT;
        request.indirect_op = operation;
        request.nr_segments = segments.len() as u16;
        request.handle = HANDLE;
        request.id = id;
        request.sector_number = sector;
        request.indirect_grefs[0] = gref;
        self.put(|slot| slot.indirect = request);
    }

    fn take_id(&mut self, operation: u8) -> Result<u64, Refused> {
        // RING_FULL: a slot is free again when the response in it was taken, not when the request in it was answered.
        if self.req_prod_pvt.wrapping_sub(self.rsp_cons) >= NR_ENTS {
            return Err(Refused::Full);
        }
        let id = self.free_ids.pop().ok_or(Refused::Full)?;
        self.in_flight[id as usize] = Some(operation);
        Ok(id)
    }

    /// A driver calls gnttab_grant_foreign_access here. It grants for reading and writing: with feature-persistent the page is used again.
    fn grant(&mut self) -> u32 {
        self.next_gref += 1;
        self.next_gref - 1
    }

    /// Builds a request beside the ring and copies it whole: in the ring no half of one is to be seen, and no padding that is not zero.
    fn put(&mut self, fill: impl FnOnce(&mut BlkifSlot)) {
        let mut request: BlkifSlot = zeroed();
        fill(&mut request);
        let slot = self.slot(self.req_prod_pvt);
        unsafe { slot.write_volatile(request) };
        self.req_prod_pvt = self.req_prod_pvt.wrapping_add(1);
    }

    /// Publishes what was put. Returns whether the backend asked for an event: then one is sent through the event channel.
    pub fn push_requests_and_check_notify(&mut self) -> bool {
        let (old, new) = (self.req_prod, self.req_prod_pvt);
        // Release: whoever sees the new producer sees the requests.
        self.index(offset_of!(Sring, req_prod)).store(new, Ordering::Release);
        self.req_prod = new;
        // The backend stores req_event and then loads req_prod; here it is the other way round. Each needs a full barrier between, or both see the
        // old value: no event is sent, and the backend sleeps with a request on the ring.
        fence(Ordering::SeqCst);
        let event = self.index(offset_of!(Sring, req_event)).load(Ordering::Relaxed);
        new.wrapping_sub(event) < new.wrapping_sub(old)
    }

    /// Takes all responses, as an interrupt does, and asks for an event at the next.
    pub fn take_responses(&mut self) -> Result<Vec<Done>, BadBackend> {
        let mut done = Vec::new();
        loop {
            // Acquire: the responses are read after it.
            let rsp_prod = self.index(offset_of!(Sring, rsp_prod)).load(Ordering::Acquire);
            // More answers than requests (XSA-376, and what Linux calls an illegal number of responses).
            if rsp_prod.wrapping_sub(self.rsp_cons) > self.req_prod.wrapping_sub(self.rsp_cons) {
                return Err(BadBackend("more responses than requests"));
            }
            while self.rsp_cons != rsp_prod {
                // A copy, looked at once: the backend can change the page meanwhile.
                let response = unsafe { ptr::addr_of!((*self.slot(self.rsp_cons)).response).read_volatile() };
                done.push(self.complete(response)?);
                self.rsp_cons = self.rsp_cons.wrapping_add(1);
            }
            self.index(offset_of!(Sring, rsp_event)).store(rsp_prod.wrapping_add(1), Ordering::Relaxed);
            fence(Ordering::SeqCst); // as above
            if self.index(offset_of!(Sring, rsp_prod)).load(Ordering::Relaxed) == rsp_prod {
                return Ok(done);
            }
        }
    }

    fn complete(&mut self, BlkifResponse { id, operation, status, .. }: BlkifResponse) -> Result<Done, BadBackend> {
        let waiting = self.in_flight.get_mut(id as usize).ok_or(BadBackend("an id that no request can have"))?;
        match waiting.take() {
            None => return Err(BadBackend("an id of no request in flight")),
            // Of an indirect request it is the inner one.
            Some(asked) if asked != operation => return Err(BadBackend("another operation than was asked for")),
            Some(_) => {}
        }
        // The grants of the request end here, and only those that the backend does not map any more: else it reads on in a page that
        // has become somebody else's. Tests look at the pages afterwards, so they stay.
        self.free_ids.push(id);
        Ok(Done { id, operation, status })
    }

    /// Bytes of a page of data.
    pub fn data(&self, gref: u32) -> &[u8; PAGE] {
        &self.data[&gref].0
    }

    /// Writes all that is shared into a folder that blkring reads.
    pub fn dump(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        fs::write(folder.join("ring.bin"), unsafe { self.ring.0.get().read_volatile() })?;
        for (kind, pages) in [("indirect", &self.indirect), ("data", &self.data)] {
            for (gref, page) in pages {
                fs::write(folder.join(format!("{kind}-{gref}.bin")), page.0)?;
            }
        }
        Ok(())
    }

    /// Takes what a backend made of it: the ring, and the pages of data that are there.
    pub fn load(&mut self, folder: &Path) -> io::Result<()> {
        self.ring_bytes().copy_from_slice(&fs::read(folder.join("ring.bin"))?);
        for (gref, page) in &mut self.data {
            if let Ok(bytes) = fs::read(folder.join(format!("data-{gref}.bin"))) {
                page.0.copy_from_slice(&bytes);
            }
        }
        Ok(())
    }

    /// The page of the ring while no backend is at work, for tests that spoil it.
    pub fn ring_bytes(&mut self) -> &mut [u8; PAGE] {
        self.ring.0.get_mut()
    }
}

/// Only for the structs of `blkif`: all of their bytes may be zero, and every hole is a field, so that no byte of them is left uninitialised.
fn zeroed<T: Copy>() -> T {
    unsafe { std::mem::zeroed() }
}
