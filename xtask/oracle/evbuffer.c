/*
 * The evbuffer oracle: runs programs of evbuffer operations through libevent 2.1.12 and prints what each gave.
 *
 *     cc -O2 -Wall -Wextra -o evbuffer evbuffer.c -levent_core
 *     ./evbuffer < programs.txt > results.txt
 *
 * Only public functions are called, so what is printed is what a user can see: results, bytes, lengths and what the
 * callbacks are told, and where that is asked for, how the bytes lie in the memory that libevent asked for.
 *
 * INPUT: lines of words with one space between two. Everything but the first word is a whole number up to 4294967295.
 *
 *     program D0 D1 D2 C  three empty evbuffers with a callback each, which is deferred where D is 1; C is 1 to print chains
 *     OPERATION           any number of them, see `operations` below; B and A are buffers, 0 to 2, and B is not A
 *     end
 *
 * N and SEED stand for the N bytes that `make_bytes` makes. P and Q stand for a position in B: P, then Q further, each
 * modulo one more than the bytes there are; two zeros are the start, given as NULL. E is an end of a search: 0 for none,
 * otherwise the position E - 1 as P. STYLE is 0 to 4: any, CRLF, strict CRLF, LF, NUL. END is 0 for the end, 1 for the start.
 *
 * OUTPUT: a line for each operation, then `end`:
 *
 *     RESULT | NOTICES of 0 | NOTICES of 1 | NOTICES of 2 | LENGTH LENGTH LENGTH | BYTES of B | BYTES of A
 *
 * and where C is 1, after the bytes of B and those of A, the chains that are not empty: [SIZE/MISALIGN/LENGTH ...], of which
 * the first two follow from the block that a chain's bytes lie in.
 *
 * A notice is OLD+ADDED-DELETED, as the info struct has it. Bytes are their number and a hash.
 *
 * Exit status: 0; 2 for malformed input; 3 where libevent cannot serve as an oracle.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/buffer_compat.h>
#include <event2/event.h>

enum { CHAIN_HEADER = 48, BUFFERS = 3, MALFORMED = 2, UNFIT = 3, MOST_NUMBERS = 6, NOTICES = 4096 };

static struct event_base *base;
static struct evbuffer *buffers[BUFFERS];
static struct evbuffer_cb_entry *callbacks[BUFFERS];
static int file; /* What is read from and written to. */
static bool prints_chains;
static char notices[BUFFERS][NOTICES]; /* What the callbacks were told since the last line was printed. */

static _Noreturn void fail(int status, const char *why, const char *word)
{
	fprintf(stderr, "%s: \"%s\"\n", why, word);
	exit(status);
}

/* A block that libevent has asked for; its bytes follow. */
struct block {
	struct block *before, *behind;
	size_t bytes;
	size_t unused; /* So that the bytes are aligned as those of malloc are. */
};

static struct block blocks = { &blocks, &blocks, 0, 0 };

static void *block_new(size_t bytes)
{
	struct block *block = malloc(sizeof *block + bytes);
	if (!block)
		return NULL;
	*block = (struct block){ &blocks, blocks.behind, bytes, 0 };
	block->behind->before = blocks.behind = block;
	return block + 1;
}

static void block_free(void *bytes)
{
	struct block *block = (struct block *)bytes - 1;
	if (!bytes)
		return;
	block->before->behind = block->behind;
	block->behind->before = block->before;
	free(block);
}

static void *block_resize(void *bytes, size_t size)
{
	void *resized = block_new(size);
	if (resized && bytes) {
		size_t old = ((struct block *)bytes - 1)->bytes;
		memcpy(resized, bytes, old < size ? old : size);
		block_free(bytes);
	}
	return resized;
}

static void *allocate(size_t bytes)
{
	void *block = malloc(bytes + 1);
	if (!block)
		fail(UNFIT, "out of memory", "");
	return block;
}

/* Bytes of which many end lines, so that searches find something. */
static char *make_bytes(size_t length, uint32_t seed)
{
	static const char letters[] = "ab\r\n\0\r\nc";
	char *bytes = allocate(length);
	for (size_t i = 0; i < length; i++) {
		seed = seed * 1664525u + 1013904223u;
		bytes[i] = letters[seed >> 29];
	}
	bytes[length] = '\0';
	return bytes;
}

static uint64_t hash(uint64_t start, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;
	for (size_t i = 0; i < length; i++)
		start = (start ^ at[i]) * 0x100000001b3u;
	return start;
}

#define NO_BYTES 0xcbf29ce484222325u

static void print_bytes(const void *bytes, size_t length)
{
	printf("%zu#%016llx", length, (unsigned long long)hash(NO_BYTES, bytes, length));
}

/* What a call that copies to `bytes` returned, and what it copied. */
static void print_copied(const char *bytes, ev_ssize_t copied)
{
	if (copied < 0)
		printf("-1");
	else
		print_bytes(bytes, (size_t)copied);
}

/* The first `most` bytes from `start` as peeking shows them, one after the other in a block of the caller's. */
static size_t peek(struct evbuffer *buffer, struct evbuffer_ptr *start, size_t most, char *into)
{
	int count = evbuffer_peek(buffer, (ev_ssize_t)most, start, NULL, 0);
	struct evbuffer_iovec *pieces = allocate(sizeof *pieces * (size_t)(count > 0 ? count : 1));
	size_t length = 0;
	if (evbuffer_peek(buffer, (ev_ssize_t)most, start, pieces, count) != count)
		fail(UNFIT, "peeking twice shows two things", "");
	for (int i = 0; i < count && length < most; i++) {
		size_t piece = pieces[i].iov_len < most - length ? pieces[i].iov_len : most - length;
		memcpy(into + length, pieces[i].iov_base, piece);
		length += piece;
	}
	free(pieces);
	return length;
}

static void print_contents(struct evbuffer *buffer)
{
	size_t length = evbuffer_get_length(buffer);
	char *bytes = allocate(length);
	print_bytes(bytes, peek(buffer, NULL, length, bytes));
	free(bytes);
}

static void on_change(struct evbuffer *buffer, const struct evbuffer_cb_info *info, void *argument)
{
	char *list = argument;
	size_t used = strlen(list);
	(void)buffer;
	if (used > NOTICES - 100)
		fail(UNFIT, "too many notices", list);
	snprintf(list + used, NOTICES - used, " %zu+%zu-%zu", info->orig_size, info->n_added, info->n_deleted);
}

/* The position P, then Q further; NULL for two zeros. */
static struct evbuffer_ptr *position(struct evbuffer *buffer, const uint32_t *p, struct evbuffer_ptr *at)
{
	size_t length = evbuffer_get_length(buffer), first = p[0] % (length + 1);
	if (!p[0] && !p[1])
		return NULL;
	if (evbuffer_ptr_set(buffer, at, first, EVBUFFER_PTR_SET))
		fail(UNFIT, "no position inside of the buffer", "set");
	if (evbuffer_ptr_set(buffer, at, p[1] % (length - first + 1), EVBUFFER_PTR_ADD))
		fail(UNFIT, "no position inside of the buffer", "add");
	return at;
}

/* E: where a search ends. */
static struct evbuffer_ptr *end_of_search(struct evbuffer *buffer, uint32_t end, struct evbuffer_ptr *at)
{
	size_t length = evbuffer_get_length(buffer);
	if (!end)
		return NULL;
	if (evbuffer_ptr_set(buffer, at, (end - 1) % (length + 1), EVBUFFER_PTR_SET))
		fail(UNFIT, "no position inside of the buffer", "end");
	return at;
}

static void search(struct evbuffer *buffer, const uint32_t *numbers, const char *needle, size_t length)
{
	struct evbuffer_ptr start, end;
	struct evbuffer_ptr *from = position(buffer, numbers, &start);
	struct evbuffer_ptr *to = end_of_search(buffer, numbers[2], &end);
	printf("%zd", to ? evbuffer_search_range(buffer, needle, length, from, to).pos
			 : evbuffer_search(buffer, needle, length, from).pos);
}

/* ---- The operations: `b` is B, `a` is A where there is one, `n` the numbers after them ---- */

static void add(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	char *bytes = make_bytes(n[0], n[1]);
	(void)a;
	printf("%d", evbuffer_add(b, bytes, n[0]));
	free(bytes);
}

static void prepend(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	char *bytes = make_bytes(n[0], n[1]);
	(void)a;
	printf("%d", evbuffer_prepend(b, bytes, n[0]));
	free(bytes);
}

/* Text ends at a zero byte, so those become zeros of another kind. */
static void add_printf(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	char *bytes = make_bytes(n[0], n[1]);
	(void)a;
	for (size_t i = 0; i < n[0]; i++)
		if (!bytes[i])
			bytes[i] = '0';
	printf("%d", evbuffer_add_printf(b, "%s", bytes) < 0 ? -1 : 0);
	free(bytes);
}

static void add_iovec(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	char *bytes = make_bytes(n[0], n[1]);
	size_t half = n[0] / 2;
	struct evbuffer_iovec pieces[] = { { bytes, half }, { NULL, 0 }, { bytes + half, n[0] - half } };
	(void)a;
	printf("%zu", evbuffer_add_iovec(b, pieces, 3));
	free(bytes);
}

static void done_with(const void *bytes, size_t length, void *argument)
{
	(void)length, (void)argument;
	free((void *)bytes);
}

static void add_reference(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	char *bytes = make_bytes(n[0], n[1]);
	int result = evbuffer_add_reference(b, bytes, n[0], done_with, NULL);
	(void)a;
	if (result)
		free(bytes);
	printf("%d", result);
}

/* Of the room for n[0] bytes, the first n[1] are used. */
static void reserve(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	struct evbuffer_iovec pieces[2];
	int count = evbuffer_reserve_space(b, n[0], pieces, 2), used = 0;
	size_t rest = n[1] < n[0] ? n[1] : n[0];
	char *bytes = make_bytes(rest, n[2]), *at = bytes;
	(void)a;
	for (; used < count && rest; used++) {
		if (pieces[used].iov_len > rest)
			pieces[used].iov_len = rest;
		memcpy(pieces[used].iov_base, at, pieces[used].iov_len);
		at += pieces[used].iov_len;
		rest -= pieces[used].iov_len;
	}
	printf("%d", count < 0 ? -1 : evbuffer_commit_space(b, pieces, used));
	free(bytes);
}

static void expand(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	(void)a;
	printf("%d", evbuffer_expand(b, n[0]));
}

static void add_buffer(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	(void)n;
	printf("%d", evbuffer_add_buffer(b, a));
}

static void prepend_buffer(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	(void)n;
	printf("%d", evbuffer_prepend_buffer(b, a));
}

static void remove_buffer(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	printf("%d", evbuffer_remove_buffer(b, a, n[0]));
}

static void drain(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	(void)a;
	printf("%d", evbuffer_drain(b, n[0]));
}

static void take(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	char *bytes = allocate(n[0]);
	(void)a;
	print_copied(bytes, evbuffer_remove(b, bytes, n[0]));
	free(bytes);
}

static void copyout(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	struct evbuffer_ptr start;
	struct evbuffer_ptr *from = position(b, n, &start);
	char *bytes = allocate(n[2]);
	(void)a;
	print_copied(bytes, from ? evbuffer_copyout_from(b, from, bytes, n[2]) : evbuffer_copyout(b, bytes, n[2]));
	free(bytes);
}

static void print_pulled_up(struct evbuffer *b, ev_ssize_t size)
{
	unsigned char *bytes = evbuffer_pullup(b, size);
	size_t length = size < 0 ? evbuffer_get_length(b) : (size_t)size;
	if (!bytes)
		printf("none");
	else if (evbuffer_get_contiguous_space(b) < length)
		printf("in pieces");
	else
		print_bytes(bytes, length);
}

static void pullup(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	(void)a;
	print_pulled_up(b, n[0]);
}

static void pullup_all(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	(void)a, (void)n;
	print_pulled_up(b, -1);
}

static void peek_range(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	struct evbuffer_ptr start;
	char *bytes = allocate(n[2]);
	(void)a;
	print_bytes(bytes, peek(b, position(b, n, &start), n[2], bytes));
	free(bytes);
}

static void search_made(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	char *needle = make_bytes(n[3], n[4]);
	(void)a;
	search(b, n, needle, n[3]);
	free(needle);
}

/* Looks for up to n[4] bytes that are at the position n[3]. */
static void search_own(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	struct evbuffer_ptr start;
	char *needle = allocate(n[4]);
	const uint32_t at[] = { n[3], 0 };
	(void)a;
	search(b, n, needle, peek(b, position(b, at, &start), n[4], needle));
	free(needle);
}

/* libevent pulls up what it finds, so the place in the first piece is the position. */
static void find(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	char *needle = make_bytes(n[0], n[1]);
	unsigned char *found = evbuffer_find(b, (unsigned char *)needle, n[0]);
	(void)a;
	printf("%zd", found ? found - evbuffer_pullup(b, 1) : (ptrdiff_t)-1);
	free(needle);
}

static enum evbuffer_eol_style style(uint32_t number)
{
	static const enum evbuffer_eol_style styles[] = { EVBUFFER_EOL_ANY, EVBUFFER_EOL_CRLF, EVBUFFER_EOL_CRLF_STRICT,
							  EVBUFFER_EOL_LF, EVBUFFER_EOL_NUL };
	return styles[number % 5];
}

static void search_eol(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	struct evbuffer_ptr start;
	size_t length = 0;
	ev_ssize_t found = evbuffer_search_eol(b, position(b, n, &start), &length, style(n[2])).pos;
	(void)a;
	if (found < 0)
		printf("none");
	else
		printf("%zd/%zu", found, length);
}

static void readln(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	size_t length;
	char *line = evbuffer_readln(b, &length, style(n[0]));
	(void)a;
	if (line)
		print_bytes(line, length);
	else
		printf("none");
	block_free(line);
}

static void freeze(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	(void)a;
	printf("%d", evbuffer_freeze(b, (int)n[0]));
}

static void unfreeze(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	(void)a;
	printf("%d", evbuffer_unfreeze(b, (int)n[0]));
}

/* From a file of n[1] bytes, at most n[0] of them. */
static void read_file(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	char *bytes = make_bytes(n[1], n[2]);
	(void)a;
	if (ftruncate(file, 0) || pwrite(file, bytes, n[1], 0) != (ssize_t)n[1] || lseek(file, 0, SEEK_SET))
		fail(UNFIT, "cannot write to a file", "");
	printf("%d", evbuffer_read(b, file, (int)n[0]));
	free(bytes);
}

/* To a file, at most n[0] bytes. */
static void write_file(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	char *bytes = allocate(n[0]);
	(void)a;
	if (ftruncate(file, 0) || lseek(file, 0, SEEK_SET))
		fail(UNFIT, "cannot write to a file", "");
	int written = evbuffer_write_atmost(b, file, n[0]);
	if (written > 0 && pread(file, bytes, n[0], 0) != written)
		fail(UNFIT, "cannot read from a file", "");
	print_copied(bytes, written);
	free(bytes);
}

/* Whether its callback is called. */
static void callback(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	struct evbuffer_cb_entry *entry = callbacks[b == buffers[0] ? 0 : b == buffers[1] ? 1 : 2];
	(void)a;
	printf("%d", n[0] ? evbuffer_cb_set_flags(b, entry, EVBUFFER_CB_ENABLED)
			  : evbuffer_cb_clear_flags(b, entry, EVBUFFER_CB_ENABLED));
}

/* Deferred callbacks run in the loop. */
static void loop(struct evbuffer *b, struct evbuffer *a, const uint32_t *n)
{
	(void)b, (void)a, (void)n;
	event_base_loop(base, EVLOOP_NONBLOCK);
	printf("0");
}

/* How many buffers each names, and how many numbers follow them. */
static const struct {
	const char *name;
	int buffers, numbers;
	void (*run)(struct evbuffer *b, struct evbuffer *a, const uint32_t *n);
} operations[] = {
	{ "add", 1, 2, add },			/* N SEED */
	{ "prepend", 1, 2, prepend },		/* N SEED */
	{ "add_printf", 1, 2, add_printf },	/* N SEED */
	{ "add_iovec", 1, 2, add_iovec },	/* N SEED */
	{ "add_reference", 1, 2, add_reference },	/* N SEED */
	{ "reserve", 1, 3, reserve },		/* room, used of it, SEED */
	{ "expand", 1, 1, expand },		/* bytes */
	{ "add_buffer", 2, 0, add_buffer },	/* A to the end of B */
	{ "prepend_buffer", 2, 0, prepend_buffer },	/* A before B */
	{ "remove_buffer", 2, 1, remove_buffer },	/* bytes, from B to the end of A */
	{ "drain", 1, 1, drain },		/* bytes */
	{ "remove", 1, 1, take },		/* bytes */
	{ "copyout", 1, 3, copyout },		/* P Q bytes */
	{ "pullup", 1, 1, pullup },		/* bytes */
	{ "pullup_all", 1, 0, pullup_all },
	{ "peek", 1, 3, peek_range },		/* P Q bytes */
	{ "search", 1, 5, search_made },	/* P Q E N SEED */
	{ "search_own", 1, 5, search_own },	/* P Q E, P of the needle, its bytes */
	{ "find", 1, 2, find },			/* N SEED */
	{ "search_eol", 1, 3, search_eol },	/* P Q STYLE */
	{ "readln", 1, 1, readln },		/* STYLE */
	{ "freeze", 1, 1, freeze },		/* END */
	{ "unfreeze", 1, 1, unfreeze },		/* END */
	{ "read", 1, 3, read_file },		/* bytes, those there are, SEED */
	{ "write", 1, 1, write_file },		/* bytes */
	{ "callback", 1, 1, callback },		/* 1 to enable it, 0 to disable it */
	{ "loop", 0, 0, loop },
};

/* ---- Programs ---- */

static void begin(const uint32_t *deferred)
{
	prints_chains = deferred[BUFFERS];
	for (int i = 0; i < BUFFERS; i++) {
		buffers[i] = evbuffer_new();
		callbacks[i] = buffers[i] ? evbuffer_add_cb(buffers[i], on_change, notices[i]) : NULL;
		if (!callbacks[i])
			fail(UNFIT, "libevent gave no evbuffer", "");
		if (deferred[i])
			evbuffer_defer_callbacks(buffers[i], base);
	}
}

static void end(void)
{
	/* A callback that is still due holds on to its buffer. */
	event_base_loop(base, EVLOOP_NONBLOCK);
	for (int i = 0; i < BUFFERS; i++) {
		evbuffer_free(buffers[i]);
		buffers[i] = NULL;
		notices[i][0] = '\0';
	}
	printf("end\n");
	fflush(stdout);
}

static void print_chains(struct evbuffer *buffer)
{
	int count = evbuffer_peek(buffer, -1, NULL, NULL, 0);
	struct evbuffer_iovec *pieces = allocate((size_t)count * sizeof *pieces);
	evbuffer_peek(buffer, -1, NULL, pieces, count);
	printf(" [");
	for (int i = 0, printed = 0; i < count; i++) {
		struct block *block = blocks.behind;
		const char *at = pieces[i].iov_base;
		if (!pieces[i].iov_len)
			continue;
		while (block != &blocks && (at < (char *)(block + 1) || at > (char *)(block + 1) + block->bytes))
			block = block->behind;
		if (block == &blocks)
			fail(UNFIT, "a chain lies in no block", "");
		printf("%s%zu/%zu/%zu", printed++ ? " " : "", block->bytes - CHAIN_HEADER,
		       (size_t)(at - (char *)(block + 1)) - CHAIN_HEADER, pieces[i].iov_len);
	}
	printf("]");
	free(pieces);
}

static void print_state(const uint32_t *named, int count)
{
	for (int i = 0; i < BUFFERS; i++) {
		printf(" |%s", notices[i]);
		notices[i][0] = '\0';
	}
	printf(" |");
	for (int i = 0; i < BUFFERS; i++)
		printf(" %zu", evbuffer_get_length(buffers[i]));
	for (int i = 0; i < count; i++) {
		printf(" | ");
		print_contents(buffers[named[i]]);
		if (prints_chains)
			print_chains(buffers[named[i]]);
	}
	printf("\n");
}

static void operate(const char *name, const uint32_t *numbers, int count)
{
	for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
		int named = operations[i].buffers;
		if (strcmp(name, operations[i].name))
			continue;
		if (count != named + operations[i].numbers)
			fail(MALFORMED, "wrong number of words", name);
		for (int at = 0; at < named; at++)
			if (numbers[at] >= BUFFERS || (at == 1 && numbers[0] == numbers[1]))
				fail(MALFORMED, "no such buffers", name);
		operations[i].run(named > 0 ? buffers[numbers[0]] : NULL, named > 1 ? buffers[numbers[1]] : NULL,
				  numbers + named);
		print_state(numbers, named);
		return;
	}
	fail(MALFORMED, "no such operation", name);
}

int main(void)
{
	char line[256];
	if (event_get_version_number() >> 8 != 0x02010c)
		fail(UNFIT, "not libevent 2.1.12", event_get_version());
	event_set_mem_functions(block_new, block_resize, block_free);
	FILE *temporary = tmpfile();
	base = event_base_new();
	if (!base || !temporary)
		fail(UNFIT, "no base or no file", "");
	file = fileno(temporary);
	while (fgets(line, sizeof line, stdin)) {
		uint32_t numbers[MOST_NUMBERS];
		int count = 0;
		char *name = strtok(line, " \n"), *word;
		if (!name)
			continue;
		while ((word = strtok(NULL, " \n"))) {
			char *rest;
			unsigned long long number = strtoull(word, &rest, 10);
			if (*rest || number > UINT32_MAX || count == MOST_NUMBERS)
				fail(MALFORMED, "not one of up to six numbers", word);
			numbers[count++] = (uint32_t)number;
		}
		bool starts = !strcmp(name, "program");
		if (starts == !!buffers[0])
			fail(MALFORMED, starts ? "the program before has no end" : "outside of a program", name);
		if (starts && count == BUFFERS + 1)
			begin(numbers);
		else if (!strcmp(name, "end"))
			end();
		else
			operate(name, numbers, count);
	}
	fclose(temporary);
	event_base_free(base);
	libevent_global_shutdown();
	return 0;
}
