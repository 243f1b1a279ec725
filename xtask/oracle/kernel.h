/*
 * The simulated kernel: sockets and their peers in memory, an epoll that knows how ready they are, and a clock that
 * the script moves. kernel.c has them, and puts them in the place of the system calls that libevent makes.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

enum { MOST_SOCKETS = 100 };

/* A queue of bytes. */
struct bytes {
	char *block;
	size_t start, length, allocated;
};

/* Calls that are to fail, in the order injected; spent ones stay, with `times` 0. */
struct faults {
	struct { int error; uint64_t times; } *list;
	size_t count;
};

/* ACCEPTED and REFUSED: the peer has decided, but libevent has not asked yet. */
enum connection { CONNECTED, UNCONNECTED, PENDING, ACCEPTED, REFUSED };

struct socket {
	const char *name; /* Of its bufferevent. */
	int fd;           /* -1 until there is one. They count up in the order of opening. */
	/* What `from_peer` holds beyond `rx_capacity` is the peer's backlog: it enters rx as soon as a read frees
	 * room, so the border between the two needs no moves. */
	struct bytes from_peer, tx;
	size_t rx_capacity, tx_capacity;
	bool shut_down, reset, error_reported;
	enum connection connection;
	bool connecting;             /* libevent waits for what becomes of its connect(). */
	struct faults of_read, of_write;
	bool watched;                /* The socket is in libevent's epoll, */
	struct epoll_event interest; /* with this. */
};

/* A socket that is not open. */
struct socket *kernel_socket(const char *name, size_t rx_capacity, size_t tx_capacity);

/* Opens it with a connection. */
void kernel_open(struct socket *socket);

/* What the next connect(), which is this socket's, answers: ACCEPTED and REFUSED at once. */
void kernel_next_connect(struct socket *socket, enum connection result);

/* The peer decides a pending connect. */
void kernel_decide(struct socket *socket, bool accepts);

/* Whether its peer is connected. */
bool kernel_is_open(const struct socket *socket);

size_t kernel_rx_length(const struct socket *socket);

void kernel_peer_send(struct socket *socket, const char *bytes, size_t length);

/* Takes up to `most` bytes of tx, which stay valid until the next call. */
const char *kernel_peer_recv(struct socket *socket, size_t most, size_t *taken);

void kernel_peer_reset(struct socket *socket);

void kernel_inject(struct faults *faults, int error, uint64_t times);

void kernel_advance_ms(uint64_t ms);

/* Bytes in all sockets. */
size_t kernel_buffered(void);

/* What the kernel calls: at each poll, when a close() lets the peer see a reset or the end, and when libevent writes
 * bytes that nobody gave it. */
void on_poll(void);
_Noreturn void on_unwritten(void);
void on_close(const struct socket *socket, bool resets);

#endif
