/*
 * What the libevents have not in common: one file for each, library-1.4.c and library-2.c. Everything else is called
 * by its own name, through the header <event.h> that they all have.
 */
#ifndef LIBRARY_H
#define LIBRARY_H

#include "program.h"

/* Ends the process unless the library is the one that this dialect stands for. */
void library_check(const char *dialect);

struct event_base *library_base(unsigned priorities);

/* Makes a bufferevent, of a pair both, and sets its callbacks. What it is over is there already. */
void library_make(struct subject *subject);

/* Adds the application's evbuffer callbacks. */
void library_watch(struct subject *subject);

/* bufferevent_free(). It returns whether what it is over went with it. */
bool library_free(struct subject *subject);

/* Whether the event is in the base for I/O. Not event_pending(), which says yes to one that is merely active, too. */
bool library_armed(const struct event *event);

short library_enabled(const struct bufferevent *bev);

/* A timer that is not added, with its priority if that is not -1. */
struct event *library_timer(struct event_base *base, struct timer *timer, bool persists, int priority);

/* 0 is for none. */
void library_set_timeouts(struct bufferevent *bev, uint32_t read_ms, uint32_t write_ms);

/* These return 0, or -1 as libevent does. */
int library_connect(struct subject *subject);
int library_prepend(struct evbuffer *buffer, const char *bytes, size_t length);
int library_flush(struct bufferevent *bev, short directions, const char *mode);

/* The limits of one read and write; -1 leaves one as it is. */
void library_set_max_single(struct bufferevent *bev, int64_t read, int64_t write);
void library_trigger(struct bufferevent *bev, short directions, bool ignore_watermarks, bool defer);
void library_trigger_event(struct bufferevent *bev, short what, bool defer);

/*
 * A callback inside of a move of a part can leave a buffer broken, which libevent never asks. Whether it counts all that lies
 * in it: true at any time, as what has gone already is counted until a move ends, and never the other way round. And whether
 * it has as many bytes as it counts, all written by somebody: true while no call is under way.
 */
bool library_counts_all(struct evbuffer *buffer);
bool library_is_whole(struct evbuffer *buffer);

/* Looks at the first bytes and takes none. */
void library_peek(struct evbuffer *buffer, size_t most);
void library_pullup(struct evbuffer *buffer, size_t most);

/* A line that stays in the buffer. The style's name is the format's. */
bool library_has_line(struct evbuffer *buffer, const char *style);

/* Takes a line, from malloc(); NULL if there is none. */
char *library_read_line(struct evbuffer *buffer, const char *style, size_t *length);

#endif
