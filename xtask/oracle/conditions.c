#include <string.h>

#include "library.h"
#include "oracle.h"
#include "program.h"

size_t input_length(const struct subject *subject)
{
	return subject->freed ? 0 : EVBUFFER_LENGTH(EVBUFFER_INPUT(subject->bev));
}

size_t output_length(const struct subject *subject)
{
	return subject->freed ? 0 : EVBUFFER_LENGTH(EVBUFFER_OUTPUT(subject->bev));
}

short flags_of(const struct json *flags)
{
	static const struct { const char *name; short flag; } names[] = {
		{ "reading", 0x01 }, { "writing", 0x02 }, { "eof", 0x10 }, { "error", 0x20 }, { "timeout", 0x40 }, { "connected", 0x80 },
	};
	if (flags->kind == JSON_NUMBER)
		return (short)flags->number;
	short sum = 0;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (json_names(flags, names[i].name))
			sum |= names[i].flag;
	return sum;
}

static uint64_t calls_of(const struct subject *of, const char *name)
{
	const struct { const char *name; const struct callback *callback; } callbacks[] = {
		{ "on_read", &of->on_read }, { "on_write", &of->on_write }, { "on_event", &of->on_event },
		{ "on_input", &of->on_input }, { "on_output", &of->on_output },
	};
	for (size_t i = 0; of && i < sizeof callbacks / sizeof *callbacks; i++)
		if (!strcmp(name, callbacks[i].name))
			return callbacks[i].callback->called;
	return timer_named(name)->run.called;
}

const char *line_style(const struct json *style)
{
	return style->kind == JSON_TRUE ? "any" : style->text;
}

bool holds(const struct call *call, const struct json *conditions)
{
	struct subject *of = subject_of(conditions, call->self);
	uint64_t at_least = json_number(conditions, "at_least", 1);
	for (const struct json *condition = conditions->first; condition; condition = condition->next) {
		const char *key = condition->key;
		bool is_met = true;
		if (condition->kind == JSON_NULL || !strcmp(key, "of") || !strcmp(key, "at_least"))
			continue;
		if (!strcmp(key, "input_at_least"))
			is_met = input_length(of) >= condition->number;
		else if (!strcmp(key, "input_of"))
			is_met = input_length(subject_named(condition->text)) >= at_least;
		else if (!strcmp(key, "output_of"))
			is_met = output_length(subject_named(condition->text)) >= at_least;
		else if (!strcmp(key, "line_there"))
			is_met = !of->freed && library_has_line(EVBUFFER_INPUT(of->bev), line_style(condition));
		else if (!strcmp(key, "event_has"))
			is_met = (flags_of(condition) & ~call->what) == 0;
		else if (strcmp(key, "count_of"))
			malformed("not a condition", key);
		else if (condition->kind == JSON_NUMBER)
			is_met = call->counted && call->counted->called >= condition->number;
		else
			is_met = calls_of(of, condition->text) >= at_least;
		if (!is_met)
			return false;
	}
	return true;
}
