/* libevent's evbuffer under the operations of `src/evbuffer.rs`, timed here. Arguments: the operation's name, and how many rounds of it.
 * Prints nanoseconds of the processor for one operation. */
#include <event2/buffer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static char data[65536];

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}

static long add(struct evbuffer *buffer, size_t size, long times)
{
	for (long i = 0; i < times; i++)
		evbuffer_add(buffer, data, size);
	evbuffer_drain(buffer, size * times);
	return times;
}

static long drain(struct evbuffer *buffer)
{
	long times = 0;
	evbuffer_add(buffer, data, 4096);
	for (; evbuffer_get_length(buffer) > 0; times++)
		evbuffer_drain(buffer, 10);
	return times;
}

static long move(struct evbuffer *from, struct evbuffer *to)
{
	for (int i = 0; i < 50; i++) {
		evbuffer_add_buffer(to, from);
		evbuffer_add_buffer(from, to);
	}
	return 100;
}

static long part(struct evbuffer *from, struct evbuffer *to)
{
	long times = 0;
	evbuffer_add(from, data, 4096);
	for (; evbuffer_get_length(from) > 0; times++)
		evbuffer_remove_buffer(from, to, 10);
	evbuffer_drain(to, evbuffer_get_length(to));
	return times;
}

static long find(struct evbuffer *buffer)
{
	return evbuffer_search(buffer, "\r\n\r\n", 4, NULL).pos > 0;
}

static long lines(struct evbuffer *buffer)
{
	long times = 0;
	char *line;
	evbuffer_add(buffer, data, 4000);
	for (; (line = evbuffer_readln(buffer, NULL, EVBUFFER_EOL_CRLF)) != NULL; times++)
		free(line);
	return times;
}

int main(int count, char **arguments)
{
	struct evbuffer *one = evbuffer_new(), *other = evbuffer_new();
	long rounds, operations = 0, filled = 0;
	const char *name = arguments[1];
	double began;
	if (count != 3)
		return 2;
	rounds = atol(arguments[2]);
	memset(data, 'x', sizeof data);
	if (!strcmp(name, "readline 40 B"))
		for (int end = 40; end <= 4000; end += 40)
			memcpy(data + end - 2, "\r\n", 2);
	if (!strcmp(name, "move 1 KiB"))
		filled = 1024;
	if (!strcmp(name, "move 64 KiB") || !strcmp(name, "find in 64 KiB"))
		filled = 65536;
	if (!strcmp(name, "move 1 MiB"))
		filled = 1048576;
	for (long left = filled; left > 0; left -= 1024)
		evbuffer_add(one, data, 1024);
	if (!strcmp(name, "find in 64 KiB"))
		evbuffer_add(one, "\r\n\r\n", 4);
	began = now();
	for (long i = 0; i < rounds; i++) {
		if (!strcmp(name, "add 10 B"))
			operations += add(one, 10, 100);
		else if (!strcmp(name, "add 4 KiB"))
			operations += add(one, 4096, 16);
		else if (!strcmp(name, "drain 10 B"))
			operations += drain(one);
		else if (!strncmp(name, "move ", 5) && filled)
			operations += move(one, other);
		else if (!strcmp(name, "move 10 B of more"))
			operations += part(one, other);
		else if (!strcmp(name, "find in 64 KiB"))
			operations += find(one);
		else if (!strcmp(name, "readline 40 B"))
			operations += lines(one);
		else
			return 2;
	}
	printf("%.3f\n", (now() - began) / operations);
	return 0;
}
