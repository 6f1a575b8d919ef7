# Python's struct, a tuple a slot. Answers like bulk.ts. For comparison only.
import struct, sys, time

PAGE = 4096
header = struct.Struct("<4I")
direct = struct.Struct("<BBH4xQQ")
segment = struct.Struct("<IBB2x")
indirect = struct.Struct("<BBH4xQQH2x8I")
discard = struct.Struct("<BBH4xQQQ")
data = open(sys.argv[1], "rb").read()


def page(at):
    header.unpack_from(data, at)
    slots = []
    for s in range(at + 64, at + 64 + 32 * 112, 112):
        op = data[s]
        if op == 5:
            slots.append(discard.unpack_from(data, s))
        elif op == 6:
            slots.append(indirect.unpack_from(data, s))
        else:
            fields = direct.unpack_from(data, s)
            n = min(fields[1], 11)
            slots.append((fields, [segment.unpack_from(data, s + 24 + 8 * i) for i in range(n)]))
    return slots


for _ in sys.stdin:
    start = time.process_time()
    count = sum(len(page(at)) for at in range(0, len(data), PAGE))
    print(f"{time.process_time() - start:.6f} {count}", flush=True)
