//! The conformance trace: what an application and its peer can see, in the words of the scenario format.

use std::fmt;

use serde::Serialize;

use super::Data;
use super::names::directions;
use crate::{Closing, Directions};

/// One line of a conformance trace. Displays as its JSON object, keys in the format's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TraceLine {
    /// The bufferevent that it is about, by its name; none in format 1, and of what concerns none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// What there was to see.
    #[serde(flatten)]
    pub event: TraceEvent,
}

/// What a line of a trace tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum TraceEvent {
    /// `readcb` or `writecb` was entered, with these lengths of input and output.
    Callback {
        /// `read` or `write`.
        cb: &'static str,
        /// Bytes in input.
        r#in: usize,
        /// Bytes in output.
        out: usize,
    },
    /// The event callback was entered.
    Event {
        /// `event`.
        cb: &'static str,
        /// The flag sum.
        what: u16,
        /// Bytes in input.
        r#in: usize,
        /// Bytes in output.
        out: usize,
    },
    /// An evbuffer callback of the application was entered.
    Buffer {
        /// `input` or `output`.
        cb: &'static str,
        /// Bytes that were added.
        added: usize,
        /// Bytes that were taken.
        deleted: usize,
        /// Bytes in input.
        r#in: usize,
        /// Bytes in output.
        out: usize,
    },
    /// A timer's callback was entered.
    Timer {
        /// `timer`.
        cb: &'static str,
        /// Its name.
        timer: String,
    },
    /// The peer took these bytes.
    PeerRecv {
        /// Possibly none.
        peer_recv: Data,
    },
    /// The application closed the socket.
    PeerSees {
        /// What the peer sees of that.
        peer_sees: Closing,
    },
    /// A call failed, which leaves everything as it was.
    Refused {
        /// The key of the action.
        refused: &'static str,
    },
    /// A pass was broken off.
    Spin {
        /// Always true.
        spin: bool,
    },
    /// The state after a script step, or (0) after set-up.
    State {
        /// Counts the script steps from 1.
        step: usize,
        /// Bytes in input.
        r#in: usize,
        /// Bytes in output.
        out: usize,
        /// Bytes in the kernel's receive queue; none without a socket.
        #[serde(skip_serializing_if = "Option::is_none")]
        rx: Option<usize>,
        /// Bytes in the kernel's send queue; none without a socket.
        #[serde(skip_serializing_if = "Option::is_none")]
        tx: Option<usize>,
        /// The enabled directions.
        #[serde(serialize_with = "directions")]
        enabled: Directions,
        /// The directions whose internal event waits for the handle.
        #[serde(serialize_with = "directions")]
        armed: Directions,
        /// A connection was begun and is undecided.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        connecting: bool,
    },
    /// The same, once the bufferevent was freed.
    Freed {
        /// Counts the script steps from 1.
        step: usize,
        /// Always true.
        freed: bool,
        /// Bytes in the kernel's receive queue; none without a socket.
        #[serde(skip_serializing_if = "Option::is_none")]
        rx: Option<usize>,
        /// Bytes in the kernel's send queue; none without a socket.
        #[serde(skip_serializing_if = "Option::is_none")]
        tx: Option<usize>,
    },
}

impl fmt::Display for TraceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_string(self).map_err(|_| fmt::Error)?;
        f.write_str(&json)
    }
}
