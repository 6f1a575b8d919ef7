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

static double cpu(void)
{
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* memory FILE ROUNDS: seconds of each round over the whole file in memory, and a checksum. */
int main(int argc, char **argv)
{
  FILE *f = fopen(argv[2], "rb");
  fseek(f, 0, SEEK_END);
  long size = ftell(f);
  rewind(f);
  char *all = malloc(size);
  if (fread(all, 1, size, f) != (size_t)size) return 1;
  for (int k = 0; k < atoi(argv[3]); k++) {
    double start = cpu();
    uint64_t sum = 0;
    for (long at = 0; at < size; at += RINGS * PAGE) {
      long left = (size - at) / PAGE;
      decode((const struct page *)(all + at), left < RINGS ? left : RINGS);
      sum += b.id[row - 1] + b.sector[row / 2] + b.gref[row] + row;
    }
    printf("%.4f %llu\n", cpu() - start, (unsigned long long)sum);
  }
  return 0;
}
