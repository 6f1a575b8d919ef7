//! Whether this frontend writes what Linux's does, and what becomes of it: blkring says so by exit codes and --json.
use rust_frontend::{BadBackend, Frontend, Refused, MAX_SEGMENTS, NR_ENTS, PAGE};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs blkring. Exit codes are diff's: 0 clean, 1 findings or differences; 2 it could not do it, which fails the test.
fn blkring(args: &[&str]) -> (i32, String) {
    let out = Command::new("blkring").args(args).output().expect("blkring is on the path");
    let code = out.status.code().expect("an exit code");
    assert!(code < 2, "blkring {}: {}", args.join(" "), String::from_utf8_lossy(&out.stderr));
    (code, String::from_utf8(out.stdout).unwrap())
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Puts the requests of requests.yaml, in a dump folder.
fn requests(folder: &Path) -> Frontend {
    let mut frontend = Frontend::default();
    frontend.write(0, 0, &[1; 4096]).unwrap();
    frontend.write(8, 1024, &[2; 20480]).unwrap();
    frontend.read(0, 512, 65536).unwrap();
    frontend.flush().unwrap();
    frontend.discard(64, 128).unwrap();
    assert!(frontend.push_requests_and_check_notify());
    frontend.dump(folder).unwrap();
    frontend
}

#[test]
fn every_byte_is_what_linux_writes() {
    let ring = scratch("bytes");
    requests(&ring);
    let scenario = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/requests.yaml");
    let (code, differences) = blkring(&["diff", "--level", "bytes", scenario, ring.to_str().unwrap()]);
    assert_eq!(code, 0, "{differences}");
}

#[test]
fn no_rule_is_broken_and_a_broken_one_is_seen() {
    let ring = scratch("rules");
    let mut frontend = requests(&ring);
    let (code, findings) = blkring(&["check", ring.to_str().unwrap()]);
    assert_eq!(code, 0, "{findings}");

    frontend.ring_bytes()[64 + 24 + 5] = 8; // last_sect of the first segment: a page ends at 7
    frontend.dump(&ring).unwrap();
    let (code, json) = blkring(&["check", "--json", ring.to_str().unwrap()]);
    assert_eq!(code, 1);
    assert!(json.contains(r#""rule": "segment-range""#), "{json}");
}

#[test]
fn a_backend_serves_it() {
    let (ring, answered) = (scratch("served"), scratch("answered"));
    fs::remove_dir(&answered).unwrap();
    let mut frontend = requests(&ring);
    let disk = ring.join("disk.img");
    fs::write(&disk, vec![0xdd; 1 << 20]).unwrap();
    let [ring, answered, disk] = [&ring, &answered, &disk].map(|path| path.to_str().unwrap());
    let (code, json) = blkring(&["answer", ring, "--disk", disk, "-o", answered, "--json"]);
    assert_eq!(code, 0, "every request is answered OKAY: {json}");

    frontend.load(Path::new(answered)).unwrap();
    let mut done = frontend.take_responses().unwrap();
    // Linux's blkback answers the discard before the others.
    assert_eq!(done[0].id, 4);
    done.sort_by_key(|done| done.id);
    assert!(done.iter().all(|done| done.status == 0));
    assert_eq!(done.iter().map(|done| done.operation).collect::<Vec<_>>(), [1, 1, 0, 3, 5]);
    assert_eq!(frontend.data(17)[..512], [0; 512], "before the buffer");
    assert_eq!(frontend.data(17)[512..], [1; 3584], "what the first write put there");
    assert_eq!(frontend.data(18)[..512], [1; 512]);
    assert_eq!(frontend.data(18)[512..], [2; 3584]);

    frontend.dump(Path::new(answered)).unwrap();
    let (_, json) = blkring(&["decode", "--json", answered]);
    assert!(json.contains(r#""outstanding": 0"#), "{json}");
}

#[test]
fn a_full_ring_takes_no_more() {
    let mut frontend = Frontend::default();
    for id in 0..NR_ENTS as u64 {
        assert_eq!(frontend.flush(), Ok(id));
    }
    assert_eq!(frontend.flush(), Err(Refused::Full));
    assert_eq!(Frontend::default().read(0, 512, MAX_SEGMENTS * PAGE), Err(Refused::TooLong));
}

#[test]
fn an_event_is_sent_where_the_backend_asked_for_one() {
    let mut frontend = Frontend::default();
    let mut push = |req_event: u8| {
        frontend.ring_bytes()[4] = req_event;
        frontend.flush().unwrap();
        frontend.push_requests_and_check_notify()
    };
    assert!(push(1), "the first request of a ring");
    assert!(!push(1), "the backend has not slept since");
    assert!(push(3));
    assert!(!push(9), "it wants to be woken later");
}

#[test]
fn responses_that_cannot_be_are_refused() {
    let answered = |operation: u8, id: u8, count: u8| {
        let mut frontend = Frontend::default();
        frontend.flush().unwrap();
        frontend.flush().unwrap();
        frontend.push_requests_and_check_notify();
        let ring = frontend.ring_bytes();
        ring[8] = count; // rsp_prod
        for slot in 0..2 {
            ring[64 + 112 * slot..][..9].copy_from_slice(&[id, 0, 0, 0, 0, 0, 0, 0, operation]);
        }
        frontend.take_responses()
    };
    assert_eq!(answered(3, 0, 1).map(|done| done.len()), Ok(1));
    assert_eq!(answered(3, 0, 3), Err(BadBackend("more responses than requests")));
    assert_eq!(answered(3, 0, 2), Err(BadBackend("an id of no request in flight")));
    assert_eq!(answered(3, 99, 1), Err(BadBackend("an id that no request can have")));
    assert_eq!(answered(1, 0, 1), Err(BadBackend("another operation than was asked for")));
}
