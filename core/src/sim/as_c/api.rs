//! The two interfaces that libevent has had, as a program writes them.

use crate::Dialect;

/// Which headers a program includes, and so which functions it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interface {
    /// `event.h`: structures are open, and the base that was made last is everybody's.
    EventH,
    /// `event2/`, of 2.0: structures are opaque, and every function is told the base.
    Event2,
}

/// What a program calls things.
#[derive(Debug)]
pub(super) struct Api {
    pub(super) interface: Interface,
    pub(super) headers: &'static [&'static str],
    /// The compiler's option for the library.
    pub(super) library: &'static str,
    /// What the event callback's number is made of.
    pub(super) flags: &'static str,
    /// The type of a descriptor.
    pub(super) fd: &'static str,
    input: &'static str,
    output: &'static str,
    length: &'static str,
    handle: &'static str,
}

impl Api {
    pub(super) const fn of(dialect: Dialect) -> &'static Self {
        if dialect.rules().since_2 { &EVENT_2 } else { &EVENT_H }
    }

    /// The input of a bufferevent.
    pub(super) fn input(&self, bev: &str) -> String {
        format!("{}({bev})", self.input)
    }

    /// Its output.
    pub(super) fn output(&self, bev: &str) -> String {
        format!("{}({bev})", self.output)
    }

    /// How many bytes a buffer has.
    pub(super) fn length(&self, buffer: &str) -> String {
        format!("{}({buffer})", self.length)
    }

    /// The descriptor of a bufferevent.
    pub(super) fn handle(&self, bev: &str) -> String {
        self.handle.replace("bev", bev)
    }

    /// How a timer's variable is declared: 1.4 has the event itself.
    pub(super) fn timer_variable(&self, variable: &str) -> String {
        match self.interface {
            Interface::EventH => variable.to_owned(),
            Interface::Event2 => format!("*{variable}"),
        }
    }

    /// The variable of a timer as an argument.
    pub(super) fn timer(&self, variable: &str) -> String {
        match self.interface {
            Interface::EventH => format!("&{variable}"),
            Interface::Event2 => variable.to_owned(),
        }
    }
}

const EVENT_H: Api = Api {
    interface: Interface::EventH,
    headers: &["event.h", "evutil.h"],
    library: "-levent",
    flags: "EVBUFFER_READ 1, EVBUFFER_WRITE 2, EVBUFFER_EOF 16, EVBUFFER_ERROR 32 and EVBUFFER_TIMEOUT 64",
    fd: "int",
    input: "EVBUFFER_INPUT",
    output: "EVBUFFER_OUTPUT",
    length: "EVBUFFER_LENGTH",
    handle: "EVENT_FD(&bev->ev_read)",
};

const EVENT_2: Api = Api {
    interface: Interface::Event2,
    headers: &["event2/buffer.h", "event2/bufferevent.h", "event2/event.h", "event2/util.h"],
    library: "-levent_core",
    flags: "BEV_EVENT_READING 1, BEV_EVENT_WRITING 2, BEV_EVENT_EOF 16, BEV_EVENT_ERROR 32,\n * \
        BEV_EVENT_TIMEOUT 64 and BEV_EVENT_CONNECTED 128",
    fd: "evutil_socket_t",
    input: "bufferevent_get_input",
    output: "bufferevent_get_output",
    length: "evbuffer_get_length",
    handle: "bufferevent_getfd(bev)",
};
