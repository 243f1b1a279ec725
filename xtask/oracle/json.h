/* JSON, as far as scenarios need it: numbers are whole and not negative. */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum json_kind { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* A value. Those of an array or object are linked by `next`. Nothing is ever freed: a process reads one text. */
struct json {
	enum json_kind kind;
	uint64_t number;
	char *text;           /* Of a string: UTF-8, and a NUL after its `length` bytes. */
	size_t length;        /* Bytes of the string, or values of the array or object. */
	const char *key;      /* Where it is in an object. */
	struct json *first, *next;
};

/* The value of a whole text; ends the process where it is none. */
const struct json *json_parse(const char *text);

/* What an object has under this key; NULL if it has nothing or null there, or is itself no object. */
const struct json *json_get(const struct json *object, const char *key);

/* The same as a number, with a default. */
uint64_t json_number(const struct json *object, const char *key, uint64_t absent);

/* The same as true or false; absent is false. */
bool json_flag(const struct json *object, const char *key);

/* Whether the value is this string, or a list with this string in it. */
bool json_names(const struct json *value, const char *string);

/* The bytes that a text of the format stands for: a string's UTF-8, or of {"bytes":"..."} one a character. */
const char *json_bytes(const struct json *value, size_t *length);

/* Prints bytes as such a text, on standard output. */
void json_print(const char *bytes, size_t length);

#endif
