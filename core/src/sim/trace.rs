//! The conformance trace: what an application and its peer can see, in the words of the scenario format.

use std::fmt;

use serde::Serialize;

use super::Data;
use crate::{Directions, What};

/// One line of a conformance trace. Displays as its JSON object, keys in the format's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum TraceLine {
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
    /// The peer took these bytes.
    PeerRecv {
        /// Possibly none.
        peer_recv: Data,
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
        /// Bytes in the kernel's receive queue.
        rx: usize,
        /// Bytes in the kernel's send queue.
        tx: usize,
        /// The enabled directions.
        #[serde(serialize_with = "super::names::directions")]
        enabled: Directions,
        /// The directions whose internal event waits for the handle.
        #[serde(serialize_with = "super::names::directions")]
        armed: Directions,
    },
    /// The same, once the bufferevent was freed.
    Freed {
        /// Counts the script steps from 1.
        step: usize,
        /// Always true.
        freed: bool,
        /// Bytes in the kernel's receive queue.
        rx: usize,
        /// Bytes in the kernel's send queue.
        tx: usize,
    },
}

impl TraceLine {
    pub(crate) fn event(what: What, input: usize, output: usize) -> Self {
        Self::Event { cb: "event", what: what.bits(), r#in: input, out: output }
    }
}

impl fmt::Display for TraceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_string(self).map_err(|_| fmt::Error)?;
        f.write_str(&json)
    }
}
