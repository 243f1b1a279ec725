#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "library.h"
#include "memory.h"
#include "oracle.h"
#include "program.h"

/* After the first number of callbacks a pass is broken off; from the second on they do nothing. After any of the others
 * libevent may never come to an end: inside of one of its calls, or with ever more bytes. */
enum {
	CALLBACKS_PER_PASS = 50,
	CALLBACKS_THAT_ACT = 100,
	MOST_CALLBACKS = 1000,
	MOST_POLLS = 1000,
	MOST_ACTIONS = 100000,
	MOST_BUFFERED = 64 << 20,
};

static unsigned callbacks, polls, actions; /* In this pass, or in this step if it has none. */

void print_of(const char *name)
{
	putchar('{');
	if (!name)
		return;
	printf("\"of\":");
	json_print(name, strlen(name));
	putchar(',');
}

void print_lengths(const struct subject *subject)
{
	printf(",\"in\":%zu,\"out\":%zu", EVBUFFER_LENGTH(EVBUFFER_INPUT(subject->bev)),
	       EVBUFFER_LENGTH(EVBUFFER_OUTPUT(subject->bev)));
}

void begin_pass(void)
{
	callbacks = polls = actions = 0;
}

void end_pass(void)
{
	if (callbacks >= CALLBACKS_PER_PASS)
		printf("{\"spin\":true}\n");
}

/* What libevent left with a wrong length is not printed: what follows from it depends on the memory. */
static _Noreturn void is_broken(void)
{
	printf("{\"broken\":true}\n");
	leave(0);
}

static bool is_too_much(size_t more, size_t *bytes)
{
	if (more > SIZE_MAX / 2) /* It took more than there was. */
		is_broken();
	return more > MOST_BUFFERED || (*bytes += more) > MOST_BUFFERED;
}

static bool is_too_much_buffered(void)
{
	size_t bytes = kernel_buffered();
	for (size_t i = 0; i < application.subject_count; i++)
		if (is_too_much(input_length(&application.subjects[i]), &bytes) ||
		    is_too_much(output_length(&application.subjects[i]), &bytes))
			return true;
	return bytes > MOST_BUFFERED;
}

static _Noreturn void give_up(void)
{
	printf("{\"endless\":true}\n");
	leave(0);
}

static void check_lengths(void)
{
	if (is_too_much_buffered())
		give_up();
}

static void check_each(bool (*is_right)(struct evbuffer *))
{
	for (size_t i = 0; i < application.subject_count; i++) {
		const struct subject *subject = &application.subjects[i];
		if (!subject->freed &&
		    (!is_right(EVBUFFER_INPUT(subject->bev)) || !is_right(EVBUFFER_OUTPUT(subject->bev))))
			is_broken();
	}
}

void check_buffers(void)
{
	check_each(library_is_whole);
}

/* What begins each user callback. A length that is wrong may be right again by the next state, once the bytes are together. */
static void on_call(void)
{
	check_lengths();
	check_each(library_counts_all);
}

void on_poll(void)
{
	if (++polls > MOST_POLLS)
		give_up();
}

void on_unwritten(void)
{
	is_broken();
}

void on_excess(void)
{
	give_up();
}

void on_action(void)
{
	if (++actions > MOST_ACTIONS)
		give_up();
	check_lengths();
}

/* The part common to all user callbacks, after what differs in the trace. */
static void invoke(struct call call, struct callback *callback)
{
	printf("}\n");
	if (++callbacks == CALLBACKS_PER_PASS)
		event_base_loopbreak(application.base);
	on_action();
	if (callbacks > MOST_CALLBACKS)
		give_up();
	callback->called++;
	call.counted = callback;
	const struct json *list = callback->calls ? callback->calls->first : NULL;
	for (uint64_t n = 1; list && n < callback->called && list->next; n++)
		list = list->next;
	if (callbacks < CALLBACKS_THAT_ACT)
		perform_all(&call, list);
}

void on_read(struct bufferevent *bev, void *argument)
{
	struct subject *subject = argument;
	(void)bev;
	on_call();
	print_of(subject->name);
	printf("\"cb\":\"read\"");
	print_lengths(subject);
	invoke((struct call){ .self = subject }, &subject->on_read);
}

void on_write(struct bufferevent *bev, void *argument)
{
	struct subject *subject = argument;
	(void)bev;
	on_call();
	print_of(subject->name);
	printf("\"cb\":\"write\"");
	print_lengths(subject);
	invoke((struct call){ .self = subject }, &subject->on_write);
}

void on_event(struct bufferevent *bev, short what, void *argument)
{
	struct subject *subject = argument;
	(void)bev;
	on_call();
	print_of(subject->name);
	printf("\"cb\":\"event\",\"what\":%d", (unsigned short)what);
	print_lengths(subject);
	invoke((struct call){ .self = subject, .what = what }, &subject->on_event);
}

void on_timer(int fd, short what, void *argument)
{
	struct timer *timer = argument;
	(void)fd, (void)what;
	on_call();
	printf("{\"cb\":\"timer\",\"timer\":");
	json_print(timer->name, strlen(timer->name));
	invoke((struct call){ 0 }, &timer->run);
}

/* The buffers live on for a while after the application has freed what they belong to. */
void on_change(struct subject *subject, bool is_input, size_t added, size_t deleted)
{
	if (subject->freed)
		return;
	on_call();
	print_of(subject->name);
	printf("\"cb\":\"%s\",\"added\":%zu,\"deleted\":%zu", is_input ? "input" : "output", added, deleted);
	print_lengths(subject);
	invoke((struct call){ .self = subject }, is_input ? &subject->on_input : &subject->on_output);
}
