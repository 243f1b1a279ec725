/*
 * The oracle: runs scenarios through the real libevent, 2.1.12 or 2.2.1-alpha, and prints the conformance trace of
 * each.
 *
 *     cc -O2 -Wall -Wextra -o oracle libevent.c -levent_core
 *     ./oracle 2.1 < scenarios.txt > traces.jsonl
 *
 * The argument is the dialect that the library must be; without it, 2.1. libevent is the installed shared library, or
 * a static one, unchanged. Only the calls that it makes of the system are replaced, by functions of the same names in
 * this program, which the linker finds first: a socket and its peer that live in memory, an epoll that knows how ready
 * that socket is, and a clock that the script moves. So a trace depends on its scenario alone.
 *
 * INPUT: any number of scenarios, one after the other, as lines of ASCII words.
 *
 * Exactly one space between two words, none at either end, \n after the last. Empty lines and lines that
 * start with # are skipped. Words in capitals stand for:
 *
 *     N       a whole number, 0 to 4294967295, decimal digits only; so are RX, TX, TIMES, and those named
 *             R... and W... for reading and writing: LOW and HIGH marks (0 for none), timeouts in MS (0 for none)
 *     TEXT    x, then the bytes in hexadecimal, two digits each: "hi" is x6869, the empty text is x
 *     DIRS    directions: r, w, rw, or - for none
 *     ERRNO   EINTR, EAGAIN, ECONNRESET, EPIPE or ETIMEDOUT
 *
 * A scenario starts with the first of these lines and ends with the last. The script's lines count in their
 * order, and so do those of one callback; the order is free otherwise, and of several `kernel` or
 * `bufferevent` lines the last one counts.
 *
 *     scenario TEXT                               its name, for the output
 *     kernel RX TX                                capacities, from 1; without this line: 65536 65536
 *     bufferevent DIRS RLOW RHIGH RMS WLOW WHIGH WMS
 *                                                 set-up, with the directions to enable; without this
 *                                                 line: r 0 0 0 0 0 0
 *     on_read, on_write, on_event                 an invocation of this callback, see below
 *     STEP                                        a step of the script
 *     end                                         runs the scenario
 *
 * The k-th `on_read` line is what the k-th invocation of that callback does, and the last one is repeated for
 * ever. It has the invocation's actions after that word, with the word ; between two of them. There may be
 * none: `on_read`. A callback without a line does nothing. With a line `on_read null`, it is not set in the
 * bufferevent at all.
 *
 *     ACTION                                      STEP: an ACTION, or one of
 *         read N                                      peer_send TEXT
 *         read_all                                    peer_recv N
 *         write TEXT                                  peer_shutdown
 *         echo TEXT                                   peer_reset
 *         enable DIRS                                 inject_read ERRNO TIMES
 *         disable DIRS                                inject_write ERRNO TIMES
 *         set_watermark DIRS RLOW RHIGH WLOW WHIGH    advance_ms N
 *         set_timeouts RMS WMS                        turn N
 *         free
 *
 * DIRS of set_watermark are the directions to set; the numbers of any other are ignored. For example:
 *
 *     scenario x686967682d6d61726b
 *     kernel 65536 65536
 *     bufferevent r 0 10 0 0 0 0
 *     on_read echo x3e20 ; set_watermark r 0 5 0 0
 *     on_read
 *     on_event free
 *     peer_send x68656c6c6f
 *     turn 3
 *     end
 *
 * OUTPUT: for each scenario the line {"scenario":"NAME"}, then its trace.
 *
 * The last line of a trace is the state line {"step":S,...} with S the number of steps. Output is flushed at
 * every `end`: a driver may send one scenario and read its trace; one that sends many at once must read
 * meanwhile. Bytes of text beyond ASCII are printed as \u00XX each.
 *
 * Exit status: 0; 2 for malformed input, with "line L: what is wrong" on stderr (scenarios that ended before
 * that line have been printed, the one that it is in has not begun); 3 where libevent or the system cannot
 * serve as an oracle.
 */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE /* Its inline wrappers would clash with the replacements below. */

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_struct.h>
#include <event2/event.h>
#include <event2/event_struct.h>

enum { CALLBACKS_PER_PASS = 50, CLOCK_START_MS = 1000000, MALFORMED = 2, UNFIT = 3 };

static _Noreturn void unfit(const char *why)
{
	fprintf(stderr, "%s\n", why);
	exit(UNFIT);
}

static void *grow(void *block, size_t bytes)
{
	block = realloc(block, bytes);
	if (!block)
		unfit("out of memory");
	return block;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* ---- The simulated kernel: one socket, its peer, the clock ---- */

struct faults {
	struct { int error; uint32_t times; } *list; /* In the order injected; spent ones stay, with `times` 0. */
	size_t count;
};

static struct {
	/* evbuffers serve as plain queues here. What `from_peer` holds beyond `rx_capacity` is the peer's
	 * backlog: it enters rx as soon as a read frees room, so the border between the two needs no moves. */
	struct evbuffer *from_peer, *tx;
	size_t rx_capacity, tx_capacity;
	bool shut_down, reset, reset_reported;
	struct faults of_read, of_write;
	bool watched;                /* The socket is in libevent's epoll, */
	struct epoll_event interest; /* with this. */
	uint64_t now_ms;
} kernel;

/* A real descriptor, so that no other of libevent's (epoll, its signal pipe) has the same number. It is a
 * socket without a connection: a call that libevent makes and nobody replaced would fail, and the trace would
 * show it. */
static int socket_fd = -1;

static void kernel_start(void)
{
	memset(&kernel, 0, sizeof kernel);
	kernel.from_peer = evbuffer_new();
	kernel.tx = evbuffer_new();
	kernel.rx_capacity = kernel.tx_capacity = 65536;
	kernel.now_ms = CLOCK_START_MS;
	if (!kernel.from_peer || !kernel.tx)
		unfit("out of memory");
}

static void kernel_stop(void)
{
	evbuffer_free(kernel.from_peer);
	evbuffer_free(kernel.tx);
	free(kernel.of_read.list);
	free(kernel.of_write.list);
}

static size_t rx_length(void)
{
	return least(evbuffer_get_length(kernel.from_peer), kernel.rx_capacity);
}

static size_t tx_room(void)
{
	return kernel.tx_capacity - evbuffer_get_length(kernel.tx);
}

static ssize_t fail(int error)
{
	errno = error;
	return -1;
}

/* The error that this call is to fail with, or 0; uses it up. */
static int injected(struct faults *faults)
{
	for (size_t i = 0; i < faults->count; i++)
		if (faults->list[i].times)
			return faults->list[i].times--, faults->list[i].error;
	return 0;
}

static ssize_t socket_read(const struct iovec *vectors, int count)
{
	int error = injected(&kernel.of_read);
	if (error)
		return fail(error);
	if (kernel.reset && !kernel.reset_reported) {
		kernel.reset_reported = true;
		return fail(ECONNRESET);
	}
	size_t available = rx_length(), taken = 0;
	if (!available)
		return kernel.reset || kernel.shut_down ? 0 : fail(EAGAIN);
	for (int i = 0; i < count && taken < available; i++)
		taken += (size_t)evbuffer_remove(kernel.from_peer, vectors[i].iov_base,
						 least(vectors[i].iov_len, available - taken));
	return (ssize_t)taken;
}

static ssize_t socket_write(const struct iovec *vectors, int count)
{
	int error = injected(&kernel.of_write);
	if (error)
		return fail(error);
	if (kernel.reset)
		return fail(EPIPE);
	size_t room = tx_room(), taken = 0;
	if (!room)
		return fail(EAGAIN);
	for (int i = 0; i < count && taken < room; i++) {
		size_t part = least(vectors[i].iov_len, room - taken);
		if (evbuffer_add(kernel.tx, vectors[i].iov_base, part))
			unfit("out of memory");
		taken += part;
	}
	return (ssize_t)taken;
}

/* ---- The system calls of libevent, replaced ----
 *
 * They pass every descriptor but the socket's on to the system. All that libevent 2.1.12 and 2.2.1-alpha
 * call for a plain bufferevent on Linux is here; both read with readv even into one piece. */

ssize_t readv(int fd, const struct iovec *vectors, int count)
{
	return fd == socket_fd ? socket_read(vectors, count) : syscall(SYS_readv, fd, vectors, count);
}

ssize_t writev(int fd, const struct iovec *vectors, int count)
{
	return fd == socket_fd ? socket_write(vectors, count) : syscall(SYS_writev, fd, vectors, count);
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list rest;
	va_start(rest, request);
	void *argument = va_arg(rest, void *);
	va_end(rest);
	if (fd != socket_fd || request != FIONREAD)
		return (int)syscall(SYS_ioctl, fd, request, argument);
	*(int *)argument = (int)rx_length();
	return 0;
}

/* The number stays taken, for the next scenario. That the peer notices nothing is the scenario format's rule.
 * */
int close(int fd)
{
	if (fd != socket_fd)
		return (int)syscall(SYS_close, fd);
	kernel.watched = false;
	return 0;
}

int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event)
{
	if (fd != socket_fd)
		return (int)syscall(SYS_epoll_ctl, epoll, operation, fd, event);
	bool adds = operation == EPOLL_CTL_ADD;
	if (adds == kernel.watched)
		return (int)fail(adds ? EEXIST : ENOENT);
	kernel.watched = operation != EPOLL_CTL_DEL;
	if (kernel.watched)
		kernel.interest = *event;
	return 0;
}

/* Nothing else can be ready: libevent watches its signal pipe only once a signal is waited for. And there is
 * no time to wait, because every pass is NONBLOCK. */
int epoll_wait(int epoll, struct epoll_event *events, int most, int timeout_ms)
{
	(void)epoll, (void)most, (void)timeout_ms;
	uint32_t ready = 0;
	if (rx_length() || kernel.shut_down || kernel.reset)
		ready |= EPOLLIN;
	if (tx_room() || kernel.reset)
		ready |= EPOLLOUT;
	ready &= kernel.interest.events;
	if (!kernel.watched || !ready)
		return 0;
	events[0] = kernel.interest;
	events[0].events = ready;
	return 1;
}

/* What 2.2 waits with where the C library has it, since it has a finer timeout than epoll_wait(). */
int epoll_pwait2(int epoll, struct epoll_event *events, int most, const struct timespec *timeout, const sigset_t *mask)
{
	(void)timeout, (void)mask;
	return epoll_wait(epoll, events, most, 0);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	(void)clock;
	*now = (struct timespec){ (time_t)(kernel.now_ms / 1000), (long)(kernel.now_ms % 1000) * 1000000 };
	return 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	(void)zone;
	*now = (struct timeval){ (time_t)(kernel.now_ms / 1000), (suseconds_t)(kernel.now_ms % 1000) * 1000 };
	return 0;
}

/* ---- The scenario, and its run ---- */

enum verb {
	READ, READ_ALL, WRITE, ECHO, ENABLE, DISABLE, SET_WATERMARK, SET_TIMEOUTS, FREE, LAST_ACTION = FREE,
	PEER_SEND, PEER_RECV, PEER_SHUTDOWN, PEER_RESET, INJECT_READ, INJECT_WRITE, ADVANCE_MS, TURN,
};

/* An action, or a step that is none. */
struct action {
	enum verb verb;
	char *text;
	size_t length;
	short directions;
	int error;
	uint32_t numbers[6];
};

struct list {
	struct action *actions;
	size_t count;
};

struct callback {
	struct list *calls;
	size_t count, invoked;
	bool null;
};

static struct {
	struct action name, set_up; /* The arguments of their lines. */
	struct callback on_read, on_write, on_event;
	struct list script;
	struct event_base *base;
	struct bufferevent *bev; /* NULL once freed. */
	unsigned callbacks;      /* Of the user, run in this pass. */
} scenario;

static void print_text(const char *text, size_t length)
{
	static const char *const escapes[256] = { ['"'] = "\\\"", ['\\'] = "\\\\", ['\n'] = "\\n", ['\r'] = "\\r",
						  ['\t'] = "\\t", ['\b'] = "\\b", ['\f'] = "\\f" };
	putchar('"');
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)text[i];
		if (escapes[byte])
			printf("%s", escapes[byte]);
		else
			printf(byte < 32 || byte > 127 ? "\\u%04x" : "%c", byte);
	}
	putchar('"');
}

static void print_directions(const char *key, bool read, bool write)
{
	printf(",\"%s\":[%s%s%s]", key, read ? "\"read\"" : "", read && write ? "," : "", write ? "\"write\"" : "");
}

/* ,"in":I,"out":O */
static void print_lengths(void)
{
	printf(",\"in\":%zu,\"out\":%zu", evbuffer_get_length(bufferevent_get_input(scenario.bev)),
	       evbuffer_get_length(bufferevent_get_output(scenario.bev)));
}

/* Whether the event is in the base for I/O. Not event_pending(), which says yes to one that is merely active,
 * too. */
static bool armed(const struct event *event)
{
	return event->ev_evcallback.evcb_flags & EVLIST_INSERTED;
}

static void print_state(size_t step)
{
	struct bufferevent *bev = scenario.bev;
	printf("{\"step\":%zu", step);
	if (bev)
		print_lengths();
	else
		printf(",\"freed\":true");
	printf(",\"rx\":%zu,\"tx\":%zu", rx_length(), evbuffer_get_length(kernel.tx));
	if (bev) {
		short enabled = bufferevent_get_enabled(bev);
		print_directions("enabled", enabled & EV_READ, enabled & EV_WRITE);
		print_directions("armed", armed(&bev->ev_read), armed(&bev->ev_write));
	}
	printf("}\n");
}

/* Takes up to `most` bytes of input to the end of `bytes`, a block of `length` that it moves. Returns the new
 * length. */
static size_t take_input(char **bytes, size_t length, size_t most)
{
	most = least(most, evbuffer_get_length(bufferevent_get_input(scenario.bev)));
	*bytes = grow(*bytes, length + most + 1);
	return length + bufferevent_read(scenario.bev, *bytes + length, most);
}

/* Up to `most` bytes of input, which go nowhere. */
static void read_upto(size_t most)
{
	char *bytes = NULL;
	take_input(&bytes, 0, most);
	free(bytes);
}

static void echo(const char *prefix, size_t prefix_length)
{
	char *bytes = memcpy(grow(NULL, prefix_length + 1), prefix, prefix_length);
	size_t length = take_input(&bytes, prefix_length, SIZE_MAX);
	bufferevent_write(scenario.bev, bytes, length);
	free(bytes);
}

/* The marks are low and high of reading, low and high of writing. */
static void set_watermark(short directions, const uint32_t marks[4])
{
	if (directions & EV_READ)
		bufferevent_setwatermark(scenario.bev, EV_READ, marks[0], marks[1]);
	if (directions & EV_WRITE)
		bufferevent_setwatermark(scenario.bev, EV_WRITE, marks[2], marks[3]);
}

static void set_timeouts(uint32_t read_ms, uint32_t write_ms)
{
	struct timeval read = { read_ms / 1000, read_ms % 1000 * 1000 };
	struct timeval write = { write_ms / 1000, write_ms % 1000 * 1000 };
	bufferevent_set_timeouts(scenario.bev, read_ms ? &read : NULL, write_ms ? &write : NULL);
}

static void free_bufferevent(void)
{
	bufferevent_free(scenario.bev);
	scenario.bev = NULL;
}

static void peer_send(const char *bytes, size_t length)
{
	if (!kernel.shut_down && !kernel.reset && evbuffer_add(kernel.from_peer, bytes, length))
		unfit("out of memory");
}

static void peer_recv(size_t most)
{
	size_t length = least(most, evbuffer_get_length(kernel.tx));
	printf("{\"peer_recv\":");
	print_text((const char *)evbuffer_pullup(kernel.tx, (ssize_t)length), length);
	printf("}\n");
	evbuffer_drain(kernel.tx, length);
}

static void peer_reset(void)
{
	kernel.reset = true;
	evbuffer_drain(kernel.from_peer, SIZE_MAX);
	evbuffer_drain(kernel.tx, SIZE_MAX);
}

static void inject(struct faults *faults, int error, uint32_t times)
{
	faults->list = grow(faults->list, (faults->count + 1) * sizeof *faults->list);
	faults->list[faults->count].error = error;
	faults->list[faults->count++].times = times;
}

static void turn(uint32_t passes)
{
	while (passes--) {
		scenario.callbacks = 0;
		event_base_loop(scenario.base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
		if (scenario.callbacks >= CALLBACKS_PER_PASS)
			printf("{\"spin\":true}\n");
	}
}

static void perform(const struct action *action)
{
	const uint32_t *numbers = action->numbers;
	if (action->verb <= LAST_ACTION && !scenario.bev)
		return;
	switch (action->verb) {
	case READ: read_upto(numbers[0]); break;
	case READ_ALL: read_upto(SIZE_MAX); break;
	case WRITE: bufferevent_write(scenario.bev, action->text, action->length); break;
	case ECHO: echo(action->text, action->length); break;
	case ENABLE: bufferevent_enable(scenario.bev, action->directions); break;
	case DISABLE: bufferevent_disable(scenario.bev, action->directions); break;
	case SET_WATERMARK: set_watermark(action->directions, numbers); break;
	case SET_TIMEOUTS: set_timeouts(numbers[0], numbers[1]); break;
	case FREE: free_bufferevent(); break;
	case PEER_SEND: peer_send(action->text, action->length); break;
	case PEER_RECV: peer_recv(numbers[0]); break;
	case PEER_SHUTDOWN: kernel.shut_down = true; break;
	case PEER_RESET: peer_reset(); break;
	case INJECT_READ: inject(&kernel.of_read, action->error, numbers[0]); break;
	case INJECT_WRITE: inject(&kernel.of_write, action->error, numbers[0]); break;
	case ADVANCE_MS: kernel.now_ms += numbers[0]; break;
	case TURN: turn(numbers[0]); break;
	}
}

/* The part common to all user callbacks, after what differs in the trace. */
static void invoke(struct callback *callback)
{
	print_lengths();
	printf("}\n");
	if (++scenario.callbacks == CALLBACKS_PER_PASS)
		event_base_loopbreak(scenario.base);
	if (!callback->count)
		return;
	const struct list *call = &callback->calls[least(callback->invoked++, callback->count - 1)];
	for (size_t i = 0; i < call->count; i++)
		perform(&call->actions[i]);
}

static void on_read(struct bufferevent *bev, void *argument)
{
	(void)bev, (void)argument;
	printf("{\"cb\":\"read\"");
	invoke(&scenario.on_read);
}

static void on_write(struct bufferevent *bev, void *argument)
{
	(void)bev, (void)argument;
	printf("{\"cb\":\"write\"");
	invoke(&scenario.on_write);
}

static void on_event(struct bufferevent *bev, short what, void *argument)
{
	(void)bev, (void)argument;
	printf("{\"cb\":\"event\",\"what\":%d", what);
	invoke(&scenario.on_event);
}

/* Every scenario has a base of its own. The environment may not choose another backend than epoll, nor its
 * changelist. */
static struct event_base *new_base(void)
{
	struct event_config *config = event_config_new();
	if (!config || event_config_set_flag(config, EVENT_BASE_FLAG_IGNORE_ENV))
		unfit("libevent gave no configuration");
	struct event_base *base = event_base_new_with_config(config);
	if (!base || strcmp(event_base_get_method(base), "epoll") != 0)
		unfit("libevent gave no base that uses epoll");
	event_config_free(config);
	return base;
}

static void set_up(const struct action *wanted)
{
	const uint32_t *read = wanted->numbers, *write = read + 3; /* Low, high, timeout. */
	scenario.base = new_base();
	scenario.bev = bufferevent_socket_new(scenario.base, socket_fd, BEV_OPT_CLOSE_ON_FREE);
	if (!scenario.bev)
		unfit("libevent gave no bufferevent");
	bufferevent_setcb(scenario.bev, scenario.on_read.null ? NULL : on_read, scenario.on_write.null ? NULL : on_write,
			  scenario.on_event.null ? NULL : on_event, NULL);
	short marked = (read[0] || read[1] ? EV_READ : 0) | (write[0] || write[1] ? EV_WRITE : 0);
	set_watermark(marked, (const uint32_t[]){ read[0], read[1], write[0], write[1] });
	if (read[2] || write[2])
		set_timeouts(read[2], write[2]);
	if (wanted->directions)
		bufferevent_enable(scenario.bev, wanted->directions);
}

static void run_scenario(void)
{
	printf("{\"scenario\":");
	print_text(scenario.name.text, scenario.name.length);
	printf("}\n");
	set_up(&scenario.set_up);
	print_state(0);
	for (size_t i = 0; i < scenario.script.count; i++) {
		perform(&scenario.script.actions[i]);
		print_state(i + 1);
	}
	if (scenario.bev)
		free_bufferevent();
	/* A deferred callback that is still due holds on to the bufferevent, and event_base_free() would only
	 * forget it. It finds no callback to call any more. */
	event_base_loop(scenario.base, EVLOOP_NONBLOCK);
	event_base_free(scenario.base);
	fflush(stdout);
}

static void free_list(struct list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->actions[i].text);
	free(list->actions);
}

static void free_scenario(void)
{
	struct callback *callbacks[] = { &scenario.on_read, &scenario.on_write, &scenario.on_event };
	for (int i = 0; i < 3; i++) {
		for (size_t call = 0; call < callbacks[i]->count; call++)
			free_list(&callbacks[i]->calls[call]);
		free(callbacks[i]->calls);
	}
	free_list(&scenario.script);
	free(scenario.name.text);
}

/* ---- Reading the protocol ---- */

static size_t line_number;
static char *words; /* What is left of the line; NULL after its last word. */

static _Noreturn void malformed(const char *what, const char *word)
{
	fprintf(stderr, "line %zu: %s", line_number, what);
	fprintf(stderr, word ? ": \"%s\"\n" : "\n", word);
	exit(MALFORMED);
}

static const char *next_word(void)
{
	if (!words)
		malformed("too few words", NULL);
	const char *word = strsep(&words, " ");
	if (!*word)
		malformed("a space too many", NULL);
	return word;
}

static uint32_t number(void)
{
	const char *word = next_word();
	uint64_t number = 0;
	for (const char *at = word; *at; at++) {
		if (*at < '0' || *at > '9' || (number = number * 10 + (uint64_t)(*at - '0')) > UINT32_MAX)
			malformed("not a whole number up to 4294967295", word);
	}
	return (uint32_t)number;
}

static char *text(size_t *length)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *word = next_word(), *hex = word + 1;
	*length = strlen(hex) / 2;
	if (*word != 'x' || strlen(hex) % 2 || hex[strspn(hex, digits)])
		malformed("not x and pairs of hexadecimal digits", word);
	char *bytes = grow(NULL, *length + 1);
	for (size_t i = 0; i < *length; i++, hex += 2)
		bytes[i] = (char)((strchr(digits, hex[0]) - digits) % 16 * 16 + (strchr(digits, hex[1]) - digits) % 16);
	return bytes;
}

static int named_number(const char *kind, const char *const names[], const int numbers[])
{
	const char *word = next_word();
	for (size_t i = 0; names[i]; i++)
		if (!strcmp(word, names[i]))
			return numbers[i];
	malformed(kind, word);
}

static short directions(void)
{
	return (short)named_number("not r, w, rw or -", (const char *const[]){ "-", "r", "w", "rw", NULL },
				   (const int[]){ 0, EV_READ, EV_WRITE, EV_READ | EV_WRITE });
}

static int error_number(void)
{
	return named_number("not an errno of this protocol",
			    (const char *const[]){ "EINTR", "EAGAIN", "ECONNRESET", "EPIPE", "ETIMEDOUT", NULL },
			    (const int[]){ EINTR, EAGAIN, ECONNRESET, EPIPE, ETIMEDOUT });
}

/* Reads one word for each letter: t text, d directions, e errno, n number. */
static void parse_arguments(struct action *action, const char *arguments)
{
	size_t numbers = 0;
	for (; *arguments; arguments++) {
		switch (*arguments) {
		case 't': action->text = text(&action->length); break;
		case 'd': action->directions = directions(); break;
		case 'e': action->error = error_number(); break;
		case 'n': action->numbers[numbers++] = number(); break;
		}
	}
}

static void append_action(struct list *list, const char *word, bool in_callback)
{
	static const struct { const char *name, *arguments; } verbs[] = {
		[READ] = { "read", "n" }, [READ_ALL] = { "read_all", "" }, [WRITE] = { "write", "t" }, [ECHO] = { "echo", "t" },
		[ENABLE] = { "enable", "d" }, [DISABLE] = { "disable", "d" }, [SET_WATERMARK] = { "set_watermark", "dnnnn" },
		[SET_TIMEOUTS] = { "set_timeouts", "nn" }, [FREE] = { "free", "" }, [PEER_SEND] = { "peer_send", "t" },
		[PEER_RECV] = { "peer_recv", "n" }, [PEER_SHUTDOWN] = { "peer_shutdown", "" }, [PEER_RESET] = { "peer_reset", "" },
		[INJECT_READ] = { "inject_read", "en" }, [INJECT_WRITE] = { "inject_write", "en" },
		[ADVANCE_MS] = { "advance_ms", "n" }, [TURN] = { "turn", "n" },
	};
	enum verb verb = 0, last = in_callback ? LAST_ACTION : TURN;
	while (strcmp(word, verbs[verb].name))
		if (verb++ == last)
			malformed(in_callback ? "not an action" : "not a line of this protocol", word);
	list->actions = grow(list->actions, (list->count + 1) * sizeof *list->actions);
	struct action *action = &list->actions[list->count++];
	*action = (struct action){ .verb = verb };
	parse_arguments(action, verbs[verb].arguments);
}

static void parse_callback(struct callback *callback)
{
	struct list call = { 0 };
	if (words && !strcmp(words, "null")) {
		callback->null = true;
		words = NULL;
		return;
	}
	while (words) {
		append_action(&call, next_word(), true);
		if (!words)
			break;
		if (strcmp(next_word(), ";") || !words)
			malformed("no ; between two actions", words);
	}
	callback->calls = grow(callback->calls, (callback->count + 1) * sizeof call);
	callback->calls[callback->count++] = call;
}

static void parse_kernel(void)
{
	struct action capacities = { 0 };
	parse_arguments(&capacities, "nn");
	kernel.rx_capacity = capacities.numbers[0];
	kernel.tx_capacity = capacities.numbers[1];
	if (!kernel.rx_capacity || !kernel.tx_capacity)
		malformed("a capacity of 0", NULL);
}

/* Takes a line, `inside` a scenario or not. Returns whether the next one is inside. */
static bool parse_line(bool inside)
{
	const char *word = next_word();
	bool starts = !strcmp(word, "scenario"), ends = !strcmp(word, "end");
	if (starts == inside)
		malformed(inside ? "the scenario before has no end" : "outside of a scenario", word);
	if (starts) {
		memset(&scenario, 0, sizeof scenario);
		scenario.set_up.directions = EV_READ;
		kernel_start();
		parse_arguments(&scenario.name, "t");
	} else if (!strcmp(word, "kernel")) {
		parse_kernel();
	} else if (!strcmp(word, "bufferevent")) {
		parse_arguments(&scenario.set_up, "dnnnnnn");
	} else if (!strcmp(word, "on_read")) {
		parse_callback(&scenario.on_read);
	} else if (!strcmp(word, "on_write")) {
		parse_callback(&scenario.on_write);
	} else if (!strcmp(word, "on_event")) {
		parse_callback(&scenario.on_event);
	} else if (!ends) {
		append_action(&scenario.script, word, false);
	}
	if (words)
		malformed("too many words", words);
	if (ends) {
		run_scenario();
		free_scenario();
		kernel_stop();
	}
	return !ends;
}

/* Other versions, of the same dialect too, may differ in the traces. What 2.2.1-alpha calls itself depends on how it was
 * built; its number does not. */
static void check_version(const char *dialect)
{
	static const struct { const char *dialect, *name; ev_uint32_t number; } versions[] = {
		{ "2.1", "2.1.12", 0x02010c }, { "2.2", "2.2.1-alpha", 0x020201 },
	};
	for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
		if (strcmp(dialect, versions[i].dialect))
			continue;
		if (event_get_version_number() >> 8 == versions[i].number)
			return;
		fprintf(stderr, "dialect %s wants libevent %s, this is %s\n", dialect, versions[i].name, event_get_version());
		exit(UNFIT);
	}
	fprintf(stderr, "no dialect \"%s\": 2.1 and 2.2 are known\n", dialect);
	exit(UNFIT);
}

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t allocated = 0;
	ssize_t length;
	bool inside = false;

	check_version(argc > 1 ? argv[1] : "2.1");
	socket_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (socket_fd < 0)
		unfit("no descriptor to stand for the socket");
	while ((length = getline(&line, &allocated, stdin)) != -1) {
		line_number++;
		if (line[length - 1] == '\n')
			line[--length] = '\0';
		if (strlen(line) != (size_t)length)
			malformed("a NUL byte", NULL);
		if (!length || *line == '#')
			continue;
		words = line;
		inside = parse_line(inside);
	}
	if (inside)
		malformed("the last scenario has no end", NULL);
	free(line);
	libevent_global_shutdown();
	return 0;
}
