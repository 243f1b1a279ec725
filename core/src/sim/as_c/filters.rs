//! The built-in filters, as functions for `bufferevent_filter_new`. Each takes bytes in one call and gives in another.

pub(super) const ROT13: &str = r#"
/* A filter that turns letters by 13 places, which is its own way back. */
static enum bufferevent_filter_result rot13(struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit,
					    enum bufferevent_flush_mode mode, void *context)
{
	size_t length = evbuffer_get_length(from);
	char *bytes;

	(void)mode;
	(void)context;
	if (limit >= 0 && length > (size_t)limit)
		length = (size_t)limit;
	if (length == 0)
		return BEV_NEED_MORE;
	bytes = malloc(length);
	if (!bytes)
		abort();
	evbuffer_remove(from, bytes, length);
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] >= 'a' && bytes[i] <= 'z')
			bytes[i] = 'a' + (bytes[i] - 'a' + 13) % 26;
		else if (bytes[i] >= 'A' && bytes[i] <= 'Z')
			bytes[i] = 'A' + (bytes[i] - 'A' + 13) % 26;
	}
	evbuffer_add(to, bytes, length);
	free(bytes);
	return BEV_OK;
}
"#;

pub(super) const DOUBLE_OUT: &str = r#"
/* A filter that writes each byte twice. */
static enum bufferevent_filter_result double_out(struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit,
						 enum bufferevent_flush_mode mode, void *context)
{
	size_t length = evbuffer_get_length(from);
	char *bytes;

	(void)mode;
	(void)context;
	if (limit >= 0 && length > (size_t)limit / 2)
		length = (size_t)limit / 2;
	if (length == 0)
		return BEV_NEED_MORE;
	bytes = malloc(length * 2);
	if (!bytes)
		abort();
	evbuffer_remove(from, bytes + length, length);
	for (size_t i = 0; i < length; i++)
		bytes[i * 2] = bytes[i * 2 + 1] = bytes[length + i];
	evbuffer_add(to, bytes, length * 2);
	free(bytes);
	return BEV_OK;
}
"#;

pub(super) const DOUBLE_IN: &str = r#"
/* The way back: of two bytes one. An odd one waits. */
static enum bufferevent_filter_result double_in(struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit,
						enum bufferevent_flush_mode mode, void *context)
{
	size_t length = evbuffer_get_length(from) / 2;
	char *bytes;

	(void)mode;
	(void)context;
	if (limit >= 0 && length > (size_t)limit)
		length = (size_t)limit;
	if (length == 0)
		return BEV_NEED_MORE;
	bytes = malloc(length * 2);
	if (!bytes)
		abort();
	evbuffer_remove(from, bytes, length * 2);
	for (size_t i = 0; i < length; i++)
		bytes[i] = bytes[i * 2];
	evbuffer_add(to, bytes, length);
	free(bytes);
	return BEV_OK;
}
"#;

pub(super) const FRAME_OUT: &str = r#"
/* A filter that writes frames: how many bytes, a colon, and the bytes, at most 64. */
static enum bufferevent_filter_result frame_out(struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit,
						enum bufferevent_flush_mode mode, void *context)
{
	char frame[64 + 4];
	size_t length = evbuffer_get_length(from);
	int head;

	(void)limit;
	(void)mode;
	(void)context;
	if (length == 0)
		return BEV_NEED_MORE;
	if (length > 64)
		length = 64;
	head = snprintf(frame, sizeof frame, "%d:", (int)length);
	evbuffer_remove(from, frame + head, length);
	evbuffer_add(to, frame, (size_t)head + length);
	return BEV_OK;
}
"#;

pub(super) const FRAME_IN: &str = r#"
/* The way back: one whole frame a call. */
static enum bufferevent_filter_result frame_in(struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit,
					       enum bufferevent_flush_mode mode, void *context)
{
	size_t available = evbuffer_get_length(from), head = 0, length = 0;
	char digits[10];
	ev_ssize_t there = evbuffer_copyout(from, digits, sizeof digits);
	char *frame;

	(void)limit;
	(void)mode;
	(void)context;
	while (head < (size_t)there && digits[head] >= '0' && digits[head] <= '9')
		length = length * 10 + (size_t)(digits[head++] - '0');
	if (head == sizeof digits)
		return BEV_ERROR;
	if (head == available)
		return BEV_NEED_MORE;
	if (head == 0 || digits[head] != ':')
		return BEV_ERROR;
	if (available - head - 1 < length)
		return BEV_NEED_MORE;
	frame = malloc(head + 1 + length);
	if (!frame)
		abort();
	evbuffer_remove(from, frame, head + 1 + length);
	evbuffer_add(to, frame + head + 1, length);
	free(frame);
	return BEV_OK;
}
"#;

pub(super) const HOLD: &str = r#"
/* A filter through which nothing goes before a flush. */
static enum bufferevent_filter_result hold(struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit,
					   enum bufferevent_flush_mode mode, void *context)
{
	(void)limit;
	(void)context;
	if (mode == BEV_NORMAL || evbuffer_get_length(from) == 0)
		return BEV_NEED_MORE;
	return evbuffer_add_buffer(to, from) == 0 ? BEV_OK : BEV_ERROR;
}
"#;
