//! The functions that the programs share. Only those that a program calls are printed in it.

use super::api::Api;
use super::filters;

/// One of them. In the order in which they are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Helper {
    PrintCallback,
    PrintEvent,
    PrintBuffer,
    PrintTimer,
    Take,
    Peek,
    Echo,
    WriteBuffer,
    WriteLine,
    LineThere,
    Rot13,
    DoubleIn,
    DoubleOut,
    FrameIn,
    FrameOut,
    Hold,
    SocketWithPeer,
    BindToLoopback,
    PeerSend,
    PeerRecv,
    PeerReset,
    Turn,
}

impl Helper {
    /// What it includes besides what every program does.
    pub(super) const fn headers(self) -> &'static [&'static str] {
        match self {
            Self::Take => &["stdint.h", "stdlib.h"],
            Self::Echo | Self::WriteLine => &["stdlib.h", "string.h"],
            Self::SocketWithPeer | Self::Peek => &["stdlib.h"],
            Self::Rot13 | Self::DoubleIn | Self::DoubleOut | Self::FrameIn => &["stdlib.h"],
            Self::BindToLoopback => &["netinet/in.h", "signal.h", "stdlib.h", "string.h"],
            Self::PeerReset => &["signal.h"],
            _ => &[],
        }
    }

    /// Its definition. `spins` when passes have to be broken off.
    pub(super) fn definition(self, api: &Api, spins: bool) -> String {
        let count = if spins { COUNT } else { "" };
        let text = self.template(spins).replace("{count}", count).replace("{flags}", api.flags);
        let text = text
            .replace("{in}", &api.length(&api.input("bev")))
            .replace("{out}", &api.length(&api.output("bev")));
        text.trim().to_owned()
    }

    const fn template(self, spins: bool) -> &'static str {
        match self {
            Self::PrintCallback => PRINT_CALLBACK,
            Self::PrintEvent => PRINT_EVENT,
            Self::PrintBuffer => PRINT_BUFFER,
            Self::PrintTimer => PRINT_TIMER,
            Self::Take => TAKE,
            Self::Peek => PEEK,
            Self::Echo => ECHO,
            Self::WriteBuffer => WRITE_BUFFER,
            Self::WriteLine => WRITE_LINE,
            Self::LineThere => LINE_THERE,
            Self::Rot13 => filters::ROT13,
            Self::DoubleIn => filters::DOUBLE_IN,
            Self::DoubleOut => filters::DOUBLE_OUT,
            Self::FrameIn => filters::FRAME_IN,
            Self::FrameOut => filters::FRAME_OUT,
            Self::Hold => filters::HOLD,
            Self::SocketWithPeer => SOCKET_WITH_PEER,
            Self::BindToLoopback => BIND_TO_LOOPBACK,
            Self::PeerSend => PEER_SEND,
            Self::PeerRecv => PEER_RECV,
            Self::PeerReset => PEER_RESET,
            Self::Turn if spins => TURN_THAT_SPINS,
            Self::Turn => TURN,
        }
    }
}

/// Stands before the helpers where passes have to be broken off.
pub(super) const SPIN: &str = "\
/* Callbacks in this pass of the loop. Some pass would never end: what its callbacks leave behind calls
 * them again at once. So the 50th breaks it off. */
static int callbacks;";

const COUNT: &str = "\tif (++callbacks == 50)\n\t\tevent_base_loopbreak(base);\n";

const PRINT_CALLBACK: &str = r#"
/* Says which callback runs, and what it finds in the two buffers. */
static void print_callback(const char *name, struct bufferevent *bev)
{
	printf("%s in=%zu out=%zu\n", name, {in},
	       {out});
{count}}
"#;

const PRINT_EVENT: &str = r#"
/* The same for what is no data. `what` is a sum of
 * {flags}. */
static void print_event(const char *name, short what, struct bufferevent *bev)
{
	printf("%s what=%d in=%zu out=%zu\n", name, what, {in},
	       {out});
{count}}
"#;

const PRINT_BUFFER: &str = r#"
/* The same for a buffer that changed. */
static void print_buffer(const char *name, const struct evbuffer_cb_info *info, struct bufferevent *bev)
{
	printf("%s added=%zu deleted=%zu in=%zu out=%zu\n", name, info->n_added, info->n_deleted,
	       {in}, {out});
{count}}
"#;

const PRINT_TIMER: &str = r#"
/* The same for a timer. */
static void print_timer(const char *name)
{
	printf("timer %s\n", name);
{count}}
"#;

const TAKE: &str = r#"
/* Takes up to `most` bytes out of input, of those that are there now, and forgets them. */
static void take(struct bufferevent *bev, size_t most)
{
	size_t length = {in};
	char *data = malloc(length + 1);

	if (!data)
		abort();
	bufferevent_read(bev, data, most < length ? most : length);
	free(data);
}
"#;

const PEEK: &str = r#"
/* Copies up to `most` bytes out of input, which stay there, and forgets the copy. */
static void peek(struct bufferevent *bev, size_t most)
{
	size_t length = {in};
	char *copy = malloc(length + 1);

	if (!copy)
		abort();
	evbuffer_copyout(bufferevent_get_input(bev), copy, most < length ? most : length);
	free(copy);
}
"#;

const WRITE_BUFFER: &str = r#"
/* Writes a buffer that holds this text. */
static void write_buffer(struct bufferevent *bev, const char *text, size_t length)
{
	struct evbuffer *buffer = evbuffer_new();

	evbuffer_add(buffer, text, length);
	bufferevent_write_buffer(bev, buffer);
	evbuffer_free(buffer);
}
"#;

const WRITE_LINE: &str = r#"
/* Writes a line behind a prefix, with its end: one write. */
static void write_line(struct bufferevent *bev, const char *prefix, size_t prefix_length, const char *line,
		       size_t length)
{
	char *text = malloc(prefix_length + length + 1);

	if (!text)
		abort();
	memcpy(text, prefix, prefix_length);
	memcpy(text + prefix_length, line, length);
	text[prefix_length + length] = '\n';
	bufferevent_write(bev, text, prefix_length + length + 1);
	free(text);
}
"#;

const LINE_THERE: &str = r#"
/* Whether a buffer holds a whole line. */
static int line_there(struct evbuffer *buffer, enum evbuffer_eol_style eol)
{
	if (eol == EVBUFFER_EOL_CRLF_STRICT)
		return evbuffer_find(buffer, (const u_char *)"\r\n", 2) != NULL;
	return evbuffer_find(buffer, (const u_char *)"\n", 1) != NULL ||
	       (eol == EVBUFFER_EOL_ANY && evbuffer_find(buffer, (const u_char *)"\r", 1) != NULL);
}
"#;

const SOCKET_WITH_PEER: &str = r#"
/* A socket for a bufferevent, and one for its peer. */
static int socket_with_peer(int *peer)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
		perror("socketpair");
		exit(1);
	}
	evutil_make_socket_nonblocking(ends[0]);
	*peer = ends[1];
	return ends[0];
}
"#;

const BIND_TO_LOOPBACK: &str = r#"
/* A socket at an address of this machine that nobody else has. */
static int bind_to_loopback(struct sockaddr_in *address)
{
	socklen_t length = sizeof *address;
	int bound = socket(AF_INET, SOCK_STREAM, 0);

	memset(address, 0, sizeof *address);
	address->sin_family = AF_INET;
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bound < 0 || bind(bound, (struct sockaddr *)address, length) != 0 ||
	    getsockname(bound, (struct sockaddr *)address, &length) != 0) {
		perror("bind");
		exit(1);
	}
	return bound;
}
"#;

const ECHO: &str = r#"
/* Takes all of input, and answers with it behind a prefix: one write. */
static void echo(struct bufferevent *bev, const char *prefix, size_t prefix_length)
{
	size_t length = {in};
	char *reply = malloc(prefix_length + length + 1);

	if (!reply)
		abort();
	memcpy(reply, prefix, prefix_length);
	bufferevent_read(bev, reply + prefix_length, length);
	bufferevent_write(bev, reply, prefix_length + length);
	free(reply);
}
"#;

const PEER_SEND: &str = r#"
/* The peer sends. Nothing reaches a bufferevent that is closed. */
static void peer_send(int peer, const char *text, size_t length)
{
	if (send(peer, text, length, MSG_DONTWAIT | MSG_NOSIGNAL) < (ssize_t)length)
		perror("peer_send");
}
"#;

const PEER_RECV: &str = r#"
/* The peer takes up to `most` bytes of what was sent to it, and they are printed. */
static void peer_recv(int peer, size_t most)
{
	char data[65536];
	ssize_t length = recv(peer, data, most < sizeof data ? most : sizeof data, MSG_DONTWAIT);

	printf("peer_recv ");
	if (length > 0)
		fwrite(data, 1, (size_t)length, stdout);
	printf("\n");
}
"#;

const PEER_RESET: &str = r#"
/* The peer resets the connection. What was on its way is lost, so the bytes that nobody has read are taken from the
 * bufferevent's socket. A socket pair is reset by closing one end while something waits to be read there. */
static void peer_reset(int *peer, int fd)
{
	char lost[4096];

	while (recv(fd, lost, sizeof lost, MSG_DONTWAIT) > 0)
		;
	send(fd, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	close(*peer);
	*peer = -1;
}
"#;

const TURN: &str = r#"
/* So many passes of the loop. Each looks once at what is ready and calls what is due. */
static void turn(int passes)
{
	while (passes-- > 0)
		event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}
"#;

const TURN_THAT_SPINS: &str = r#"
/* So many passes of the loop. Each looks once at what is ready and calls what is due. */
static void turn(int passes)
{
	while (passes-- > 0) {
		callbacks = 0;
		event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
		if (callbacks >= 50)
			printf("spin\n");
	}
}
"#;
