//! What a server has done so far, for other threads to look at.

use std::sync::atomic::{AtomicU64, Ordering};

/// Figures of a running server.
#[derive(Debug, Default)]
pub struct Counters {
    passes: AtomicU64,
    waits: AtomicU64,
    accepted: AtomicU64,
    refused: AtomicU64,
    open: AtomicU64,
}

impl Counters {
    /// Passes of the loop. An idle server makes none.
    #[must_use]
    pub fn passes(&self) -> u64 {
        self.passes.load(Ordering::Relaxed)
    }

    /// How often the operating system was asked what is ready.
    #[must_use]
    pub fn waits(&self) -> u64 {
        self.waits.load(Ordering::Relaxed)
    }

    /// Connections that were accepted to be answered.
    #[must_use]
    pub fn accepted(&self) -> u64 {
        self.accepted.load(Ordering::Relaxed)
    }

    /// Connections that were refused because there were too many.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Connections that are open.
    #[must_use]
    pub fn open(&self) -> u64 {
        self.open.load(Ordering::Relaxed)
    }

    pub(super) fn count_pass(&self, waits: u64) {
        self.passes.fetch_add(1, Ordering::Relaxed);
        self.waits.store(waits, Ordering::Relaxed);
    }

    pub(super) fn count_accepted(&self) {
        self.accepted.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn set_open(&self, connections: usize) {
        self.open.store(connections as u64, Ordering::Relaxed);
    }
}
