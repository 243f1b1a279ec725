/* libevent 2.1.12 and 2.2.1-alpha. */
#include "library.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_struct.h>
#include <event2/event.h>
#include <event2/event_struct.h>

#include "memory.h"
#include "oracle.h"

/* Other versions, of the same dialect too, may differ in the traces. What 2.2.1-alpha calls itself depends on how it
 * was built; its number does not. */
void library_check(const char *dialect)
{
	static const struct { const char *dialect, *name; ev_uint32_t number; } versions[] = {
		{ "2.1", "2.1.12", 0x02010c }, { "2.2", "2.2.1-alpha", 0x020201 },
	};
	for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
		if (strcmp(dialect, versions[i].dialect))
			continue;
		if (event_get_version_number() >> 8 == versions[i].number) {
			memory_prepare();
			event_set_mem_functions(memory_take, memory_change, memory_give_back);
			return;
		}
		fprintf(stderr, "dialect %s wants libevent %s, this is %s\n", dialect, versions[i].name, event_get_version());
		leave(UNFIT);
	}
	fprintf(stderr, "no dialect \"%s\": this program knows 2.1 and 2.2\n", dialect);
	leave(UNFIT);
}

static void ignore(int severity, const char *message)
{
	(void)severity, (void)message;
}

/* Its own end would be exit(), which nobody could tell from ours. */
static void die(int error)
{
	(void)error;
	abort();
}

/* The environment may not choose another backend than epoll, nor its changelist. */
struct event_base *library_base(unsigned priorities)
{
	struct event_config *config = event_config_new();
	if (!config || event_config_set_flag(config, EVENT_BASE_FLAG_IGNORE_ENV))
		unfit("libevent gave no configuration");
	struct event_base *base = event_base_new_with_config(config);
	if (!base || strcmp(event_base_get_method(base), "epoll") != 0)
		unfit("libevent gave no base that uses epoll");
	if (priorities > 1 && event_base_priority_init(base, (int)priorities))
		malformed("priorities that libevent does not take", NULL);
	event_set_log_callback(ignore);
	event_set_fatal_callback(die);
	return base;
}

/* ---- The built-in filters ---- */

enum { MOST_IN_FRAME = 64, MOST_DIGITS = 9 };

/* How many bytes may go to where `limit` is, -1 meaning any number. */
static size_t room(ev_ssize_t limit)
{
	return limit < 0 ? SIZE_MAX : (size_t)limit;
}

/* Takes so many bytes, and then adds what they become, from a block of first(), which goes. */
static enum bufferevent_filter_result pass(struct evbuffer *from, size_t taken, struct evbuffer *to, char *block,
					   const char *bytes, size_t length)
{
	evbuffer_drain(from, taken);
	evbuffer_add(to, bytes, length);
	free(block);
	return BEV_OK;
}

/* The first bytes, copied. */
static char *first(struct evbuffer *buffer, size_t length)
{
	char *bytes = grow(NULL, length);
	evbuffer_copyout(buffer, bytes, length);
	return bytes;
}

static enum bufferevent_filter_result rot13(struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit,
					    enum bufferevent_flush_mode mode, void *context)
{
	(void)mode, (void)context;
	size_t length = least(evbuffer_get_length(from), room(limit));
	if (!length)
		return BEV_NEED_MORE;
	char *bytes = first(from, length);
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] >= 'a' && bytes[i] <= 'z')
			bytes[i] = (char)('a' + (bytes[i] - 'a' + 13) % 26);
		else if (bytes[i] >= 'A' && bytes[i] <= 'Z')
			bytes[i] = (char)('A' + (bytes[i] - 'A' + 13) % 26);
	}
	return pass(from, length, to, bytes, bytes, length);
}

static enum bufferevent_filter_result double_out(struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit,
						 enum bufferevent_flush_mode mode, void *context)
{
	(void)mode, (void)context;
	size_t length = least(evbuffer_get_length(from), room(limit) / 2);
	if (!length)
		return BEV_NEED_MORE;
	char *bytes = grow(first(from, length), length * 2);
	for (size_t i = length * 2; i-- > 0;)
		bytes[i] = bytes[i / 2];
	return pass(from, length, to, bytes, bytes, length * 2);
}

static enum bufferevent_filter_result double_in(struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit,
						enum bufferevent_flush_mode mode, void *context)
{
	(void)mode, (void)context;
	size_t length = least(evbuffer_get_length(from) / 2, room(limit));
	if (!length)
		return BEV_NEED_MORE;
	char *bytes = first(from, length * 2);
	for (size_t i = 0; i < length; i++)
		bytes[i] = bytes[i * 2];
	return pass(from, length * 2, to, bytes, bytes, length);
}

static enum bufferevent_filter_result frame_out(struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit,
						enum bufferevent_flush_mode mode, void *context)
{
	(void)limit, (void)mode, (void)context;
	char frame[MOST_IN_FRAME + 4];
	size_t length = least(evbuffer_get_length(from), MOST_IN_FRAME);
	if (!length)
		return BEV_NEED_MORE;
	int head = sprintf(frame, "%zu:", length);
	evbuffer_copyout(from, frame + head, length);
	return pass(from, length, to, NULL, frame, (size_t)head + length);
}

static enum bufferevent_filter_result frame_in(struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit,
					       enum bufferevent_flush_mode mode, void *context)
{
	(void)limit, (void)mode, (void)context;
	char head[MOST_DIGITS + 1];
	size_t available = evbuffer_get_length(from), there = least(available, sizeof head), digits = 0, length = 0;
	evbuffer_copyout(from, head, there);
	while (digits < there && head[digits] >= '0' && head[digits] <= '9')
		length = length * 10 + (size_t)(head[digits++] - '0');
	if (digits > MOST_DIGITS)
		return BEV_ERROR;
	if (digits == available)
		return BEV_NEED_MORE;
	if (!digits || head[digits] != ':')
		return BEV_ERROR;
	if (available - digits - 1 < length)
		return BEV_NEED_MORE;
	char *frame = first(from, digits + 1 + length);
	return pass(from, digits + 1 + length, to, frame, frame + digits + 1, length);
}

static enum bufferevent_filter_result hold(struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit,
					   enum bufferevent_flush_mode mode, void *context)
{
	(void)limit, (void)context;
	if (mode == BEV_NORMAL || !evbuffer_get_length(from))
		return BEV_NEED_MORE;
	return evbuffer_add_buffer(to, from) ? BEV_ERROR : BEV_OK;
}

/* NULL for libevent's own, which passes everything on. */
static bufferevent_filter_cb filter(const struct json *settings, const char *key, bool is_input)
{
	static const struct { const char *name; bufferevent_filter_cb in, out; } filters[] = {
		{ "rot13", rot13, rot13 },
		{ "double", double_in, double_out },
		{ "frame", frame_in, frame_out },
		{ "hold", hold, hold },
	};
	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
		if (json_names(json_get(settings, key), filters[i].name))
			return is_input ? filters[i].in : filters[i].out;
	return NULL;
}

/* ---- Bufferevents ---- */

static void on_input(struct evbuffer *buffer, const struct evbuffer_cb_info *change, void *subject)
{
	(void)buffer;
	on_change(subject, true, change->n_added, change->n_deleted);
}

static void on_output(struct evbuffer *buffer, const struct evbuffer_cb_info *change, void *subject)
{
	(void)buffer;
	on_change(subject, false, change->n_added, change->n_deleted);
}

static bool closes(const struct subject *subject)
{
	return application.is_format_1 || json_flag(subject->settings, "close_on_free");
}

static int options(const struct subject *subject)
{
	return (closes(subject) ? BEV_OPT_CLOSE_ON_FREE : 0) |
	       (json_flag(subject->settings, "deferred") ? BEV_OPT_DEFER_CALLBACKS : 0);
}

static void set_callbacks(struct subject *subject)
{
	bufferevent_setcb(subject->bev, subject->on_read.null ? NULL : on_read, subject->on_write.null ? NULL : on_write,
			  subject->on_event.null ? NULL : on_event, subject);
}

void library_watch(struct subject *subject)
{
	if (!subject->on_input.null)
		evbuffer_add_cb(bufferevent_get_input(subject->bev), on_input, subject);
	if (!subject->on_output.null)
		evbuffer_add_cb(bufferevent_get_output(subject->bev), on_output, subject);
}

void library_make(struct subject *subject)
{
	struct bufferevent *pair[2];
	switch (subject->kind) {
	case SOCKET:
		subject->bev = bufferevent_socket_new(application.base, subject->socket->fd, options(subject));
		break;
	case PAIR:
		if (bufferevent_pair_new(application.base, options(subject), pair))
			unfit("libevent gave no pair");
		subject->bev = pair[0];
		subject->other->bev = pair[1];
		set_callbacks(subject->other);
		break;
	case FILTER:
		subject->bev = bufferevent_filter_new(subject->other->bev, filter(subject->settings, "input_filter", true),
						      filter(subject->settings, "output_filter", false), options(subject),
						      NULL, NULL);
	}
	if (!subject->bev)
		unfit("libevent gave no bufferevent");
	set_callbacks(subject);
}

bool library_free(struct subject *subject)
{
	bufferevent_free(subject->bev);
	return closes(subject);
}

bool library_armed(const struct event *event)
{
	return event->ev_evcallback.evcb_flags & EVLIST_INSERTED;
}

short library_enabled(const struct bufferevent *bev)
{
	return bev->enabled;
}

struct event *library_timer(struct event_base *base, struct timer *timer, bool persists, int priority)
{
	struct event *event = event_new(base, -1, persists ? EV_PERSIST : 0, on_timer, timer);
	if (!event || (priority >= 0 && event_priority_set(event, priority)))
		unfit("libevent gave no timer");
	return event;
}

void library_set_timeouts(struct bufferevent *bev, uint32_t read_ms, uint32_t write_ms)
{
	struct timeval read = { read_ms / 1000, read_ms % 1000 * 1000 };
	struct timeval write = { write_ms / 1000, write_ms % 1000 * 1000 };
	bufferevent_set_timeouts(bev, read_ms ? &read : NULL, write_ms ? &write : NULL);
}

/* After a connect() that is refused at once, 2.2 waits for the result as if it were to come. */
int library_connect(struct subject *subject)
{
	const struct sockaddr_in nowhere = { .sin_family = AF_INET };
	int answer = bufferevent_socket_connect(subject->bev, (const struct sockaddr *)&nowhere, sizeof nowhere);
	if (!answer && subject->socket->connection == REFUSED)
		subject->socket->connecting |= event_get_version_number() >= 0x02020000;
	return answer;
}

int library_prepend(struct evbuffer *buffer, const char *bytes, size_t length)
{
	return evbuffer_prepend(buffer, bytes, length);
}

int library_flush(struct bufferevent *bev, short directions, const char *mode)
{
	return bufferevent_flush(bev, directions,
				 !strcmp(mode, "normal")  ? BEV_NORMAL
				 : !strcmp(mode, "flush") ? BEV_FLUSH
							  : BEV_FINISHED);
}

void library_set_max_single(struct bufferevent *bev, int64_t read, int64_t write)
{
	if (read >= 0)
		bufferevent_set_max_single_read(bev, (size_t)read);
	if (write >= 0)
		bufferevent_set_max_single_write(bev, (size_t)write);
}

void library_trigger(struct bufferevent *bev, short directions, bool ignore_watermarks, bool defer)
{
	bufferevent_trigger(bev, directions,
			    (ignore_watermarks ? BEV_TRIG_IGNORE_WATERMARKS : 0) | (defer ? BEV_TRIG_DEFER_CALLBACKS : 0));
}

void library_trigger_event(struct bufferevent *bev, short what, bool defer)
{
	bufferevent_trigger_event(bev, what, defer ? BEV_TRIG_DEFER_CALLBACKS : 0);
}

/* All that lies in it, which need not be what it counts. The caller frees it. */
static struct evbuffer_iovec *pieces_of(struct evbuffer *buffer, int *count)
{
	const ev_ssize_t all = (ev_ssize_t)(SIZE_MAX / 2);
	*count = evbuffer_peek(buffer, all, NULL, NULL, 0);
	struct evbuffer_iovec *pieces = grow(NULL, (size_t)*count * sizeof *pieces);
	evbuffer_peek(buffer, all, NULL, pieces, *count);
	return pieces;
}

/* SIZE_MAX where more was taken from one than was in it. */
static size_t sum_of(const struct evbuffer_iovec *pieces, int count)
{
	size_t length = 0;
	for (int i = 0; i < count; i++) {
		if (pieces[i].iov_len > SIZE_MAX / 2)
			return SIZE_MAX;
		length += pieces[i].iov_len;
	}
	return length;
}

bool library_counts_all(struct evbuffer *buffer)
{
	int count;
	struct evbuffer_iovec *pieces = pieces_of(buffer, &count);
	bool is_counted = sum_of(pieces, count) <= evbuffer_get_length(buffer);
	free(pieces);
	return is_counted;
}

bool library_is_whole(struct evbuffer *buffer)
{
	int count;
	struct evbuffer_iovec *pieces = pieces_of(buffer, &count);
	bool is_whole = sum_of(pieces, count) == evbuffer_get_length(buffer);
	for (int i = 0; i < count; i++)
		is_whole = is_whole && !memory_is_unwritten(pieces[i].iov_base, pieces[i].iov_len);
	free(pieces);
	return is_whole;
}

void library_peek(struct evbuffer *buffer, size_t most)
{
	free(first(buffer, least(most, evbuffer_get_length(buffer))));
}

/* SIZE_MAX is all. */
void library_pullup(struct evbuffer *buffer, size_t most)
{
	evbuffer_pullup(buffer, most == SIZE_MAX ? -1 : (ev_ssize_t)most);
}

static enum evbuffer_eol_style style(const char *name)
{
	static const char *const names[] = { "any", "crlf", "crlf_strict", "lf", "nul" };
	static const enum evbuffer_eol_style styles[] = { EVBUFFER_EOL_ANY, EVBUFFER_EOL_CRLF, EVBUFFER_EOL_CRLF_STRICT,
							  EVBUFFER_EOL_LF, EVBUFFER_EOL_NUL };
	for (int i = 0; i < 5; i++)
		if (!strcmp(name, names[i]))
			return styles[i];
	malformed("not an end of line", name);
}

bool library_has_line(struct evbuffer *buffer, const char *name)
{
	return evbuffer_search_eol(buffer, NULL, NULL, style(name)).pos >= 0;
}

char *library_read_line(struct evbuffer *buffer, const char *name, size_t *length)
{
	return evbuffer_readln(buffer, length, style(name));
}
