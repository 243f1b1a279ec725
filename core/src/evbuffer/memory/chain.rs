//! A piece of memory.

use std::sync::atomic::{AtomicU64, Ordering};

/// The number of the next one that is made.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// A piece of memory as libevent would have it: a chain of 2.x, the block of 1.4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chain {
    /// No other has it, and it stays when the chain goes to another buffer.
    pub number: u64,
    /// What it can hold, in bytes: 2.x's `buffer_len`, 1.4's `totallen`.
    pub size: usize,
    /// Bytes before the payload.
    pub misalign: usize,
    /// Bytes of payload: libevent's `off`.
    pub len: usize,
}

impl Chain {
    /// An empty one.
    pub(super) fn of_size(size: usize) -> Self {
        Self { number: NEXT.fetch_add(1, Ordering::Relaxed), size, misalign: 0, len: 0 }
    }

    /// Bytes behind the payload.
    #[must_use]
    pub const fn space(&self) -> usize {
        self.size - self.misalign - self.len
    }
}
