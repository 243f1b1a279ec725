/*
 * The application of a scenario: its bufferevents and timers, with the programs of their callbacks. The settings and
 * programs stay the scenario's JSON: program.c performs them, conditions.c answers their questions, callbacks.c has what
 * libevent calls.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <event.h>

#include "json.h"
#include "kernel.h"

enum { MOST_SUBJECTS = MOST_SOCKETS, MOST_TIMERS = 100 };

struct callback {
	const struct json *calls; /* A list for each call, the last one for all further ones; NULL: it does nothing. */
	bool null;                /* It is not set. */
	uint64_t called;
};

enum kind { SOCKET, PAIR, FILTER };

/* A bufferevent. */
struct subject {
	const char *name;                          /* NULL in format 1. */
	const struct json *settings, *socket_spec; /* The keys of format 1's `bufferevent` and `kernel`. */
	enum kind kind;
	struct subject *other; /* The other side of a pair, or what a filter is over. */
	struct socket *socket; /* NULL unless it is a socket. */
	struct bufferevent *bev;
	bool freed; /* `bev` is the application's no more. */
	struct callback on_read, on_write, on_event, on_input, on_output;
};

struct timer {
	const char *name;
	const struct json *settings;
	struct event *event;
	struct callback run;
};

extern struct application {
	bool is_format_1;
	struct subject subjects[MOST_SUBJECTS];
	struct timer timers[MOST_TIMERS];
	size_t subject_count, timer_count;
	struct event_base *base;
} application;

struct subject *subject_named(const char *name);
struct timer *timer_named(const char *name);

/* What performs actions: a callback, or the script, which has no `counted`. */
struct call {
	struct subject *self;    /* The bufferevent whose callback it is, if it is one. */
	struct callback *counted;
	short what;              /* Of an event callback. */
	const char *line;        /* Read last, */
	size_t line_length;      /* and how long it is. */
};

/* Performs an action of the script. Returns whether it is one. */
bool perform_step(const struct json *action);

/* Performs the actions of a list, or of none. */
void perform_all(struct call *call, const struct json *actions);

/* Whether all conditions of this object hold. */
bool holds(const struct call *call, const struct json *conditions);

/* The sum of an event's flags, given by name or as a number. */
short flags_of(const struct json *flags);

/* The name of an end of line; `true` stands for any. */
const char *line_style(const struct json *style);

/* 0 once it is freed. */
size_t input_length(const struct subject *subject);
size_t output_length(const struct subject *subject);

/* The bufferevent that this action or step is about; NULL if it does not say and it could be several. */
struct subject *subject_of(const struct json *action, struct subject *self);

/* Starts to count the callbacks and actions of a pass, or of a step that has none. */
void begin_pass(void);

/* Says so if so many callbacks were called that it was broken off. */
void end_pass(void);

/* Called at each action. */
void on_action(void);

/* Ends the scenario where libevent has left a buffer broken. To be called while none of its calls is under way. */
void check_buffers(void);

/* What the settings and the actions have in common. */
void apply_watermarks(struct subject *subject);
void apply_timeouts(struct subject *subject);
short directions(const struct json *names);
int connect_subject(struct subject *subject, const struct json *result);
void start_timer(struct timer *timer, const struct json *action);

/* ,"in":I,"out":O */
void print_lengths(const struct subject *subject);

/* { and "of":"NAME", the latter from format 2 on. */
void print_of(const char *name);

/* What libevent calls. The argument is the struct subject, or the struct timer. */
void on_read(struct bufferevent *bev, void *subject);
void on_write(struct bufferevent *bev, void *subject);
void on_event(struct bufferevent *bev, short what, void *subject);
void on_timer(int fd, short what, void *timer);
void on_change(struct subject *subject, bool is_input, size_t added, size_t deleted);

#endif
