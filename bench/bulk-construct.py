# Python's construct. Answers like bulk.ts. For comparison only.
import sys, time
from construct import Array, Int8ul, Int16ul, Int32ul, Int64ul, Padded, Padding, Struct, Switch, this

PAGE = 4096
segment = Struct("gref" / Int32ul, "first_sect" / Int8ul, "last_sect" / Int8ul, Padding(2))
direct = Struct(
    "nr_segments" / Int8ul, "handle" / Int16ul, Padding(4), "id" / Int64ul, "sector_number" / Int64ul,
    "segments" / Array(lambda c: min(c.nr_segments, 11), segment),
)
discard = Struct(
    "flag" / Int8ul, "handle" / Int16ul, Padding(4), "id" / Int64ul, "sector_number" / Int64ul, "nr_sectors" / Int64ul,
)
indirect = Struct(
    "indirect_op" / Int8ul, "nr_segments" / Int16ul, Padding(4), "id" / Int64ul, "sector_number" / Int64ul,
    "handle" / Int16ul, Padding(2), "indirect_grefs" / Array(8, Int32ul),
)
slot = Struct("operation" / Int8ul, "body" / Switch(this.operation, {5: discard, 6: indirect}, direct))
page = Struct(
    "req_prod" / Int32ul, "req_event" / Int32ul, "rsp_prod" / Int32ul, "rsp_event" / Int32ul, Padding(48),
    "slots" / Array(32, Padded(112, slot)),
)

data = open(sys.argv[1], "rb").read()
for _ in sys.stdin:
    start = time.process_time()
    count = sum(len(page.parse(data[at : at + PAGE]).slots) for at in range(0, len(data), PAGE))
    print(f"{time.process_time() - start:.6f} {count}", flush=True)
