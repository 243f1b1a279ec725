//! The keys of both formats, once: what stands here is read, and stands in the schema.

use super::action::On;
use super::shape::{Case, Cases, Key, Shape, names};
use crate::said::phrase;
use crate::{Connect, Dialect, Direction, EolStyle, Errno, FilterKind, FlushMode, What};

pub(super) const OPS: [(&str, Direction); 2] = [("read", Direction::Read), ("write", Direction::Write)];

/// The errors that calls can be made to give.
pub(super) const ERRNOS: [(&str, Errno); 5] = [
    ("EINTR", Errno::Interrupted),
    ("EAGAIN", Errno::Again),
    ("ECONNRESET", Errno::ConnectionReset),
    ("EPIPE", Errno::BrokenPipe),
    ("ETIMEDOUT", Errno::TimedOut),
];

pub(super) const CONNECTS: [(&str, Connect); 3] =
    [("accepted", Connect::Accepted), ("refused", Connect::Refused), ("pending", Connect::Pending)];

pub(super) const FILTERS: [(&str, FilterKind); 5] = FilterKind::NAMED;

pub(super) const EOLS: [(&str, EolStyle); 5] = [
    ("lf", EolStyle::Lf),
    ("crlf", EolStyle::Crlf),
    ("crlf_strict", EolStyle::CrlfStrict),
    ("any", EolStyle::Any),
    ("nul", EolStyle::Nul),
];

pub(super) const FLUSH_MODES: [(&str, FlushMode); 3] =
    [("normal", FlushMode::Normal), ("flush", FlushMode::Flush), ("finished", FlushMode::Finished)];

pub(super) const FLAGS: [(&str, What); 6] = [
    ("reading", What::READING),
    ("writing", What::WRITING),
    ("eof", What::EOF),
    ("error", What::ERROR),
    ("timeout", What::TIMEOUT),
    ("connected", What::CONNECTED),
];

/// The callbacks that `set_callbacks` sets.
pub(super) const CALLBACKS: [(&str, On); 3] =
    [("read", On::Read), ("write", On::Write), ("event", On::Event)];

/// What `count_of` counts by these names. No timer is called so.
pub(super) const PROGRAMS: [(&str, On); 5] = [
    ("on_read", On::Read),
    ("on_write", On::Write),
    ("on_event", On::Event),
    ("on_input", On::Input),
    ("on_output", On::Output),
];

pub(super) const DIALECTS: [(&str, Dialect); Dialect::ALL.len()] = {
    let mut table = [("", Dialect::ALL[0]); Dialect::ALL.len()];
    let mut at = 0;
    while at < table.len() {
        table[at] = (Dialect::ALL[at].as_str(), Dialect::ALL[at]);
        at += 1;
    }
    table
};

/// How many bufferevents there may be, and how many timers: a trace has a line for each after each step.
pub(super) const MOST: usize = 100;

/// Larger numbers are not exact in JSON.
const LARGEST: u64 = 1 << 53;

static WHOLE: Shape = Shape::Whole(0, u32::MAX as u64);
static CAPACITY: Shape = Shape::Whole(1, u32::MAX as u64);
static LIMIT: Shape = Shape::Whole(1, LARGEST);
static PRIORITY: Shape = Shape::Whole(0, 254);
static PRIORITIES: Shape = Shape::Whole(1, 255);
static TEXT: Shape = Shape::Text;
static FLAG: Shape = Shape::Flag;
static TRUE: Shape = Shape::True;
static NAME: Shape = Shape::Name;

static DIALECT: Shape = Shape::Choice(&names(&DIALECTS));
static OP: Shape = Shape::Choice(&names(&OPS));
static ERRNO: Shape = Shape::Choice(&names(&ERRNOS));
static CONNECT: Shape = Shape::Choice(&names(&CONNECTS));
static FILTER: Shape = Shape::Choice(&names(&FILTERS));
static EOL: Shape = Shape::Choice(&names(&EOLS));
static FLUSH_MODE: Shape = Shape::Choice(&names(&FLUSH_MODES));
static EVENT_FLAG: Shape = Shape::Choice(&names(&FLAGS));
static CALLBACK: Shape = Shape::Choice(&names(&CALLBACKS));

static DATA: Shape = Shape::Named(
    "data",
    &Shape::Either(
        phrase!("a string"),
        &[Shape::Text, Shape::Object(&[Key::required("bytes", &Shape::Bytes)])],
    ),
);
static AMOUNT: Shape = Shape::Either(
    phrase!("a whole number or \"all\""),
    &[Shape::Whole(0, u32::MAX as u64), Shape::Word("all")],
);
static DIRECTIONS: Shape = Shape::Named("directions", &Shape::List(&OP));
static ONE_OR_MORE: Shape =
    Shape::Either(phrase!("a direction or a list of them"), &[Shape::Choice(&names(&OPS)), Shape::List(&OP)]);
static EVENT_FLAGS: Shape = Shape::Named(
    "flags",
    &Shape::Either(
        phrase!("a list of flags, one flag or their sum"),
        &[Shape::List(&EVENT_FLAG), Shape::Choice(&names(&FLAGS)), Shape::Whole(0, 0xff)],
    ),
);

static MARK_KEYS: [Key; 2] = [Key::optional("low", &WHOLE), Key::optional("high", &WHOLE)];
static MARKS: Shape = Shape::Named("marks", &Shape::Object(&MARK_KEYS));
static DIRECTION_SPEC: Shape = Shape::Named(
    "direction",
    &Shape::Object(&[
        Key::optional("low", &WHOLE),
        Key::optional("high", &WHOLE),
        Key::optional("timeout_ms", &WHOLE),
    ]),
);
static KERNEL: Shape = Shape::Named(
    "socket",
    &Shape::Object(&[Key::optional("rx_capacity", &CAPACITY), Key::optional("tx_capacity", &CAPACITY)]),
);

/// What both formats can do.
static ACTS: [Case; 8] = [
    Case::to("read", &AMOUNT),
    Case::to("write", &DATA),
    Case::to("echo", &DATA),
    Case::to("enable", &DIRECTIONS),
    Case::to("disable", &DIRECTIONS),
    Case::to(
        "set_watermark",
        &Shape::Object(&[Key::optional("read", &MARKS), Key::optional("write", &MARKS)]),
    ),
    Case::to(
        "set_timeouts",
        &Shape::Object(&[Key::optional("read_ms", &WHOLE), Key::optional("write_ms", &WHOLE)]),
    ),
    Case::to("free", &TRUE),
];

static TRIGGER_KEYS: [Key; 2] = [Key::optional("ignore_watermarks", &FLAG), Key::optional("defer", &FLAG)];

/// What only format 2 can.
static MORE_ACTS: [Case; 22] = [
    Case::to("move_to", &NAME),
    Case::to("write_buffer", &DATA),
    Case::to("readline", &EOL).with(&[Key::optional("repeat", &FLAG), Key::optional("then", &ACTIONS)]),
    Case::to("write_line", &DATA),
    Case::to("peek", &WHOLE),
    Case::to("drain", &AMOUNT),
    Case::to("pullup", &AMOUNT),
    Case::to("prepend", &DATA),
    Case::to("trigger", &ONE_OR_MORE).with(&TRIGGER_KEYS),
    Case::to("trigger_event", &EVENT_FLAGS).with(&TRIGGER_KEYS),
    Case::to("flush", &FLUSH_MODE).with(&[Key::optional("directions", &DIRECTIONS)]),
    Case::to("set_callbacks", &Shape::List(&CALLBACK)),
    Case::to("max_single_read", &WHOLE),
    Case::to("max_single_write", &WHOLE),
    Case::to("connect", &CONNECT),
    Case::of_the_loop("loop_break", &TRUE),
    Case::of_the_loop("loop_exit", &TRUE),
    Case::of_the_loop("sleep_ms", &WHOLE),
    Case::of_the_loop("activate", &NAME),
    Case::of_the_loop("add_timer", &NAME).with(&[Key::optional("after_ms", &WHOLE)]),
    Case::of_the_loop("del_timer", &NAME),
    Case::of_the_loop("if", &CONDITION)
        .with(&[Key::optional("then", &ACTIONS), Key::optional("else", &ACTIONS)]),
];

static CONDITION: Shape = Shape::Named("condition", &Shape::Object(&CONDITION_KEYS));
static CONDITION_KEYS: [Key; 8] = [
    Key::optional("input_at_least", &WHOLE),
    Key::optional("input_of", &NAME),
    Key::optional("output_of", &NAME),
    Key::optional(
        "line_there",
        &Shape::Either(phrase!("true or a kind of line"), &[Shape::True, Shape::Choice(&names(&EOLS))]),
    ),
    Key::optional("event_has", &EVENT_FLAGS),
    Key::optional(
        "count_of",
        &Shape::Either(phrase!("a whole number or a name"), &[Shape::Whole(0, u32::MAX as u64), Shape::Name]),
    ),
    Key::optional("at_least", &WHOLE),
    Key::optional("of", &NAME),
];

static TARGET: Key = Key::optional("of", &NAME);

/// What happens to a socket.
static PEERS: [Case; 5] = [
    Case::to("peer_send", &DATA),
    Case::to("peer_recv", &WHOLE),
    Case::to("peer_shutdown", &TRUE),
    Case::to("peer_reset", &TRUE),
    Case::to(
        "inject",
        &Shape::Object(&[
            Key::required("op", &OP),
            Key::required("errno", &ERRNO),
            Key::optional("times", &WHOLE),
        ]),
    ),
];

/// What happens to one that connects.
static MORE_PEERS: [Case; 2] = [Case::to("peer_accept", &TRUE), Case::to("peer_refuse", &TRUE)];

static TIME: [Case; 2] = [Case::of_the_loop("advance_ms", &WHOLE), Case::of_the_loop("turn", &WHOLE)];

static ACTION_1: Shape = Shape::Named("action_1", &Shape::Cases(Cases { groups: &[&ACTS], target: None }));
static STEP_1: Shape =
    Shape::Named("step_1", &Shape::Cases(Cases { groups: &[&ACTS, &PEERS, &TIME], target: None }));
static ACTION: Shape =
    Shape::Named("action", &Shape::Cases(Cases { groups: &[&ACTS, &MORE_ACTS], target: Some(&TARGET) }));
static STEP: Shape = Shape::Named(
    "step",
    &Shape::Cases(Cases { groups: &[&ACTS, &MORE_ACTS, &PEERS, &MORE_PEERS, &TIME], target: Some(&TARGET) }),
);
static ACTIONS: Shape = Shape::List(&ACTION);

static CALLS_1: Shape = Shape::List(&Shape::List(&ACTION_1));
static CALLS: Shape = Shape::List(&ACTIONS);
static PROGRAM_1: Shape = Shape::Named(
    "program_1",
    &Shape::Either(phrase!("a list"), &[Shape::Null, Shape::Named("calls_1", &CALLS_1)]),
);
static PROGRAM: Shape =
    Shape::Named("program", &Shape::Either(phrase!("a list"), &[Shape::Null, Shape::Named("calls", &CALLS)]));

/// The settings of a bufferevent in format 2.
static BUFFEREVENT: Shape = Shape::Named(
    "bufferevent",
    &Shape::Object(&[
        Key::optional("socket", &KERNEL),
        Key::optional("pair_with", &NAME),
        Key::optional("filter_over", &NAME),
        Key::optional("input_filter", &FILTER),
        Key::optional("output_filter", &FILTER),
        Key::optional("connect", &CONNECT),
        Key::optional("read", &DIRECTION_SPEC),
        Key::optional("write", &DIRECTION_SPEC),
        Key::optional("enable", &DIRECTIONS),
        Key::optional("deferred", &FLAG),
        Key::optional("close_on_free", &FLAG),
        Key::optional("max_single_read", &WHOLE),
        Key::optional("max_single_write", &WHOLE),
        Key::optional("priority", &PRIORITY),
        Key::optional("on_read", &PROGRAM),
        Key::optional("on_write", &PROGRAM),
        Key::optional("on_event", &PROGRAM),
        Key::optional("on_input", &PROGRAM),
        Key::optional("on_output", &PROGRAM),
    ]),
);

static TIMER: Shape = Shape::Named(
    "timer",
    &Shape::Object(&[
        Key::optional("after_ms", &WHOLE),
        Key::optional("persist", &FLAG),
        Key::optional("priority", &PRIORITY),
        Key::optional("do", &CALLS),
    ]),
);

/// One bufferevent on a socket.
pub(super) static FORMAT_1: Shape = Shape::Object(&[
    Key::required("format", &Shape::Exactly(1)),
    Key::required("dialect", &DIALECT),
    Key::optional("name", &TEXT),
    Key::optional("title", &TEXT),
    Key::optional("description", &TEXT),
    Key::optional("kernel", &KERNEL),
    Key::optional(
        "bufferevent",
        &Shape::Object(&[
            Key::optional("read", &DIRECTION_SPEC),
            Key::optional("write", &DIRECTION_SPEC),
            Key::optional("enable", &DIRECTIONS),
        ]),
    ),
    Key::optional(
        "app",
        &Shape::Object(&[
            Key::optional("on_read", &PROGRAM_1),
            Key::optional("on_write", &PROGRAM_1),
            Key::optional("on_event", &PROGRAM_1),
        ]),
    ),
    Key::optional("script", &Shape::List(&STEP_1)),
]);

/// A program.
pub(super) static FORMAT_2: Shape = Shape::Object(&[
    Key::required("format", &Shape::Exactly(2)),
    Key::required("dialect", &DIALECT),
    Key::optional("name", &TEXT),
    Key::optional("title", &TEXT),
    Key::optional("description", &TEXT),
    Key::optional("priorities", &PRIORITIES),
    Key::optional(
        "limits",
        &Shape::Object(&[Key::optional("records", &LIMIT), Key::optional("bytes", &LIMIT)]),
    ),
    Key::required("bufferevents", &Shape::Map(&BUFFEREVENT, MOST)),
    Key::optional("timers", &Shape::Map(&TIMER, MOST)),
    Key::optional("script", &Shape::List(&STEP)),
]);

/// One step of a script in format 1.
pub(super) static SCRIPT_STEP_1: &Shape = &STEP_1;

/// One step of a script in format 2.
pub(super) static SCRIPT_STEP: &Shape = &STEP;

/// The keys of all actions.
pub(super) fn acts() -> impl Iterator<Item = &'static str> {
    ACTS.iter().chain(&MORE_ACTS).map(|case| case.key.name)
}

/// Whether format 1 has an action or a happening with this key.
pub(super) fn format_1_has(key: &str) -> bool {
    ACTS.iter().chain(&PEERS).any(|case| case.key.name == key)
}
