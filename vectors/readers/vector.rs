//! Reads the vectors of blkring (docs/testing.md).
use std::collections::{BTreeMap, HashMap};

/// The values of a line by key, and under "kind" what it is of.
pub type Line = HashMap<String, String>;

/// The number of a key; a status of -1 is the u64 of the same bits. Panics without one.
pub fn number(line: &Line, key: &str) -> u64 {
    line[key].parse().unwrap_or_else(|_| line[key].parse::<i64>().unwrap() as u64)
}

/// `ring` has the bytes of all ring pages, `pages` those of each page by its reference.
#[derive(Default)]
pub struct Vector {
    pub ring: Vec<u8>,
    pub pages: BTreeMap<u64, Vec<u8>>,
    pub lines: Vec<Line>,
}

pub fn parse(text: &str) -> Vector {
    let mut v = Vector::default();
    for text in text.lines().filter(|text| !text.starts_with('#')) {
        let pair = |word: &str| word.split_once('=').map_or(("kind".into(), word.into()), |(k, v)| (k.into(), v.into()));
        let line: Line = text.split(' ').map(pair).collect();
        if line["kind"] == "vector" {
            assert_eq!(line["version"], "1", "this reader knows version 1");
            v.ring = vec![0; 4096 * number(&line, "ring_pages") as usize];
        }
        let into = match line["kind"].as_str() {
            "ring" => &mut v.ring,
            "page" => v.pages.entry(number(&line, "gref")).or_insert_with(|| vec![0; 4096]),
            _ => {
                v.lines.push(line);
                continue;
            }
        };
        let (hex, at) = (&line["hex"], number(&line, "at") as usize);
        for i in 0..hex.len() / 2 {
            into[at + i] = u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap();
        }
    }
    v
}
