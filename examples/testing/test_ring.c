#undef NDEBUG
#include <assert.h>
#include <sys/wait.h>
#include "blkif.h" /* blkring layout --format c --abi x86_64 */
#include "vector.h"

/* The driver under test: a write of one page at sector 8. */
static void my_ring(uint8_t *page, uint8_t last_sect)
{
	struct sring sring = { .req_prod = 1, .req_event = 1, .rsp_event = 1 };
	struct blkif_request req = { .operation = BLKIF_OP_WRITE, .nr_segments = 1, .handle = 51712, .sector_number = 8 };
	req.seg[0] = (struct blkif_request_segment){ .gref = 9, .last_sect = last_sect };
	memcpy(page, &sring, sizeof sring);
	memcpy(page + sizeof sring, &req, sizeof req);
}

static void write_ring(uint8_t last_sect)
{
	static uint8_t page[4096];
	FILE *f = fopen("ring.bin", "wb");
	my_ring(page, last_sect);
	assert(f && fwrite(page, sizeof page, 1, f) == 1 && fclose(f) == 0);
}

/* Exit codes: 0 clean, 1 findings or differences, 2 could not do it. */
static int run(const char *command)
{
	int status = system(command);
	assert(WIFEXITED(status) && WEXITSTATUS(status) < 2);
	return WEXITSTATUS(status);
}

/* And the decoder under test: the structs are those of x86_64, and of arm. */
static void read_vector(const struct vector *v)
{
	const union blkif_slot *slots = (const void *)(v->ring + sizeof(struct sring));
	for (int i = 0; i < v->nr_lines; i++) {
		const char *line = v->lines[i];
		const struct blkif_request *req = &slots[number(line, "slot")].request;
		if (strncmp(line, "blkif_request", 13)) continue;
		assert(req->operation == number(line, "operation"));
		assert(req->id == number(line, "id"));
		assert(req->sector_number == number(line, "sector_number"));
	}
}

int main(int argc, char **argv)
{
	static _Alignas(8) struct vector v;

	write_ring(7);
	assert(run("blkring diff --level io linux.yaml ring.bin") == 0);
	assert(run("blkring check ring.bin") == 0);
	assert(run("blkring decode --json ring.bin | grep -q '\"sector_number\": \"8\"'") == 0);
	write_ring(8); /* a page ends at sector 7 */
	assert(run("blkring check --json ring.bin >findings.json") == 1);
	assert(run("grep -q '\"rule\": \"segment-range\"' findings.json") == 0);

	assert(argc > 20);
	for (int i = 1; i < argc; i++) {
		assert(vector_read(&v, argv[i]) == 0);
		if (!strstr(v.lines[0], " abi=x86_32 ")) read_vector(&v);
	}
	puts("ok");
}
