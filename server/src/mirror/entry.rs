//! What waits for a viewer: records, a gap, a part of a picture, a pong.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::ws::Utf8Bytes;

/// The largest message of records, in bytes, or a little more.
const MAX_MESSAGE: usize = 256 * 1024;

/// What one queued entry takes besides its text, in bytes.
const ENTRY_BYTES: usize = 64;

/// The text of a picture, in as many messages as it takes. It is shared by the viewers that see the same of it.
#[derive(Debug)]
pub(super) struct SnapshotText {
    /// The parts after the first, which is each viewer's own: it has the viewer's count of records in it.
    pub(super) rest: Vec<Utf8Bytes>,
}

impl SnapshotText {
    pub(super) fn bytes(&self) -> usize {
        self.rest.iter().map(|part| part.len()).sum()
    }
}

/// Something to be sent.
#[derive(Debug)]
pub(super) enum Entry {
    Records(Records),
    /// So many records are missing here, or more, if for some of the time none were made.
    Gap {
        lost: u64,
        at_least: bool,
    },
    /// The beginning of a picture.
    First(Utf8Bytes),
    /// A later part of one.
    Part {
        of: Arc<SnapshotText>,
        index: usize,
    },
    Pong,
}

impl Entry {
    pub(super) fn bytes(&self) -> usize {
        ENTRY_BYTES
            + match self {
                Self::Records(records) => records.held(),
                Self::First(text) => text.len(),
                Self::Part { of, index } => of.rest[*index].len(),
                Self::Gap { .. } | Self::Pong => 0,
            }
    }

    pub(super) const fn is_of_snapshot(&self) -> bool {
        matches!(self, Self::First(_) | Self::Part { .. })
    }
}

/// Records as one message. It is written when they come, so that nothing is kept of them but what is sent.
#[derive(Debug)]
pub(super) struct Records {
    text: String,
    count: u64,
}

impl Records {
    pub(super) fn new() -> Self {
        Self { text: r#"{"kind":"records","records":["#.into(), count: 0 }
    }

    /// A record as JSON from behind its `seq` on.
    pub(super) fn push(&mut self, seq: u64, rest: &str) {
        let comma = if self.count > 0 { "," } else { "" };
        // A string takes everything.
        let _ = write!(self.text, "{comma}{{\"seq\":{seq},");
        self.text.push_str(rest);
        self.count += 1;
    }

    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    /// Whether another one still goes into the same message.
    pub(super) const fn has_room(&self) -> bool {
        self.text.len() < MAX_MESSAGE
    }

    /// Bytes of memory.
    pub(super) const fn held(&self) -> usize {
        self.text.capacity()
    }

    /// The message.
    pub(super) fn finish(mut self) -> String {
        self.text.push_str("]}");
        self.text
    }
}
