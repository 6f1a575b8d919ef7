/*
 * A tiny block backend: takes the requests of a ring, carries them out on a disk in memory, answers.
 *
 *     backend RING DISK
 *
 * RING is a dump folder: ring.bin has the pages of the ring, indirect-GREF.bin and data-GREF.bin stand for the pages that the
 * frontend granted. DISK is a raw image. All of them are changed in place. Exit code: 0 served; 1 the ring was given up, since its
 * indices cannot be; 2 a file could not be read or written.
 *
 * Files in place of shared memory make it testable without Xen; what a real backend has to do besides is said where it matters.
 * It assumes a little-endian host and x86_64-abi (arm-abi is laid out alike).
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "blkif.h" /* blkring layout --format c --abi x86_64 */

#define PAGE 4096
#define SECTOR 512
#define SECTORS_IN_PAGE (PAGE / SECTOR)
#define MAX_RING_PAGES 16
#define DIRECT_SEGMENTS 11
#define INDIRECT_SEGMENTS 256 /* what feature-max-indirect-segments offered */
#define SEGMENTS_IN_PAGE (PAGE / sizeof(struct blkif_request_segment))

static _Noreturn void die(const char *what, const char *file)
{
	fprintf(stderr, "backend: %s: %s\n", file, what);
	exit(2);
}

/* Grants: files in place of GNTTABOP_map_grant_ref. */

struct page {
	struct page *next;
	uint32_t gref;
	char file[512];
	bool changed;
	_Alignas(8) uint8_t bytes[PAGE]; /* shared with the frontend, which may write here at any time */
};

static const char *folder;
static struct page *mapped;

/*
 * NULL for a reference that does not map. What is mapped stays so, as with feature-persistent; a backend without it unmaps all pages of a
 * request before it answers, since from then on they are the frontend's to use for something else.
 */
static struct page *map_grant(uint32_t gref)
{
	static const char *const kinds[] = { "data", "indirect" };
	for (struct page *page = mapped; page; page = page->next)
		if (page->gref == gref)
			return page;
	for (size_t i = 0; i < 2; i++) {
		struct page *page = calloc(1, sizeof *page);
		FILE *f;
		if (!page)
			die("no memory for a page", folder);
		snprintf(page->file, sizeof page->file, "%s/%s-%u.bin", folder, kinds[i], (unsigned)gref);
		f = fopen(page->file, "rb");
		if (f && fread(page->bytes, 1, PAGE, f) == PAGE) {
			fclose(f);
			page->gref = gref;
			page->next = mapped;
			return mapped = page;
		}
		if (f)
			fclose(f);
		free(page);
	}
	return NULL;
}

/*
 * Copies out of memory that the frontend can write. Only the copy may be looked at afterwards: who checks a count in shared memory
 * and then reads it again can be given another one the second time (XSA-155). The fence keeps the compiler from reading again what
 * it thinks it knows.
 */
static void copy_from_shared(void *to, const void *from, size_t n)
{
	memcpy(to, from, n);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/* The ring. */

struct back_ring {
	struct sring *sring;
	union blkif_slot *slots;
	uint32_t nr_ents; /* a power of two */
	/* Private. What stands in the shared page under rsp_prod is for the frontend to read, and never read back. */
	uint32_t req_cons;
	uint32_t rsp_prod_pvt;
	uint32_t rsp_prod; /* as published last */
};

static void attach(struct back_ring *ring, uint8_t *bytes, size_t size)
{
	ring->sring = (struct sring *)bytes;
	ring->slots = (union blkif_slot *)(bytes + sizeof(struct sring));
	for (ring->nr_ents = 1; sizeof(struct sring) + 2 * ring->nr_ents * sizeof(union blkif_slot) <= size;)
		ring->nr_ents *= 2;
	/* Of a ring in use whatever has no response is still to be taken. A new one begins at 0 as well. */
	ring->req_cons = ring->rsp_prod_pvt = ring->rsp_prod = ring->sring->rsp_prod;
}

/* How many requests are to be taken; -1 for a req_prod that cannot be. */
static int64_t unconsumed(const struct back_ring *ring)
{
	/* Acquire: what is read of the slots is read after it. */
	uint32_t req_prod = __atomic_load_n(&ring->sring->req_prod, __ATOMIC_ACQUIRE);
	/* Indices run freely and wrap at 2^32: only differences mean anything, and only unsigned ones. */
	if (req_prod - ring->rsp_prod_pvt > ring->nr_ents || req_prod - ring->req_cons > ring->nr_ents)
		return -1;
	return req_prod - ring->req_cons;
}

/* Before the backend sleeps: asks for an event at the next request, and looks once more. */
static int64_t final_check_for_requests(struct back_ring *ring)
{
	int64_t more = unconsumed(ring);
	if (more != 0)
		return more;
	__atomic_store_n(&ring->sring->req_event, ring->req_cons + 1, __ATOMIC_RELAXED);
	/*
	 * The frontend stores req_prod and then loads req_event; we do it the other way round. Each needs a full barrier between, or
	 * both see the old value: it sends no event, and we sleep with its request on the ring.
	 */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return unconsumed(ring);
}

static void make_response(struct back_ring *ring, uint64_t id, uint8_t operation, int16_t status)
{
	struct blkif_response *rsp = &ring->slots[ring->rsp_prod_pvt++ & (ring->nr_ents - 1)].response;
	/* Field by field: a copied struct has padding, and with it bytes of our stack (XSA-216). */
	rsp->id = id;
	rsp->operation = operation;
	rsp->status = status;
}

/* Returns whether the frontend asked for an event. */
static bool push_responses_and_check_notify(struct back_ring *ring)
{
	uint32_t old = ring->rsp_prod, new = ring->rsp_prod_pvt;
	/* Release: whoever sees the new producer sees the responses. */
	__atomic_store_n(&ring->sring->rsp_prod, new, __ATOMIC_RELEASE);
	ring->rsp_prod = new;
	/* And the store before the load of rsp_event, for the same reason as above. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return new - __atomic_load_n(&ring->sring->rsp_event, __ATOMIC_RELAXED) < new - old;
}

/* Requests. */

struct disk {
	uint8_t *bytes;
	uint64_t sectors;
};

static bool within(const struct disk *disk, uint64_t sector, uint64_t count)
{
	return sector <= disk->sectors && count <= disk->sectors - sector; /* no sum that could wrap */
}

/* Moves the segments of a request that was copied. All is looked at before any byte is moved. */
static int16_t transfer(struct disk *disk, bool to_disk, uint64_t sector, const struct blkif_request_segment *seg, unsigned n)
{
	struct page *pages[INDIRECT_SEGMENTS];
	uint64_t count = 0;

	for (unsigned i = 0; i < n; i++) {
		if (seg[i].first_sect > seg[i].last_sect || seg[i].last_sect >= SECTORS_IN_PAGE)
			return BLKIF_RSP_ERROR;
		count += seg[i].last_sect - seg[i].first_sect + 1u;
	}
	if (!within(disk, sector, count))
		return BLKIF_RSP_ERROR;
	for (unsigned i = 0; i < n; i++)
		if (!(pages[i] = map_grant(seg[i].gref)))
			return BLKIF_RSP_ERROR;
	for (unsigned i = 0; i < n; i++) {
		uint8_t *at_page = pages[i]->bytes + seg[i].first_sect * SECTOR;
		size_t bytes = (seg[i].last_sect - seg[i].first_sect + 1u) * SECTOR;
		uint8_t *at_disk = disk->bytes + sector * SECTOR;
		memcpy(to_disk ? at_disk : at_page, to_disk ? at_page : at_disk, bytes);
		pages[i]->changed |= !to_disk;
		sector += bytes / SECTOR;
	}
	return BLKIF_RSP_OKAY;
}

static int16_t do_direct(struct disk *disk, const struct blkif_request *req)
{
	bool may_be_empty = req->operation == BLKIF_OP_FLUSH_DISKCACHE || req->operation == BLKIF_OP_WRITE_BARRIER;
	if (req->nr_segments > DIRECT_SEGMENTS || (req->nr_segments == 0 && !may_be_empty))
		return BLKIF_RSP_ERROR;
	/* A disk in memory has nothing to flush. A real one flushes here, and for a barrier before the write as well. An empty flush has
	 * no place on the disk: Linux writes a sector_number of 2^64-1. */
	if (req->nr_segments == 0)
		return BLKIF_RSP_OKAY;
	return transfer(disk, req->operation != BLKIF_OP_READ, req->sector_number, req->seg, req->nr_segments);
}

static int16_t do_indirect(struct disk *disk, const struct blkif_request_indirect *req)
{
	struct blkif_request_segment seg[INDIRECT_SEGMENTS];
	unsigned n = req->nr_segments;

	if (req->indirect_op != BLKIF_OP_READ && req->indirect_op != BLKIF_OP_WRITE)
		return BLKIF_RSP_ERROR;
	if (n == 0 || n > INDIRECT_SEGMENTS)
		return BLKIF_RSP_ERROR;
	/* 512 fit into a page: only references that the count needs are looked at. */
	for (unsigned first = 0; first < n; first += SEGMENTS_IN_PAGE) {
		unsigned here = n - first < SEGMENTS_IN_PAGE ? n - first : SEGMENTS_IN_PAGE;
		struct page *page = map_grant(req->indirect_grefs[first / SEGMENTS_IN_PAGE]);
		if (!page)
			return BLKIF_RSP_ERROR;
		/* The page of segments is as shared as the ring: copied before it is checked. */
		copy_from_shared(seg + first, page->bytes, here * sizeof *seg);
	}
	return transfer(disk, req->indirect_op == BLKIF_OP_WRITE, req->sector_number, seg, n);
}

static int16_t do_discard(struct disk *disk, const struct blkif_request_discard *req)
{
	if (req->nr_sectors == 0 || !within(disk, req->sector_number, req->nr_sectors))
		return BLKIF_RSP_ERROR;
	memset(disk->bytes + req->sector_number * SECTOR, 0, req->nr_sectors * SECTOR);
	return BLKIF_RSP_OKAY;
}

static void do_request(struct back_ring *ring, struct disk *disk, const union blkif_slot *req)
{
	switch (req->request.operation) {
	case BLKIF_OP_READ:
	case BLKIF_OP_WRITE:
	case BLKIF_OP_WRITE_BARRIER:
	case BLKIF_OP_FLUSH_DISKCACHE:
		make_response(ring, req->request.id, req->request.operation, do_direct(disk, &req->request));
		break;
	case BLKIF_OP_INDIRECT:
		/* A response has the operation that was carried out: frontends check it. */
		make_response(ring, req->indirect.id, req->indirect.indirect_op, do_indirect(disk, &req->indirect));
		break;
	case BLKIF_OP_DISCARD:
		make_response(ring, req->discard.id, req->discard.operation, do_discard(disk, &req->discard));
		break;
	default:
		make_response(ring, req->request.id, req->request.operation, BLKIF_RSP_EOPNOTSUPP);
	}
}

/* Serves the ring until it is empty. Returns how many requests were answered; -1 for a ring that has to be given up. */
static int serve(struct back_ring *ring, struct disk *disk, bool *notify)
{
	int answered = 0;
	int64_t more;

	while ((more = final_check_for_requests(ring)) > 0) {
		for (; more > 0; more--) {
			union blkif_slot req;
			copy_from_shared(&req, &ring->slots[ring->req_cons & (ring->nr_ents - 1)], sizeof req);
			ring->req_cons++;
			do_request(ring, disk, &req);
			answered++;
		}
		/* Once for the batch; a backend whose requests end later pushes when they do, in whatever order that is. */
		*notify |= push_responses_and_check_notify(ring);
	}
	return more < 0 ? -1 : answered;
}

/* Files. */

static uint8_t *read_file(const char *file, size_t most, size_t *size)
{
	FILE *f = fopen(file, "rb");
	long length;
	uint8_t *bytes;

	if (!f || fseek(f, 0, SEEK_END) || (length = ftell(f)) <= 0)
		die("cannot be read, or is empty", file);
	if (most && (unsigned long)length > most)
		die("is too long", file);
	/* Of whole pages: a ring may be cast to structs. */
	*size = (size_t)length;
	bytes = aligned_alloc(PAGE, (*size + PAGE - 1) / PAGE * PAGE);
	rewind(f);
	if (!bytes || fread(bytes, 1, *size, f) != *size)
		die("cannot be read", file);
	fclose(f);
	return bytes;
}

static void write_file(const char *file, const uint8_t *bytes, size_t size)
{
	FILE *f = fopen(file, "wb");
	bool written = f && fwrite(bytes, 1, size, f) == size;
	if (!f || fclose(f) || !written)
		die("cannot be written", file);
}

int main(int argc, char **argv)
{
	char ring_file[512];
	size_t ring_size, disk_size;
	struct back_ring ring;
	struct disk disk;
	bool notify = false;
	uint8_t *bytes;
	int answered;

	if (argc != 3) {
		fprintf(stderr, "usage: backend RING DISK\n");
		return 2;
	}
	folder = argv[1];
	snprintf(ring_file, sizeof ring_file, "%s/ring.bin", folder);
	bytes = read_file(ring_file, MAX_RING_PAGES * PAGE, &ring_size);
	if (ring_size % PAGE)
		die("has no whole number of pages", ring_file);
	disk.bytes = read_file(argv[2], 0, &disk_size);
	disk.sectors = disk_size / SECTOR;

	attach(&ring, bytes, ring_size);
	answered = serve(&ring, &disk, &notify);
	if (answered < 0) {
		/* Whoever writes such an index is broken or hostile: nothing on the ring can be believed. */
		fprintf(stderr, "backend: %s: req_prod %u cannot be, with %u answered\n", ring_file,
			(unsigned)ring.sring->req_prod, (unsigned)ring.rsp_prod);
		return 1;
	}
	write_file(ring_file, bytes, ring_size);
	write_file(argv[2], disk.bytes, disk_size);
	for (struct page *page = mapped, *next; page; page = next) {
		if (page->changed)
			write_file(page->file, page->bytes, PAGE);
		next = page->next;
		free(page);
	}
	free(bytes);
	free(disk.bytes);
	printf("answered %d, event %s\n", answered, notify ? "sent" : "not asked for");
	return 0;
}
