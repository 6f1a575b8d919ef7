# Kaitai Struct's Python of blkif.ksy, in the folder of the second argument. Answers like bulk.ts.
import sys, time

sys.path.insert(0, sys.argv[2])
from blkif_page import BlkifPage

PAGE = 4096
data = open(sys.argv[1], "rb").read()
for _ in sys.stdin:
    start = time.process_time()
    count = sum(len(BlkifPage.from_bytes(data[at : at + PAGE]).slots) for at in range(0, len(data), PAGE))
    print(f"{time.process_time() - start:.6f} {count}", flush=True)
