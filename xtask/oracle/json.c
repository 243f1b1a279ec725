#include "json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle.h"

static const char *at;

static struct json *value(void);

static void space(void)
{
	at += strspn(at, " \t\r\n");
}

static bool skip(const char *word)
{
	size_t length = strlen(word);
	bool is_there = !strncmp(at, word, length);
	if (is_there)
		at += length;
	return is_there;
}

static void expect(const char *word)
{
	space();
	if (!skip(word))
		malformed("not JSON", at);
	space();
}

static unsigned hex(void)
{
	unsigned code = 0;
	for (int digit = 0; digit < 4; digit++, at++) {
		static const char digits[] = "0123456789abcdef0123456789ABCDEF";
		const char *found = *at ? strchr(digits, *at) : NULL;
		if (!found)
			malformed("not four hexadecimal digits", at);
		code = code * 16 + (unsigned)(found - digits) % 16;
	}
	return code;
}

static char *utf8(char *to, unsigned code)
{
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	int bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	if (bytes == 1)
		return *to = (char)code, to + 1;
	for (int byte = bytes - 1; byte > 0; byte--, code >>= 6)
		to[byte] = (char)(0x80 | (code & 0x3f));
	*to = (char)(lead[bytes] | code);
	return to + bytes;
}

static char *escaped(char *to)
{
	static const char names[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
	char name = *at++;
	if (name == 'u') {
		unsigned code = hex();
		if (code >= 0xd800 && code < 0xdc00 && skip("\\u"))
			code = 0x10000 + ((code - 0xd800) << 10) + (hex() - 0xdc00);
		return utf8(to, code);
	}
	const char *found = name ? strchr(names, name) : NULL;
	if (!found)
		malformed("not an escape", at - 1);
	*to = bytes[found - names];
	return to + 1;
}

/* After the opening quote. No escape is shorter than what it stands for. */
static char *string(size_t *length)
{
	char *text = grow(NULL, strcspn(at, "") + 1), *to = text;
	while (!skip("\"")) {
		if ((unsigned char)*at < 32)
			malformed("a text without an end", text);
		if (skip("\\"))
			to = escaped(to);
		else
			*to++ = *at++;
	}
	*to = '\0';
	*length = (size_t)(to - text);
	return grow(text, *length + 1);
}

static void members(struct json *list, const char *end)
{
	struct json **last = &list->first;
	space();
	if (skip(end))
		return;
	do {
		size_t length;
		const char *key = NULL;
		space();
		if (list->kind == JSON_OBJECT) {
			expect("\"");
			key = string(&length);
			expect(":");
		}
		*last = value();
		(*last)->key = key;
		last = &(*last)->next;
		list->length++;
		space();
	} while (skip(","));
	expect(end);
}

static uint64_t digits(void)
{
	uint64_t number = 0;
	const char *start = at;
	for (; *at >= '0' && *at <= '9'; at++) {
		if (number > (UINT64_MAX - 9) / 10)
			malformed("a number too large", start);
		number = number * 10 + (uint64_t)(*at - '0');
	}
	if (at == start)
		malformed("not JSON", at);
	return number;
}

static struct json *value(void)
{
	struct json *value = grow(NULL, sizeof *value);
	memset(value, 0, sizeof *value);
	space();
	if (skip("{")) {
		value->kind = JSON_OBJECT;
		members(value, "}");
	} else if (skip("[")) {
		value->kind = JSON_ARRAY;
		members(value, "]");
	} else if (skip("\"")) {
		value->kind = JSON_STRING;
		value->text = string(&value->length);
	} else if (skip("true")) {
		value->kind = JSON_TRUE;
	} else if (skip("false")) {
		value->kind = JSON_FALSE;
	} else if (!skip("null")) {
		value->kind = JSON_NUMBER;
		value->number = digits();
	}
	return value;
}

const struct json *json_parse(const char *text)
{
	at = text;
	const struct json *parsed = value();
	space();
	if (*at)
		malformed("more than one value", at);
	return parsed;
}

const struct json *json_get(const struct json *object, const char *key)
{
	if (!object || object->kind != JSON_OBJECT)
		return NULL;
	for (const struct json *member = object->first; member; member = member->next)
		if (!strcmp(member->key, key))
			return member->kind == JSON_NULL ? NULL : member;
	return NULL;
}

uint64_t json_number(const struct json *object, const char *key, uint64_t absent)
{
	const struct json *found = json_get(object, key);
	if (found && found->kind != JSON_NUMBER)
		malformed("not a number", key);
	return found ? found->number : absent;
}

bool json_flag(const struct json *object, const char *key)
{
	const struct json *found = json_get(object, key);
	return found && found->kind == JSON_TRUE;
}

bool json_names(const struct json *value, const char *string)
{
	if (!value || value->kind == JSON_STRING)
		return value && !strcmp(value->text, string);
	for (const struct json *item = value->first; item; item = item->next)
		if (json_names(item, string))
			return true;
	return false;
}

const char *json_bytes(const struct json *value, size_t *length)
{
	const struct json *bytes = json_get(value, "bytes");
	if (!bytes) {
		if (!value || value->kind != JSON_STRING)
			malformed("not a text", value ? value->key : NULL);
		*length = value->length;
		return value->text;
	}
	/* Not in its place: an action is done again. */
	char *start = grow(NULL, bytes->length), *to = start;
	for (const char *from = bytes->text; from < bytes->text + bytes->length; from++) {
		unsigned char byte = (unsigned char)*from;
		/* Two bytes of UTF-8 at most: its character is a byte's number. */
		if (byte >= 0x80)
			byte = (unsigned char)(byte << 6 | (*++from & 0x3f));
		*to++ = (char)byte;
	}
	*length = (size_t)(to - start);
	return start;
}

/* The bytes of the character that starts here, or 0 where none does. */
static size_t character(const unsigned char *text, size_t length)
{
	static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t bytes = *text < 0x80 ? 1 : *text < 0xc0 ? 0 : *text < 0xe0 ? 2 : *text < 0xf0 ? 3 : *text < 0xf8 ? 4 : 0;
	if (!bytes || bytes > length)
		return 0;
	unsigned code = bytes == 1 ? *text : *text & (0x7fu >> bytes);
	for (size_t i = 1; i < bytes; i++) {
		if (text[i] >> 6 != 2)
			return 0;
		code = code << 6 | (text[i] & 0x3f);
	}
	return code < least[bytes] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? 0 : bytes;
}

void json_print(const char *bytes, size_t length)
{
	const unsigned char *text = (const unsigned char *)bytes;
	size_t valid = 0, step = 1;
	while (valid < length && (step = character(text + valid, length - valid)))
		valid += step;
	bool is_text = valid == length;
	printf(is_text ? "\"" : "{\"bytes\":\"");
	for (size_t i = 0; i < length; i++) {
		if (text[i] < 32 || text[i] == '"' || text[i] == '\\' || (text[i] >= 0x80 && !is_text))
			printf("\\u%04x", text[i]);
		else
			putchar(text[i]);
	}
	printf(is_text ? "\"" : "\"}");
}
