#include "memory.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "oracle.h"

/* In no text of UTF-8. */
enum { UNWRITTEN = 0xc1 };

/* Of what was given back, so much is kept from being used again. */
enum { MOST_KEPT = 64 << 20 };

/* libevent has taken too much once it holds more than this. */
enum { MOST_TAKEN = 1 << 30 };

static size_t kept, taken;

/* The system would take back what is large, and be slow to give it again. */
void memory_prepare(void)
{
	mallopt(M_MMAP_THRESHOLD, 1 << 30);
	mallopt(M_TRIM_THRESHOLD, -1);
}

void *memory_take(size_t bytes)
{
	void *block = grow(NULL, bytes);
	if ((taken += malloc_usable_size(block)) > MOST_TAKEN)
		on_excess();
	return memset(block, UNWRITTEN, bytes);
}

void *memory_change(void *block, size_t bytes)
{
	void *other = memory_take(bytes);
	if (block) {
		size_t length = malloc_usable_size(block);
		memcpy(other, block, length < bytes ? length : bytes);
		memory_give_back(block);
	}
	return other;
}

void memory_give_back(void *block)
{
	if (!block)
		return;
	size_t length = malloc_usable_size(block);
	memset(block, UNWRITTEN, length);
	taken -= length;
	if ((kept += length) > MOST_KEPT)
		free(block);
}

bool memory_is_unwritten(const void *bytes, size_t length)
{
	return length && memchr(bytes, UNWRITTEN, length);
}
