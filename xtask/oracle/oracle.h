/* What every part of the oracle needs. */
#ifndef ORACLE_H
#define ORACLE_H

#include <stddef.h>

/* Exit statuses. */
enum { MALFORMED = 2, UNFIT = 3 };

/* Ends the process: the input is wrong, with what stands there if that helps. */
_Noreturn void malformed(const char *what, const char *where);

/* Ends the process: libevent or the system cannot serve as an oracle. */
_Noreturn void unfit(const char *why);

/* Ends the process, and leaves alone what it shares with others: where its standard input is read. */
_Noreturn void leave(int status);

/* realloc() that always succeeds. */
void *grow(void *block, size_t bytes);

static inline size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

#endif
