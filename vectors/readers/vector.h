/* Reads the vectors of blkring (docs/testing.md). */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct vector {
	uint8_t ring[16 * 4096]; /* all ring pages */
	size_t ring_size;
	struct { uint32_t gref; uint8_t bytes[4096]; } pages[64]; /* pages that requests name */
	int nr_pages;
	char lines[4096][200]; /* all others, as they stand: less than 200 characters each */
	int nr_lines;
};

/* The number of a key; a status of -1 is the uint64_t of the same bits. 0 without one. */
static uint64_t number(const char *line, const char *key)
{
	const char *at = line;
	size_t n = strlen(key);
	while ((at = strchr(at, ' ')) && (strncmp(++at, key, n) || at[n] != '=')) ;
	return at ? strtoull(at + n + 1, NULL, 10) : 0;
}

/* Returns 0, or -1 for a file that is not there or no vector of version 1. */
static int vector_read(struct vector *v, const char *path)
{
	char line[1000];
	FILE *f = fopen(path, "r");
	memset(v, 0, sizeof *v);
	while (f && fgets(line, sizeof line, f)) {
		uint8_t *into = v->ring;
		const char *hex = strstr(line, " hex=");
		if (!strncmp(line, "vector version=1 ", 17)) v->ring_size = 4096 * number(line, "ring_pages");
		if (line[0] != '#' && !hex && v->nr_lines < 4096)
			memcpy(v->lines[v->nr_lines++], line, 199);
		if (line[0] == '#' || !hex) continue;
		if (!strncmp(line, "page ", 5)) {
			if (!v->nr_pages || v->pages[v->nr_pages - 1].gref != number(line, "gref"))
				v->pages[v->nr_pages++].gref = number(line, "gref");
			into = v->pages[v->nr_pages - 1].bytes;
		}
		into += number(line, "at");
		for (hex += 5; sscanf(hex, "%2hhx", into) == 1; hex += 2) into++;
	}
	if (f) fclose(f);
	return v->ring_size ? 0 : -1;
}
