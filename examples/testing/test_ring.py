import glob, json, pathlib, struct, subprocess, tempfile, unittest
from vector import Vector


def my_ring():  # the driver under test: a write of one page at sector 8
    ring = bytearray(4096)
    struct.pack_into("<4I", ring, 0, 1, 1, 0, 1)  # req_prod, req_event, rsp_prod, rsp_event
    struct.pack_into("<BBH4xQQIBB", ring, 64, 1, 1, 51712, 0, 8, 9, 0, 7)
    return ring


def blkring(*args):
    run = subprocess.run(["blkring", *args], capture_output=True, text=True)
    assert run.returncode < 2, run.stderr  # 0 clean, 1 findings or differences, 2 could not do it
    return run.returncode, run.stdout


class Ring(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.mine = str(pathlib.Path(folder.name) / "ring.bin")
        pathlib.Path(self.mine).write_bytes(my_ring())

    def test_asks_what_linux_asks(self):
        code, differences = blkring("diff", "--level", "io", "linux.yaml", self.mine)
        self.assertEqual(code, 0, differences)

    def test_breaks_no_rule(self):
        self.assertEqual(blkring("check", self.mine)[0], 0)
        spoiled = my_ring()
        spoiled[64 + 24 + 5] = 8  # last_sect: a page ends at 7
        pathlib.Path(self.mine).write_bytes(spoiled)
        code, text = blkring("check", "--json", self.mine)
        self.assertEqual(code, 1)
        self.assertEqual(json.loads(text)["rings"][0]["findings"][0]["rule"], "segment-range")

    def test_reads_as_it_was_meant(self):
        request = json.loads(blkring("decode", "--json", self.mine)[1])["slots"][0]["request"]
        self.assertEqual((request["op"], request["sector_number"], request["nr_sectors"]), ("write", "8", 8))

    def test_vectors(self):  # and the decoder under test
        files = glob.glob("vectors/*.txt")
        self.assertGreater(len(files), 20)
        for file in files:
            v = Vector(file)
            layout = "<BxxxQQ" if v.lines[0]["abi"] == "x86_32" else "<BxxxxxxxQQ"
            for line in v.lines:
                if line["kind"].startswith("blkif_request"):
                    at = 64 + int(line["slot"]) * int(v.lines[0]["slot_size"])
                    values = tuple(int(line[key]) for key in ("operation", "id", "sector_number"))
                    self.assertEqual(struct.unpack_from(layout, v.ring, at), values, file)
