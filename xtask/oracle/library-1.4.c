/* libevent 1.4.15. */
#include "library.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle.h"

/* The loop of 1.4.15 writes to a bufferevent's event once more after the callback that freed it. So that this harms
 * nothing, nothing is freed. */
void free(void *block)
{
	(void)block;
}

void library_check(const char *dialect)
{
	if (strcmp(dialect, "1.4")) {
		fprintf(stderr, "no dialect \"%s\": this program knows 1.4\n", dialect);
		leave(UNFIT);
	}
	if (strcmp(event_get_version(), "1.4.15")) {
		fprintf(stderr, "dialect 1.4 wants libevent 1.4.15, this is %s\n", event_get_version());
		leave(UNFIT);
	}
}

static void ignore(int severity, const char *message)
{
	(void)severity, (void)message;
}

struct event_base *library_base(unsigned priorities)
{
	unsetenv("EVENT_NOEPOLL");
	struct event_base *base = event_base_new();
	if (!base || strcmp(event_base_get_method(base), "epoll") != 0)
		unfit("libevent gave no base that uses epoll");
	if (priorities > 1 && event_base_priority_init(base, (int)priorities))
		malformed("priorities that libevent does not take", NULL);
	event_set_log_callback(ignore);
	return base;
}

void library_make(struct subject *subject)
{
	if (subject->kind != SOCKET)
		malformed("1.4 has sockets only", subject->name);
	subject->bev = bufferevent_new(subject->socket->fd, subject->on_read.null ? NULL : on_read,
				       subject->on_write.null ? NULL : on_write,
				       subject->on_event.null ? NULL : on_event, subject);
	if (!subject->bev || bufferevent_base_set(application.base, subject->bev))
		unfit("libevent gave no bufferevent");
}

void library_watch(struct subject *subject)
{
	if (!subject->on_input.null || !subject->on_output.null)
		malformed("1.4 has no second callback on a buffer", subject->name);
}

bool library_free(struct subject *subject)
{
	bufferevent_free(subject->bev);
	return false;
}

bool library_armed(const struct event *event)
{
	return event->ev_flags & EVLIST_INSERTED;
}

short library_enabled(const struct bufferevent *bev)
{
	return bev->enabled;
}

struct event *library_timer(struct event_base *base, struct timer *timer, bool persists, int priority)
{
	struct event *event = grow(NULL, sizeof *event);
	event_set(event, -1, persists ? EV_PERSIST : 0, on_timer, timer);
	event_base_set(base, event);
	if (priority >= 0 && event_priority_set(event, priority))
		unfit("libevent gave no timer");
	return event;
}

void library_set_timeouts(struct bufferevent *bev, uint32_t read_ms, uint32_t write_ms)
{
	if (read_ms % 1000 || write_ms % 1000)
		malformed("1.4 has whole seconds", NULL);
	bufferevent_settimeout(bev, (int)(read_ms / 1000), (int)(write_ms / 1000));
}

/* No part of a buffer moves from one to another. */
bool library_counts_all(struct evbuffer *buffer)
{
	(void)buffer;
	return true;
}

bool library_is_whole(struct evbuffer *buffer)
{
	(void)buffer;
	return true;
}

void library_peek(struct evbuffer *buffer, size_t most)
{
	(void)buffer, (void)most;
}

/* It is in one piece. */
void library_pullup(struct evbuffer *buffer, size_t most)
{
	(void)buffer, (void)most;
}

static enum evbuffer_eol_style style(const char *name)
{
	static const char *const names[] = { "any", "crlf", "crlf_strict", "lf" };
	static const enum evbuffer_eol_style styles[] = { EVBUFFER_EOL_ANY, EVBUFFER_EOL_CRLF, EVBUFFER_EOL_CRLF_STRICT,
							  EVBUFFER_EOL_LF };
	for (int i = 0; i < 4; i++)
		if (!strcmp(name, names[i]))
			return styles[i];
	malformed("not an end of line of 1.4", name);
}

/* By reading a copy. */
bool library_has_line(struct evbuffer *buffer, const char *name)
{
	struct evbuffer *copy = evbuffer_new();
	evbuffer_add(copy, EVBUFFER_DATA(buffer), EVBUFFER_LENGTH(buffer));
	return evbuffer_readln(copy, NULL, style(name));
}

char *library_read_line(struct evbuffer *buffer, const char *name, size_t *length)
{
	return evbuffer_readln(buffer, length, style(name));
}

/* ---- What 1.4 has not ---- */

static _Noreturn void missing(const char *function)
{
	malformed("1.4 has no", function);
}

int library_connect(struct subject *subject)
{
	(void)subject;
	missing("bufferevent_socket_connect");
}

int library_prepend(struct evbuffer *buffer, const char *bytes, size_t length)
{
	(void)buffer, (void)bytes, (void)length;
	missing("evbuffer_prepend");
}

int library_flush(struct bufferevent *bev, short directions, const char *mode)
{
	(void)bev, (void)directions, (void)mode;
	missing("bufferevent_flush");
}

void library_set_max_single(struct bufferevent *bev, int64_t read, int64_t write)
{
	(void)bev, (void)read, (void)write;
	missing("bufferevent_set_max_single_read");
}

void library_trigger(struct bufferevent *bev, short directions, bool ignore_watermarks, bool defer)
{
	(void)bev, (void)directions, (void)ignore_watermarks, (void)defer;
	missing("bufferevent_trigger");
}

void library_trigger_event(struct bufferevent *bev, short what, bool defer)
{
	(void)bev, (void)what, (void)defer;
	missing("bufferevent_trigger_event");
}
