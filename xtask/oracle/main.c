/*
 * The oracle: runs scenarios through the real libevent, and prints the trace of each.
 *
 *     cc -O2 -Wall -Wextra -o oracle callbacks.c conditions.c json.c kernel.c main.c memory.c program.c library-2.c -levent_core
 *     ./oracle 2.1 < scenarios.jsonl > traces.jsonl
 *
 * The argument is the dialect that the library must be; with library-1.4.c in the other's place, 1.4. libevent is the
 * installed shared library, or a static one, unchanged. Only the calls that it makes of the system are replaced, by
 * functions of the same names in this program (kernel.c), which the linker finds first. So a trace depends on its
 * scenario alone.
 *
 * INPUT: a scenario a line, as docs/scenario.md describes it, format 1 or 2. It has been checked by who sends it: what
 * is wrong here is found where it matters, if at all. Empty lines are skipped.
 *
 * OUTPUT: for each scenario the line {"scenario":"NAME"}, then its trace, then an empty line. It is flushed then: a
 * driver may send one scenario and read its trace; one that sends many at once must read meanwhile. A trace that
 * libevent cannot complete has one of these as its last line:
 *
 *     {"endless":true}    it called back, or polled, more than a thousand times in one pass or step, or the
 *                         application did more than a hundred thousand things in it, or more than 64 MiB were buffered, or
 *                         libevent held more than a GiB
 *     {"broken":true}     after a step, a buffer has not as many bytes as it counts, or some that nobody wrote; or when a
 *                         callback began, one had more than it counted: what went before since the last state may be
 *                         wrong
 *     {"died":SIGNAL}     it ended with this signal
 *
 * Each scenario runs in a process of its own, so these harm no other, and nothing is ever freed.
 *
 * Exit status: 0; 2 for malformed input, with "line L: what is wrong" on stderr; 3 where libevent or the system cannot
 * serve as an oracle.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "library.h"
#include "oracle.h"

enum { MOST_SECONDS = 5 };

static size_t line_number;

_Noreturn void leave(int status)
{
	fflush(stdout);
	_exit(status);
}

_Noreturn void malformed(const char *what, const char *where)
{
	fprintf(stderr, "line %zu: %s", line_number, what);
	fprintf(stderr, where ? ": \"%.80s\"\n" : "\n", where);
	leave(MALFORMED);
}

_Noreturn void unfit(const char *why)
{
	fprintf(stderr, "%s\n", why);
	leave(UNFIT);
}

void *grow(void *block, size_t bytes)
{
	block = realloc(block, bytes ? bytes : 1);
	if (!block)
		unfit("out of memory");
	return block;
}

/* ---- Set-up ---- */

static struct callback callback(const struct json *app, const char *key, bool is_set_by_default)
{
	for (const struct json *member = app ? app->first : NULL; member; member = member->next)
		if (!strcmp(member->key, key))
			return (struct callback){ .calls = member, .null = member->kind == JSON_NULL };
	return (struct callback){ .null = !is_set_by_default };
}

static void declare(const char *name, const struct json *settings, const struct json *socket, const struct json *app)
{
	if (application.subject_count == MOST_SUBJECTS)
		unfit("too many bufferevents");
	application.subjects[application.subject_count++] = (struct subject){
		.name = name,
		.settings = settings,
		.socket_spec = socket,
		.on_read = callback(app, "on_read", true),
		.on_write = callback(app, "on_write", true),
		.on_event = callback(app, "on_event", true),
		.on_input = callback(app, "on_input", false),
		.on_output = callback(app, "on_output", false),
	};
}

static void declare_timer(const struct json *settings)
{
	if (application.timer_count == MOST_TIMERS)
		unfit("too many timers");
	application.timers[application.timer_count++] =
		(struct timer){ .name = settings->key, .settings = settings, .run = callback(settings, "do", true) };
}

/* Who is what to whom. A side of a pair may leave it to the other to say so. */
static void relate(struct subject *subject)
{
	const struct json *pair = json_get(subject->settings, "pair_with");
	const struct json *filter = json_get(subject->settings, "filter_over");
	if (pair) {
		subject->other = subject_named(pair->text);
		subject->other->other = subject;
		subject->kind = subject->other->kind = PAIR;
	} else if (filter) {
		subject->other = subject_named(filter->text);
		subject->kind = FILTER;
	}
}

/* In the order of the scenario, except that a pair is made at its first side, and a filter needs what it is over. */
static void make(struct subject *subject)
{
	if (subject->bev)
		return;
	if (subject->kind == FILTER)
		make(subject->other);
	if (subject->kind == SOCKET) {
		subject->socket = kernel_socket(subject->name, json_number(subject->socket_spec, "rx_capacity", 65536),
						json_number(subject->socket_spec, "tx_capacity", 65536));
		if (!json_get(subject->settings, "connect"))
			kernel_open(subject->socket);
	}
	library_make(subject);
}

static void set_up(struct subject *subject)
{
	const struct json *priority = json_get(subject->settings, "priority");
	const struct json *enable = json_get(subject->settings, "enable");
	short enabled = enable ? directions(enable) : EV_READ;
	if (priority)
		bufferevent_priority_set(subject->bev, (int)priority->number);
	if (json_get(subject->settings, "max_single_read"))
		library_set_max_single(subject->bev, (int64_t)json_number(subject->settings, "max_single_read", 0), -1);
	if (json_get(subject->settings, "max_single_write"))
		library_set_max_single(subject->bev, -1, (int64_t)json_number(subject->settings, "max_single_write", 0));
	apply_watermarks(subject);
	apply_timeouts(subject);
	library_watch(subject);
	if (enabled)
		bufferevent_enable(subject->bev, enabled);
}

static void set_up_timer(struct timer *timer)
{
	const struct json *priority = json_get(timer->settings, "priority");
	timer->event = library_timer(application.base, timer, json_flag(timer->settings, "persist"),
				     priority ? (int)priority->number : -1);
	if (json_get(timer->settings, "after_ms"))
		start_timer(timer, NULL);
}

/* One more than the largest that is named. */
static unsigned priorities(const struct json *scenario)
{
	uint64_t most = 0;
	for (size_t i = 0; i < application.subject_count; i++)
		if (json_number(application.subjects[i].settings, "priority", 0) > most)
			most = json_number(application.subjects[i].settings, "priority", 0);
	for (size_t i = 0; i < application.timer_count; i++)
		if (json_number(application.timers[i].settings, "priority", 0) > most)
			most = json_number(application.timers[i].settings, "priority", 0);
	return (unsigned)json_number(scenario, "priorities", most + 1);
}

static void start(const struct json *scenario)
{
	struct subject *subjects = application.subjects;
	const struct json *list = json_get(scenario, "bufferevents"), *timers = json_get(scenario, "timers");
	application.is_format_1 = json_number(scenario, "format", 1) == 1;
	if (application.is_format_1)
		declare(NULL, json_get(scenario, "bufferevent"), json_get(scenario, "kernel"), json_get(scenario, "app"));
	for (const struct json *settings = list ? list->first : NULL; settings; settings = settings->next)
		declare(settings->key, settings, json_get(settings, "socket"), settings);
	for (const struct json *settings = timers ? timers->first : NULL; settings; settings = settings->next)
		declare_timer(settings);
	for (size_t i = 0; i < application.subject_count; i++)
		relate(&subjects[i]);
	application.base = library_base(priorities(scenario));
	for (size_t i = 0; i < application.subject_count; i++)
		make(&subjects[i]);
	for (size_t i = 0; i < application.subject_count; i++)
		set_up(&subjects[i]);
	for (size_t i = 0; i < application.timer_count; i++)
		set_up_timer(&application.timers[i]);
	for (size_t i = 0; i < application.subject_count; i++) {
		const struct json *connect = json_get(subjects[i].settings, "connect");
		if (connect)
			connect_subject(&subjects[i], connect);
	}
}

/* ---- The script ---- */

void on_close(const struct socket *socket, bool resets)
{
	if (application.is_format_1)
		return;
	print_of(socket->name);
	printf("\"peer_sees\":\"%s\"}\n", resets ? "reset" : "end");
}

static void print_directions(const char *key, bool read, bool write)
{
	printf(",\"%s\":[%s%s%s]", key, read ? "\"read\"" : "", read && write ? "," : "", write ? "\"write\"" : "");
}

static void print_state(const struct subject *subject, size_t step)
{
	struct bufferevent *bev = subject->bev;
	print_of(subject->name);
	printf("\"step\":%zu", step);
	if (subject->freed)
		printf(",\"freed\":true");
	else
		print_lengths(subject);
	if (subject->socket)
		printf(",\"rx\":%zu,\"tx\":%zu", kernel_rx_length(subject->socket), subject->socket->tx.length);
	if (!subject->freed) {
		short enabled = library_enabled(bev);
		print_directions("enabled", enabled & EV_READ, enabled & EV_WRITE);
		print_directions("armed", library_armed(&bev->ev_read), library_armed(&bev->ev_write));
		if (subject->socket && subject->socket->connecting)
			printf(",\"connecting\":true");
	}
	printf("}\n");
}

static void print_states(size_t step)
{
	on_action();
	check_buffers();
	for (size_t i = 0; i < application.subject_count; i++)
		print_state(&application.subjects[i], step);
}

static void peer_recv(struct socket *socket, size_t most)
{
	size_t taken;
	const char *bytes = kernel_peer_recv(socket, most, &taken);
	print_of(socket->name);
	printf("\"peer_recv\":");
	json_print(bytes, taken);
	printf("}\n");
}

static void inject(struct socket *socket, const struct json *fault)
{
	static const struct { const char *name; int error; } errors[] = {
		{ "EINTR", EINTR }, { "EAGAIN", EAGAIN }, { "ECONNRESET", ECONNRESET }, { "EPIPE", EPIPE }, { "ETIMEDOUT", ETIMEDOUT },
	};
	struct faults *faults = json_names(json_get(fault, "op"), "read") ? &socket->of_read : &socket->of_write;
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (json_names(json_get(fault, "errno"), errors[i].name))
			kernel_inject(faults, errors[i].error, json_number(fault, "times", 1));
}

static void turn(uint64_t passes)
{
	while (passes--) {
		begin_pass();
		event_base_loop(application.base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
		end_pass();
	}
}

/* Returns whether it is a step of the peer's. */
static bool perform_peer(const struct json *step, struct socket *socket)
{
	const struct json *argument;
	size_t length;
	bool is_nobody = socket->fd < 0;
	if ((argument = json_get(step, "peer_recv"))) {
		peer_recv(socket, argument->number);
	} else if (is_nobody) {
		return true;
	} else if ((argument = json_get(step, "peer_send"))) {
		const char *bytes = json_bytes(argument, &length);
		kernel_peer_send(socket, bytes, length);
	} else if (json_get(step, "peer_shutdown")) {
		socket->shut_down |= kernel_is_open(socket);
	} else if (json_get(step, "peer_reset")) {
		kernel_peer_reset(socket);
	} else if (json_get(step, "peer_accept")) {
		kernel_decide(socket, true);
	} else if (json_get(step, "peer_refuse")) {
		kernel_decide(socket, false);
	} else if ((argument = json_get(step, "inject"))) {
		inject(socket, argument);
	} else {
		return false;
	}
	return true;
}

static void perform_script_step(const struct json *step)
{
	if (json_get(step, "turn")) {
		turn(json_number(step, "turn", 0));
		return;
	}
	begin_pass();
	if (json_get(step, "advance_ms"))
		kernel_advance_ms(json_number(step, "advance_ms", 0));
	else if (!perform_step(step)) {
		struct subject *of = subject_of(step, NULL);
		if (!of || !of->socket || !perform_peer(step, of->socket))
			malformed("not a step, or of no socket", step->first ? step->first->key : NULL);
	}
	end_pass();
}

static void run(const char *text)
{
	const struct json *scenario = json_parse(text);
	const struct json *name = json_get(scenario, "name"), *script = json_get(scenario, "script");
	size_t step = 0;
	printf("{\"scenario\":");
	json_print(name ? name->text : "", name ? name->length : 0);
	printf("}\n");
	start(scenario);
	print_states(0);
	for (const struct json *at = script ? script->first : NULL; at; at = at->next) {
		perform_script_step(at);
		print_states(++step);
	}
}

/* ---- One process for each scenario ---- */

/* Runs the scenario in a child. What the child printed before it ended is printed, however it ends. */
static void run_apart(const char *text)
{
	pid_t child = fork();
	int status;
	if (child < 0)
		unfit("no process for a scenario");
	if (!child) {
		setrlimit(RLIMIT_CPU, &(struct rlimit){ MOST_SECONDS, MOST_SECONDS });
		setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
		run(text);
		leave(0);
	}
	while (waitpid(child, &status, 0) != child)
		if (errno != EINTR)
			unfit("the process of a scenario is lost");
	if (WIFEXITED(status) && WEXITSTATUS(status))
		leave(WEXITSTATUS(status));
	if (WIFSIGNALED(status))
		printf("{\"died\":%d}\n", WTERMSIG(status));
	printf("\n");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t allocated = 0;
	ssize_t length;

	/* So that the lines before a sudden end are there. */
	setvbuf(stdout, NULL, _IOLBF, 1 << 16);
	library_check(argc > 1 ? argv[1] : "2.1");
	while ((length = getline(&line, &allocated, stdin)) != -1) {
		line_number++;
		if (line[length - 1] == '\n')
			line[--length] = '\0';
		if (strlen(line) != (size_t)length)
			malformed("a NUL byte", NULL);
		if (length)
			run_apart(line);
	}
	free(line);
	return 0;
}
