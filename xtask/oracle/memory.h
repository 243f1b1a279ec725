/*
 * libevent's memory, where it lets the application choose it. What is fresh and what is given back is filled with a byte
 * that no random scenario has, and what is given back is not used again: so bytes that libevent takes from where nobody wrote
 * any are seen, and what it follows there ends the scenario instead of leading somewhere by chance.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* To be called before any of the others. */
void memory_prepare(void);

void *memory_take(size_t bytes);
void *memory_change(void *block, size_t bytes);
void memory_give_back(void *block);

/* What is called once libevent holds more than a scenario can be worth. */
_Noreturn void on_excess(void);

/* Whether one of these bytes was written by nobody. */
bool memory_is_unwritten(const void *bytes, size_t length);

#endif
