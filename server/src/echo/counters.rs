//! What a server has done so far, for other threads to look at.

use std::sync::atomic::{AtomicU64, Ordering};

use bufferevent::Totals;

/// Figures of a running server.
#[derive(Debug, Default)]
pub struct Counters {
    passes: AtomicU64,
    waits: AtomicU64,
    accepted: AtomicU64,
    refused: AtomicU64,
    open: AtomicU64,
    received: AtomicU64,
    sent: AtomicU64,
    callbacks: AtomicU64,
    reading_stopped: AtomicU64,
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

    /// What the engine has done, as of its last turn.
    #[must_use]
    pub fn totals(&self) -> Totals {
        Totals {
            received: self.received.load(Ordering::Relaxed),
            sent: self.sent.load(Ordering::Relaxed),
            callbacks: self.callbacks.load(Ordering::Relaxed),
            reading_stopped: self.reading_stopped.load(Ordering::Relaxed),
        }
    }

    pub(super) fn count_pass(&self, waits: u64, totals: Totals) {
        // One thread writes: no figure needs more than a store.
        self.passes.store(self.passes() + 1, Ordering::Relaxed);
        self.waits.store(waits, Ordering::Relaxed);
        self.received.store(totals.received, Ordering::Relaxed);
        self.sent.store(totals.sent, Ordering::Relaxed);
        self.callbacks.store(totals.callbacks, Ordering::Relaxed);
        self.reading_stopped.store(totals.reading_stopped, Ordering::Relaxed);
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
