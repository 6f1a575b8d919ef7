/* The reference for the batch reader: a ring's slots into columns, as C does it. Our own declarations of the wire under x86_64. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { SLOTS = 32, SEGS = 11, GREFS = 8, RINGS = 64, PAGE = 4096, ROWS = RINGS * SLOTS };

struct seg { uint32_t gref; uint8_t first, last; };
struct rw { uint8_t op, nr; uint16_t handle; uint64_t id, sector; struct seg seg[SEGS]; };
struct discard { uint8_t op, flag; uint16_t handle; uint64_t id, sector, nr; };
struct indirect { uint8_t op, iop; uint16_t nr; uint64_t id, sector; uint16_t handle, pad; uint32_t gref[GREFS]; };
struct rsp { uint64_t id; uint8_t op; int16_t status; };
union slot { struct rw rw; struct discard discard; struct indirect indirect; struct rsp rsp; uint32_t raw[28]; };
struct page { uint32_t req_prod, req_event, rsp_prod, rsp_event; uint8_t pad[48]; union slot slot[SLOTS]; uint8_t tail[448]; };

static struct {
  uint32_t req_prod[RINGS], req_event[RINGS], rsp_prod[RINGS], rsp_event[RINGS], rows_at[RINGS + 1];
  uint16_t slots[RINGS];
  uint16_t ring[ROWS], slot[ROWS], nr_segments[ROWS], handle[ROWS], seg_count[ROWS];
  uint32_t index[ROWS], seg_start[ROWS], word_start[ROWS];
  uint8_t state[ROWS], op[ROWS], iop[ROWS], flag[ROWS], word_count[ROWS];
  int16_t status[ROWS];
  uint64_t id[ROWS], sector[ROWS], nr_sectors[ROWS];
  uint32_t gref[ROWS * SEGS], words[ROWS * 28];
  uint8_t first[ROWS * SEGS], last[ROWS * SEGS];
} b;

static uint32_t row;

static void decode(const struct page *page, int rings)
{
  uint32_t seg = 0, word = 0;
  row = 0;
  for (int r = 0; r < rings; r++, page++) {
    uint32_t req = b.req_prod[r] = page->req_prod, rsp = b.rsp_prod[r] = page->rsp_prod;
    b.req_event[r] = page->req_event;
    b.rsp_event[r] = page->rsp_event;
    b.slots[r] = SLOTS;
    b.rows_at[r] = row;
    int impossible = req - rsp > SLOTS;
    uint32_t oldest = req - SLOTS, used = req < SLOTS && rsp <= req ? req : SLOTS;
    for (uint32_t s = 0; s < used; s++, row++) {
      const union slot *p = &page->slot[s];
      uint32_t index = oldest + ((s - oldest) & (SLOTS - 1));
      b.ring[row] = r;
      b.slot[row] = s;
      b.index[row] = index;
      b.seg_start[row] = seg;
      b.word_start[row] = word;
      if (impossible || index - rsp < req - rsp) {
        b.state[row] = 0;
        b.op[row] = p->rw.op;
        b.id[row] = p->rw.id;
        b.sector[row] = p->rw.sector;
        switch (p->rw.op) {
        case 0: case 1: case 2: case 3: {
          int n = p->rw.nr < SEGS ? p->rw.nr : SEGS, sum = 0;
          b.nr_segments[row] = p->rw.nr;
          b.handle[row] = p->rw.handle;
          b.seg_count[row] = n;
          b.word_count[row] = 0;
          for (int i = 0; i < n; i++, seg++) {
            int first = b.first[seg] = p->rw.seg[i].first, last = b.last[seg] = p->rw.seg[i].last;
            b.gref[seg] = p->rw.seg[i].gref;
            if (last >= first) sum += last - first + 1;
          }
          b.nr_sectors[row] = sum;
          break;
        }
        case 6: {
          int nr = b.nr_segments[row] = p->indirect.nr, n = (nr + 511) / 512;
          if (n > GREFS) n = GREFS;
          b.iop[row] = p->indirect.iop;
          b.handle[row] = p->indirect.handle;
          b.nr_sectors[row] = 0;
          b.seg_count[row] = n ? 0xffff : 0;
          b.word_count[row] = n;
          for (int i = 0; i < n; i++) b.words[word++] = p->indirect.gref[i];
          break;
        }
        case 5:
          b.flag[row] = p->discard.flag;
          b.handle[row] = p->discard.handle;
          b.nr_sectors[row] = p->discard.nr;
          b.seg_count[row] = b.word_count[row] = 0;
          break;
        default:
          b.handle[row] = p->rw.handle;
          b.seg_count[row] = 0;
          b.word_count[row] = 28;
          for (int i = 0; i < 28; i++) b.words[word++] = p->raw[i];
        }
      } else {
        b.state[row] = 1;
        b.op[row] = p->rsp.op;
        b.status[row] = p->rsp.status;
        b.id[row] = p->rsp.id;
        b.sector[row] = p->rw.sector;
        b.nr_sectors[row] = p->discard.nr;
        b.handle[row] = p->indirect.handle;
        b.seg_count[row] = SEGS;
        b.word_count[row] = GREFS;
        for (int i = 0; i < SEGS; i++, seg++) {
          b.gref[seg] = p->rw.seg[i].gref;
          b.first[seg] = p->rw.seg[i].first;
          b.last[seg] = p->rw.seg[i].last;
        }
        for (int i = 0; i < GREFS; i++) b.words[word++] = p->indirect.gref[i];
      }
    }
  }
  b.rows_at[rings] = row;
}

static const char *const names[] = {"read", "write", "barrier", "flush", "packet", "discard", "indirect"};

static const char *name(uint8_t op) { return op < 7 ? names[op] : "unknown"; }

static void segments(FILE *out, uint32_t at, int count)
{
  for (int i = 0; i < count; i++, at++)
    fprintf(out, "%s{\"gref\":%u,\"first_sect\":%u,\"last_sect\":%u}", i ? "," : "", b.gref[at], b.first[at], b.last[at]);
}

static void grefs(FILE *out, uint32_t r)
{
  for (int i = 0; i < b.word_count[r]; i++) fprintf(out, "%s%u", i ? "," : "", b.words[b.word_start[r] + i]);
}

/* One line a row; which requests were answered is not judged: the captures of the benchmark have no such doubt. */
static void ndjson(FILE *out, uint64_t first_ring)
{
  for (uint32_t r = 0; r < row; r++) {
    fprintf(out, "{\"ring\":%llu,\"slot\":%u,\"index\":%u,", (unsigned long long)(first_ring + b.ring[r]), b.slot[r], b.index[r]);
    if (b.state[r]) {
      fprintf(out, "\"state\":\"response\",\"response\":{\"id\":\"%llu\",\"operation\":%u,\"op\":\"%s\",\"status\":%d},\"beneath\":{\"sector_number\":\"%llu\",\"segments\":[",
        (unsigned long long)b.id[r], b.op[r], name(b.op[r]), b.status[r], (unsigned long long)b.sector[r]);
      segments(out, b.seg_start[r], SEGS);
      fprintf(out, "],\"handle\":%u,\"indirect_grefs\":[", b.handle[r]);
      grefs(out, r);
      fprintf(out, "],\"nr_sectors\":\"%llu\"}}\n", (unsigned long long)b.nr_sectors[r]);
      continue;
    }
    fprintf(out, "\"state\":\"request\",\"request\":{\"op\":\"%s\",\"operation\":%u,\"id\":\"%llu\",\"sector_number\":\"%llu\",\"handle\":%u,",
      name(b.op[r]), b.op[r], (unsigned long long)b.id[r], (unsigned long long)b.sector[r], b.handle[r]);
    switch (b.op[r]) {
    case 0: case 1: case 2: case 3:
      fprintf(out, "\"nr_segments\":%u,\"segments\":[", b.nr_segments[r]);
      segments(out, b.seg_start[r], b.seg_count[r]);
      fprintf(out, "],\"nr_sectors\":%u}}\n", (unsigned)b.nr_sectors[r]);
      break;
    case 6:
      fprintf(out, "\"indirect_op\":%u,\"nr_segments\":%u,\"indirect_grefs\":[", b.iop[r], b.nr_segments[r]);
      grefs(out, r);
      fprintf(out, "],\"segments\":null,\"nr_sectors\":null}}\n");
      break;
    case 5:
      fprintf(out, "\"flag\":%u,\"nr_sectors\":\"%llu\"}}\n", b.flag[r], (unsigned long long)b.nr_sectors[r]);
      break;
    default:
      fprintf(out, "\"raw\":\"");
      for (int i = 0; i < 112; i++) fprintf(out, "%02x", ((uint8_t *)(b.words + b.word_start[r]))[i]);
      fprintf(out, "\"}}\n");
    }
  }
}

/* The inverse: a batch's rows over a page each. */
static void encode(struct page *pages)
{
  for (uint32_t r = 0; r < row; r++) {
    struct page *page = &pages[b.ring[r]];
    union slot *p = &page->slot[b.slot[r]];
    if (b.state[r]) {
      for (int i = 0; i < SEGS; i++) {
        p->rw.seg[i].gref = b.gref[b.seg_start[r] + i];
        p->rw.seg[i].first = b.first[b.seg_start[r] + i];
        p->rw.seg[i].last = b.last[b.seg_start[r] + i];
      }
      p->indirect.handle = b.handle[r];
      for (int i = 0; i < GREFS; i++) p->indirect.gref[i] = b.words[b.word_start[r] + i];
      p->discard.nr = b.nr_sectors[r];
      p->rw.sector = b.sector[r];
      p->rsp.id = b.id[r];
      p->rsp.op = b.op[r];
      p->rsp.status = b.status[r];
      continue;
    }
    switch (b.op[r]) {
    case 0: case 1: case 2: case 3:
      p->rw.nr = b.nr_segments[r];
      p->rw.handle = b.handle[r];
      for (int i = 0; i < b.seg_count[r]; i++) {
        p->rw.seg[i].gref = b.gref[b.seg_start[r] + i];
        p->rw.seg[i].first = b.first[b.seg_start[r] + i];
        p->rw.seg[i].last = b.last[b.seg_start[r] + i];
      }
      break;
    case 6:
      p->indirect.iop = b.iop[r];
      p->indirect.nr = b.nr_segments[r];
      p->indirect.handle = b.handle[r];
      for (int i = 0; i < b.word_count[r]; i++) p->indirect.gref[i] = b.words[b.word_start[r] + i];
      break;
    case 5:
      p->discard.flag = b.flag[r];
      p->discard.handle = b.handle[r];
      p->discard.nr = b.nr_sectors[r];
      break;
    default:
      memcpy(p, b.words + b.word_start[r], 112);
    }
    p->rw.op = b.op[r];
    p->rw.id = b.id[r];
    p->rw.sector = b.sector[r];
  }
}

static double cpu(void)
{
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static uint64_t check(void) { return b.id[row - 1] + b.sector[row / 2] + b.gref[row] + row; }

/* read FILE: reads and decodes it, and prints a checksum. ndjson FILE: and prints every row. */
static int stream(const char *path, int print)
{
  static char buffer[RINGS * PAGE];
  FILE *f = fopen(path, "rb");
  uint64_t sum = 0, ring = 0;
  size_t got;
  if (!f) return 2;
  setvbuf(stdout, NULL, _IOFBF, 1 << 16);
  setvbuf(f, NULL, _IONBF, 0);
  while ((got = fread(buffer, PAGE, RINGS, f)) > 0) {
    decode((const struct page *)buffer, got);
    if (print) ndjson(stdout, ring);
    ring += got;
    sum += check();
  }
  if (!print) printf("%llu\n", (unsigned long long)sum);
  return 0;
}

/* decode or encode FILE: a line for each line of standard input, with the CPU seconds of a round over the whole file in memory
 * and a checksum. Encoding is of each batch as it was just decoded, which is not timed. */
static int memory(const char *path, int encodes)
{
  char line[16];
  FILE *f = fopen(path, "rb");
  if (!f) return 2;
  fseek(f, 0, SEEK_END);
  long size = ftell(f);
  rewind(f);
  char *all = malloc(size);
  static char over[RINGS * PAGE];
  if (fread(all, 1, size, f) != (size_t)size) return 2;
  while (fgets(line, sizeof line, stdin)) {
    double spent = 0, start = cpu();
    uint64_t sum = 0;
    for (long at = 0; at < size; at += RINGS * PAGE) {
      long left = (size - at) / PAGE;
      if (!encodes || at % (64L * RINGS * PAGE) == 0) decode((const struct page *)(all + at), left < RINGS ? left : RINGS);
      if (encodes) {
        double from = cpu();
        for (int k = 0; k < 64; k++) encode((struct page *)over);
        spent += cpu() - from;
        at += 63L * RINGS * PAGE;
      }
      sum += encodes ? ((uint32_t *)over)[20] : check();
    }
    printf("%.6f %llu\n", encodes ? spent : cpu() - start, (unsigned long long)sum);
    fflush(stdout);
  }
  return 0;
}

int main(int argc, char **argv)
{
  if (argc != 3) return 2;
  if (!strcmp(argv[1], "read")) return stream(argv[2], 0);
  if (!strcmp(argv[1], "ndjson")) return stream(argv[2], 1);
  return memory(argv[2], !strcmp(argv[1], "encode"));
}
