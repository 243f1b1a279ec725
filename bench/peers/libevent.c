/* The tutorial's echo server on libevent, as its users write it: one base, one bufferevent a connection.
 * Arguments: "plain" or the prefix's name "prefix", and the high watermark, 0 for none. */
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *prefix = "I have recvieced the msg: ";
static int plain;
static size_t high;

static void on_read(struct bufferevent *connection, void *unused)
{
	struct evbuffer *output = bufferevent_get_output(connection);
	(void)unused;
	if (!plain)
		evbuffer_add(output, prefix, strlen(prefix));
	bufferevent_read_buffer(connection, output);
}

static void on_event(struct bufferevent *connection, short what, void *unused)
{
	(void)what, (void)unused;
	bufferevent_free(connection);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *peer, int length, void *base)
{
	struct bufferevent *connection = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
	int one = 1;
	(void)listener, (void)peer, (void)length;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	bufferevent_setcb(connection, on_read, NULL, on_event, NULL);
	bufferevent_setwatermark(connection, EV_READ, 0, high);
	bufferevent_enable(connection, EV_READ | EV_WRITE);
}

int main(int count, char **arguments)
{
	struct event_base *base = event_base_new();
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof address;
	struct evconnlistener *listener;
	if (count != 3)
		return 2;
	plain = strcmp(arguments[1], "plain") == 0;
	high = strtoul(arguments[2], NULL, 10);
	signal(SIGPIPE, SIG_IGN);
	listener = evconnlistener_new_bind(base, on_accept, base, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE, 4096,
	    (struct sockaddr *)&address, sizeof address);
	if (listener == NULL || getsockname(evconnlistener_get_fd(listener), (struct sockaddr *)&address, &length) != 0)
		return 1;
	printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
	fflush(stdout);
	return event_base_dispatch(base) < 0;
}
