#define _GNU_SOURCE
#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library.h"
#include "oracle.h"

struct application application;

struct subject *subject_named(const char *name)
{
	for (size_t i = 0; i < application.subject_count; i++)
		if (application.subjects[i].name && !strcmp(application.subjects[i].name, name))
			return &application.subjects[i];
	malformed("no bufferevent of that name", name);
}

struct timer *timer_named(const char *name)
{
	for (size_t i = 0; i < application.timer_count; i++)
		if (!strcmp(application.timers[i].name, name))
			return &application.timers[i];
	malformed("no timer of that name", name);
}

struct subject *subject_of(const struct json *action, struct subject *self)
{
	const struct json *of = json_get(action, "of");
	if (of)
		return subject_named(of->text);
	return self ? self : application.subject_count == 1 ? &application.subjects[0] : NULL;
}

static void refused(const struct subject *subject, const char *action)
{
	print_of(subject->name);
	printf("\"refused\":\"%s\"}\n", action);
}

/* Takes up to `most` bytes of input to the end of `bytes`, a block of `length` that it moves. Returns the new
 * length. */
static size_t take_input(struct bufferevent *bev, char **bytes, size_t length, size_t most)
{
	most = least(most, EVBUFFER_LENGTH(EVBUFFER_INPUT(bev)));
	*bytes = grow(*bytes, length + most + 1);
	return length + bufferevent_read(bev, *bytes + length, most);
}

static size_t amount(const struct json *amount)
{
	return amount->kind == JSON_NUMBER ? amount->number : SIZE_MAX;
}

/* Up to `most` bytes of input, which go nowhere. */
static void read_upto(struct bufferevent *bev, size_t most)
{
	char *bytes = NULL;
	take_input(bev, &bytes, 0, most);
	free(bytes);
}

/* Reading may call what frees it. */
static void echo(struct subject *of, const char *prefix, size_t length)
{
	char *bytes = memcpy(grow(NULL, length + 1), prefix, length);
	length = take_input(of->bev, &bytes, length, SIZE_MAX);
	if (!of->freed)
		bufferevent_write(of->bev, bytes, length);
	free(bytes);
}

static void write_buffer(struct bufferevent *bev, const char *text, size_t length)
{
	struct evbuffer *buffer = evbuffer_new();
	evbuffer_add(buffer, text, length);
	bufferevent_write_buffer(bev, buffer);
	evbuffer_free(buffer);
}

static void write_line(const struct call *call, struct bufferevent *bev, const char *prefix, size_t length)
{
	char *bytes = grow(NULL, length + call->line_length + 1);
	memcpy(bytes, prefix, length);
	if (call->line)
		memcpy(bytes + length, call->line, call->line_length);
	bytes[length + call->line_length] = '\n';
	bufferevent_write(bev, bytes, length + call->line_length + 1);
	free(bytes);
}

/* The line outlives the loop: it stays the one read last. */
static void readline(struct call *call, struct subject *of, const struct json *style, const struct json *action)
{
	bool repeats = json_flag(style, "repeat") || json_flag(action, "repeat");
	const struct json *then = json_get(action, "then");
	char *line;
	size_t length;
	while (!of->freed && (line = library_read_line(EVBUFFER_INPUT(of->bev), line_style(style), &length))) {
		call->line = line;
		call->line_length = length;
		perform_all(call, then);
		if (!repeats)
			return;
	}
}

short directions(const struct json *names)
{
	return (json_names(names, "read") ? EV_READ : 0) | (json_names(names, "write") ? EV_WRITE : 0);
}

static void set_marks(struct bufferevent *bev, short direction, const struct json *marks)
{
	bufferevent_setwatermark(bev, direction, json_number(marks, "low", 0), json_number(marks, "high", 0));
}

static void set_watermark(struct bufferevent *bev, const struct json *marks)
{
	if (json_get(marks, "read"))
		set_marks(bev, EV_READ, json_get(marks, "read"));
	if (json_get(marks, "write"))
		set_marks(bev, EV_WRITE, json_get(marks, "write"));
}

void apply_watermarks(struct subject *subject)
{
	static const struct { const char *key; short direction; } keys[] = { { "read", EV_READ }, { "write", EV_WRITE } };
	for (int i = 0; i < 2; i++) {
		const struct json *marks = json_get(subject->settings, keys[i].key);
		if (json_number(marks, "low", 0) || json_number(marks, "high", 0))
			set_marks(subject->bev, keys[i].direction, marks);
	}
}

void apply_timeouts(struct subject *subject)
{
	uint64_t read_ms = json_number(json_get(subject->settings, "read"), "timeout_ms", 0);
	uint64_t write_ms = json_number(json_get(subject->settings, "write"), "timeout_ms", 0);
	if (read_ms || write_ms)
		library_set_timeouts(subject->bev, (uint32_t)read_ms, (uint32_t)write_ms);
}

/* Is 0 for what is not set. */
static void set_callbacks(struct subject *of, const struct json *names)
{
	bufferevent_setcb(of->bev, json_names(names, "read") ? on_read : NULL, json_names(names, "write") ? on_write : NULL,
			  json_names(names, "event") ? on_event : NULL, of);
}

int connect_subject(struct subject *subject, const struct json *result)
{
	if (!subject->socket)
		return -1;
	kernel_next_connect(subject->socket, json_names(result, "accepted")  ? ACCEPTED
					     : json_names(result, "refused") ? REFUSED
									     : PENDING);
	int answer = library_connect(subject);
	kernel_next_connect(NULL, CONNECTED);
	return answer;
}

/* libevent frees it in its own time. From now on it is not the application's. */
static void give_up(struct subject *of)
{
	of->freed = true;
	if (of->kind == FILTER && json_flag(of->settings, "close_on_free"))
		give_up(of->other);
}

static void free_subject(struct subject *of)
{
	bool takes_along = library_free(of);
	of->freed = true;
	if (takes_along && of->kind == FILTER)
		give_up(of->other);
}

void start_timer(struct timer *timer, const struct json *action)
{
	uint64_t ms = json_number(action, "after_ms", json_number(timer->settings, "after_ms", UINT64_MAX));
	const struct timeval after = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };
	event_add(timer->event, ms == UINT64_MAX ? NULL : &after);
}

/* What is about no bufferevent. Returns whether it is such an action. */
static bool perform_own(struct call *call, const char *verb, const struct json *argument, const struct json *action)
{
	if (!strcmp(verb, "loop_break"))
		event_base_loopbreak(application.base);
	else if (!strcmp(verb, "loop_exit"))
		event_base_loopexit(application.base, NULL);
	else if (!strcmp(verb, "sleep_ms"))
		kernel_advance_ms(argument->number);
	else if (!strcmp(verb, "activate"))
		event_active(timer_named(argument->text)->event, EV_TIMEOUT, 1);
	else if (!strcmp(verb, "add_timer"))
		start_timer(timer_named(argument->text), action);
	else if (!strcmp(verb, "del_timer"))
		event_del(timer_named(argument->text)->event);
	else if (!strcmp(verb, "if"))
		perform_all(call, json_get(action, holds(call, argument) ? "then" : "else"));
	else
		return false;
	return true;
}

/* An action with a text. */
static bool perform_text(struct call *call, struct subject *of, const char *verb, const struct json *argument)
{
	static const char *const verbs[] = { "write", "echo", "write_buffer", "write_line", "prepend" };
	size_t length, which = 0;
	while (which < 5 && strcmp(verb, verbs[which]))
		which++;
	if (which == 5)
		return false;
	const char *text = json_bytes(argument, &length);
	switch (which) {
	case 0: bufferevent_write(of->bev, text, length); break;
	case 1: echo(of, text, length); break;
	case 2: write_buffer(of->bev, text, length); break;
	case 3: write_line(call, of->bev, text, length); break;
	case 4:
		if (library_prepend(EVBUFFER_INPUT(of->bev), text, length))
			refused(of, verb);
	}
	return true;
}

/* An action about a bufferevent, which is there. Returns whether it is one. */
static bool perform_on(struct call *call, struct subject *of, const char *verb, const struct json *argument,
		       const struct json *action)
{
	struct bufferevent *bev = of->bev;
	int answer = 0;
	if (!strcmp(verb, "read")) {
		read_upto(bev, amount(argument));
	} else if (!strcmp(verb, "enable")) {
		answer = bufferevent_enable(bev, directions(argument));
	} else if (!strcmp(verb, "disable")) {
		answer = bufferevent_disable(bev, directions(argument));
	} else if (!strcmp(verb, "set_watermark")) {
		set_watermark(bev, argument);
	} else if (!strcmp(verb, "set_timeouts")) {
		library_set_timeouts(bev, (uint32_t)json_number(argument, "read_ms", 0),
				     (uint32_t)json_number(argument, "write_ms", 0));
	} else if (!strcmp(verb, "free")) {
		free_subject(of);
	} else if (!strcmp(verb, "move_to")) {
		struct subject *to = subject_named(argument->text);
		if (!to->freed)
			answer = bufferevent_write_buffer(to->bev, EVBUFFER_INPUT(bev));
	} else if (!strcmp(verb, "readline")) {
		readline(call, of, argument, action);
	} else if (!strcmp(verb, "peek")) {
		library_peek(EVBUFFER_INPUT(bev), amount(argument));
	} else if (!strcmp(verb, "pullup")) {
		library_pullup(EVBUFFER_INPUT(bev), amount(argument));
	} else if (!strcmp(verb, "drain")) {
		evbuffer_drain(EVBUFFER_INPUT(bev), amount(argument));
	} else if (!strcmp(verb, "trigger")) {
		library_trigger(bev, directions(argument), json_flag(action, "ignore_watermarks"), json_flag(action, "defer"));
	} else if (!strcmp(verb, "trigger_event")) {
		library_trigger_event(bev, flags_of(argument), json_flag(action, "defer"));
	} else if (!strcmp(verb, "flush")) {
		const struct json *named = json_get(action, "directions");
		answer = library_flush(bev, named ? directions(named) : EV_READ | EV_WRITE, argument->text);
	} else if (!strcmp(verb, "set_callbacks")) {
		set_callbacks(of, argument);
	} else if (!strcmp(verb, "max_single_read")) {
		library_set_max_single(bev, (int64_t)argument->number, -1);
	} else if (!strcmp(verb, "max_single_write")) {
		library_set_max_single(bev, -1, (int64_t)argument->number);
	} else if (!strcmp(verb, "connect")) {
		answer = connect_subject(of, argument);
	} else if (!perform_text(call, of, verb, argument)) {
		return false;
	}
	if (answer < 0 && !application.is_format_1)
		refused(of, verb);
	return true;
}

/* Performs what this key says to do. Returns whether it says anything. */
static bool perform_verb(struct call *call, const struct json *argument, const struct json *action)
{
	static const char *const options[] = { "of", "then", "else", "repeat", "ignore_watermarks", "defer", "directions",
					       "after_ms", NULL };
	for (const char *const *option = options; *option; option++)
		if (!strcmp(argument->key, *option))
			return false;
	if (perform_own(call, argument->key, argument, action))
		return true;
	struct subject *of = subject_of(action, call->self);
	if (!of)
		return false;
	if (of->freed) /* The action is ignored. What is none is found out while there is a bufferevent. */
		return strncmp(argument->key, "peer_", 5) && strcmp(argument->key, "inject");
	return perform_on(call, of, argument->key, argument, action);
}

static bool perform(struct call *call, const struct json *action)
{
	on_action();
	for (const struct json *member = action->first; member; member = member->next)
		if (member->kind != JSON_NULL && perform_verb(call, member, action))
			return true;
	return false;
}

void perform_all(struct call *call, const struct json *actions)
{
	for (const struct json *action = actions ? actions->first : NULL; action; action = action->next)
		if (!perform(call, action))
			malformed("not an action", action->first ? action->first->key : NULL);
}

bool perform_step(const struct json *action)
{
	return perform(&(struct call){ 0 }, action);
}
