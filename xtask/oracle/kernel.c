#define _GNU_SOURCE
#undef _FORTIFY_SOURCE /* Its inline wrappers would clash with the replacements below. */

#include "kernel.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "memory.h"
#include "oracle.h"

/* Descriptors from here on are sockets of the simulation, above all that the system gives this process. A call that
 * libevent makes with one and nobody replaced fails, and the trace shows it. */
enum { FIRST_FD = 100, CLOCK_START_MS = 1000000 };

static struct {
	struct socket *sockets[MOST_SOCKETS]; /* By descriptor. */
	int count;
	uint64_t now_ms;
	struct socket *connects; /* Whose connect() is under way, */
	enum connection result;  /* and how it ends. */
} kernel = { .now_ms = CLOCK_START_MS };

static void add(struct bytes *bytes, const char *from, size_t length)
{
	size_t end = bytes->start + bytes->length;
	if (end + length > bytes->allocated) {
		memmove(bytes->block, bytes->block + bytes->start, bytes->length);
		bytes->start = 0;
		end = bytes->length;
		bytes->allocated = (end + length) * 2;
		bytes->block = grow(bytes->block, bytes->allocated);
	}
	memcpy(bytes->block + end, from, length);
	bytes->length += length;
}

static const char *take(struct bytes *bytes, size_t length)
{
	const char *taken = bytes->block + bytes->start;
	bytes->start += length;
	bytes->length -= length;
	return taken;
}

struct socket *kernel_socket(const char *name, size_t rx_capacity, size_t tx_capacity)
{
	struct socket *socket = grow(NULL, sizeof *socket);
	memset(socket, 0, sizeof *socket);
	socket->name = name;
	socket->fd = -1;
	socket->connection = UNCONNECTED;
	socket->rx_capacity = rx_capacity;
	socket->tx_capacity = tx_capacity;
	if (!rx_capacity || !tx_capacity)
		malformed("a capacity of 0", name);
	/* So that no block is NULL, which memcpy() is never to see. */
	add(&socket->from_peer, "", 0), add(&socket->tx, "", 0);
	return socket;
}

static int give_descriptor(struct socket *socket)
{
	if (kernel.count == MOST_SOCKETS)
		unfit("too many sockets");
	kernel.sockets[kernel.count] = socket;
	return socket->fd = FIRST_FD + kernel.count++;
}

void kernel_open(struct socket *socket)
{
	socket->connection = CONNECTED;
	give_descriptor(socket);
}

void kernel_next_connect(struct socket *socket, enum connection result)
{
	kernel.connects = socket;
	kernel.result = result;
}

void kernel_decide(struct socket *socket, bool accepts)
{
	if (socket->connection == PENDING)
		socket->connection = accepts ? ACCEPTED : REFUSED;
}

/* Nothing passes before the connection is there. */
bool kernel_is_open(const struct socket *socket)
{
	return socket->connection == CONNECTED || socket->connection == ACCEPTED;
}

size_t kernel_rx_length(const struct socket *socket)
{
	return least(socket->from_peer.length, socket->rx_capacity);
}

static size_t tx_room(const struct socket *socket)
{
	return socket->tx_capacity - socket->tx.length;
}

void kernel_peer_send(struct socket *socket, const char *bytes, size_t length)
{
	if (kernel_is_open(socket) && !socket->shut_down && !socket->reset)
		add(&socket->from_peer, bytes, length);
}

const char *kernel_peer_recv(struct socket *socket, size_t most, size_t *taken)
{
	*taken = least(most, socket->tx.length);
	return take(&socket->tx, *taken);
}

void kernel_peer_reset(struct socket *socket)
{
	if (socket->connection == PENDING)
		return kernel_decide(socket, false);
	socket->reset = kernel_is_open(socket);
	socket->from_peer.length = socket->tx.length = 0;
}

void kernel_inject(struct faults *faults, int error, uint64_t times)
{
	faults->list = grow(faults->list, (faults->count + 1) * sizeof *faults->list);
	faults->list[faults->count].error = error;
	faults->list[faults->count++].times = times;
}

void kernel_advance_ms(uint64_t ms)
{
	kernel.now_ms += ms;
}

size_t kernel_buffered(void)
{
	size_t buffered = 0;
	for (int i = 0; i < kernel.count; i++)
		buffered += kernel.sockets[i]->from_peer.length + kernel.sockets[i]->tx.length;
	return buffered;
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

/* The error of the socket itself, reported once: by whichever call comes first. */
static int own_error(struct socket *socket)
{
	bool failed = socket->reset || socket->connection == REFUSED;
	if (!failed || socket->error_reported)
		return 0;
	socket->error_reported = true;
	return socket->reset ? ECONNRESET : ECONNREFUSED;
}

static ssize_t socket_read(struct socket *socket, const struct iovec *vectors, int count)
{
	int error = injected(&socket->of_read);
	if (error || (error = own_error(socket)))
		return fail(error);
	size_t available = kernel_rx_length(socket), read = 0;
	if (!available) {
		bool ended = socket->reset || socket->connection == REFUSED || (kernel_is_open(socket) && socket->shut_down);
		return ended ? 0 : fail(EAGAIN);
	}
	for (int i = 0; i < count && read < available; i++) {
		size_t part = least(vectors[i].iov_len, available - read);
		memcpy(vectors[i].iov_base, take(&socket->from_peer, part), part);
		read += part;
	}
	return (ssize_t)read;
}

static ssize_t socket_write(struct socket *socket, const struct iovec *vectors, int count)
{
	int error = injected(&socket->of_write);
	if (error || (socket->connection == REFUSED && (error = own_error(socket))))
		return fail(error);
	if (socket->reset || socket->connection == REFUSED)
		return fail(EPIPE);
	size_t room = tx_room(socket), written = 0;
	if (!room || !kernel_is_open(socket))
		return fail(EAGAIN);
	for (int i = 0; i < count && written < room; i++) {
		size_t part = least(vectors[i].iov_len, room - written);
		if (memory_is_unwritten(vectors[i].iov_base, part))
			on_unwritten();
		add(&socket->tx, vectors[i].iov_base, part);
		written += part;
	}
	return (ssize_t)written;
}

/* Not readable and not writable before the peer has decided; refused, both. */
static uint32_t readiness(const struct socket *socket)
{
	if (socket->reset || socket->connection == REFUSED)
		return EPOLLIN | EPOLLOUT;
	if (!kernel_is_open(socket))
		return 0;
	uint32_t in = kernel_rx_length(socket) || socket->shut_down ? EPOLLIN : 0;
	return in | (tx_room(socket) ? EPOLLOUT : 0);
}

/* ---- The system calls of libevent, replaced ----
 *
 * They pass every descriptor but a simulated socket's on to the system. All that libevent 1.4.15, 2.1.12 and
 * 2.2.1-alpha call for bufferevents on Linux is here. */

static struct socket *simulated(int fd)
{
	return fd >= FIRST_FD && fd < FIRST_FD + kernel.count ? kernel.sockets[fd - FIRST_FD] : NULL;
}

ssize_t readv(int fd, const struct iovec *vectors, int count)
{
	struct socket *socket = simulated(fd);
	return socket ? socket_read(socket, vectors, count) : syscall(SYS_readv, fd, vectors, count);
}

ssize_t read(int fd, void *to, size_t most)
{
	struct socket *socket = simulated(fd);
	return socket ? socket_read(socket, &(struct iovec){ to, most }, 1) : syscall(SYS_read, fd, to, most);
}

ssize_t writev(int fd, const struct iovec *vectors, int count)
{
	struct socket *socket = simulated(fd);
	return socket ? socket_write(socket, vectors, count) : syscall(SYS_writev, fd, vectors, count);
}

ssize_t write(int fd, const void *from, size_t length)
{
	struct socket *socket = simulated(fd);
	const struct iovec vector = { (void *)from, length };
	return socket ? socket_write(socket, &vector, 1) : syscall(SYS_write, fd, from, length);
}

int ioctl(int fd, unsigned long request, ...)
{
	struct socket *socket = simulated(fd);
	va_list rest;
	va_start(rest, request);
	void *argument = va_arg(rest, void *);
	va_end(rest);
	if (!socket || request != FIONREAD)
		return (int)syscall(SYS_ioctl, fd, request, argument);
	*(int *)argument = (int)least(kernel_rx_length(socket), INT32_MAX);
	return 0;
}

int socket(int domain, int type, int protocol)
{
	if (!kernel.connects)
		return (int)syscall(SYS_socket, domain, type, protocol);
	return give_descriptor(kernel.connects);
}

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	struct socket *socket = simulated(fd);
	if (!socket)
		return (int)syscall(SYS_connect, fd, address, length);
	if (kernel_is_open(socket) || socket->connection == PENDING)
		return (int)fail(socket->connection == PENDING ? EALREADY : EISCONN);
	socket->connection = kernel.result;
	socket->connecting |= kernel.result != REFUSED;
	socket->error_reported = kernel.result == REFUSED;
	return kernel.result == ACCEPTED ? 0 : (int)fail(kernel.result == PENDING ? EINPROGRESS : ECONNREFUSED);
}

int getsockopt(int fd, int level, int option, void *restrict value, socklen_t *restrict length)
{
	struct socket *socket = simulated(fd);
	if (!socket || level != SOL_SOCKET || option != SO_ERROR)
		return (int)syscall(SYS_getsockopt, fd, level, option, value, length);
	if (socket->connection != PENDING)
		socket->connecting = false;
	if (socket->connection == ACCEPTED)
		socket->connection = CONNECTED;
	*(int *)value = own_error(socket);
	return 0;
}

/* The number stays taken. */
int close(int fd)
{
	struct socket *socket = simulated(fd);
	if (!socket)
		return (int)syscall(SYS_close, fd);
	socket->watched = false;
	if (kernel_is_open(socket) && !socket->reset)
		on_close(socket, kernel_rx_length(socket) > 0);
	return 0;
}

int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event)
{
	struct socket *socket = simulated(fd);
	if (!socket)
		return (int)syscall(SYS_epoll_ctl, epoll, operation, fd, event);
	bool adds = operation == EPOLL_CTL_ADD;
	if (adds == socket->watched)
		return (int)fail(adds ? EEXIST : ENOENT);
	socket->watched = operation != EPOLL_CTL_DEL;
	if (socket->watched)
		socket->interest = *event;
	return 0;
}

/* Several ready sockets are reported in the order of their descriptors. Nothing else can be ready: libevent
 * watches its signal pipe only once a signal is waited for. And there is no time to wait, because every pass is
 * NONBLOCK. */
int epoll_wait(int epoll, struct epoll_event *events, int most, int timeout_ms)
{
	(void)epoll, (void)timeout_ms;
	int count = 0;
	on_poll();
	for (int i = 0; i < kernel.count && count < most; i++) {
		const struct socket *socket = kernel.sockets[i];
		uint32_t ready = socket->watched ? readiness(socket) & socket->interest.events : 0;
		if (!ready)
			continue;
		events[count] = socket->interest;
		events[count++].events = ready;
	}
	return count;
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
