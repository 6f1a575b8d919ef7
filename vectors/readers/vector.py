"""Reads the vectors of blkring (docs/testing.md)."""


class Vector:
    """ring: bytes of all ring pages; pages: bytes of a page by its reference; lines: the others, as dicts with a "kind"."""

    def __init__(self, path):
        self.lines, self.pages, self.ring = [], {}, bytearray()
        with open(path, encoding="ascii") as file:
            texts = file.read().splitlines()
        for text in texts:
            if text.startswith("#"):
                continue
            kind, *pairs = text.split()
            line = {"kind": kind, **dict(pair.split("=") for pair in pairs)}
            if kind == "vector" and line["version"] == "1":
                self.ring = bytearray(4096 * int(line["ring_pages"]))
            if kind in ("ring", "page"):
                into = self.ring if kind == "ring" else self.pages.setdefault(int(line["gref"]), bytearray(4096))
                at, run = int(line["at"]), bytes.fromhex(line["hex"])
                into[at : at + len(run)] = run
            else:
                self.lines.append(line)
        if not self.ring:
            raise ValueError(f"{path}: no vector of version 1")
