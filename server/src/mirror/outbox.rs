//! What the hub and a viewer's task have between them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bufferevent::recording::Watched;
use tokio::sync::Notify;

use super::viewer_queue::ViewerQueue;

/// A viewer's queue with the bell that says something is in it.
#[derive(Debug)]
pub(super) struct Outbox {
    queue: Mutex<ViewerQueue>,
    pub(super) bell: Notify,
    over: AtomicBool,
}

impl Outbox {
    pub(super) fn new(limit: usize) -> Self {
        Self { queue: Mutex::new(ViewerQueue::new(limit)), bell: Notify::new(), over: AtomicBool::new(false) }
    }

    pub(super) fn with<T>(&self, act: impl FnOnce(&mut ViewerQueue) -> T) -> T {
        act(&mut self.queue.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Does something to the queue that its viewer's task should see.
    pub(super) fn ring<T>(&self, act: impl FnOnce(&mut ViewerQueue) -> T) -> T {
        let result = self.with(act);
        self.bell.notify_one();
        result
    }

    /// Nothing follows what is in the queue.
    pub(super) fn end(&self) {
        self.over.store(true, Ordering::Release);
        self.bell.notify_one();
    }

    /// Asked before the queue is emptied: what is there then is all.
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }
}

/// What the hub is told: by viewers' tasks, and at the end.
#[derive(Debug)]
pub(super) enum Call {
    /// A viewer came; it watches everything.
    Join(u64, Arc<Outbox>),
    /// It wants to watch these from now on.
    Watch(u64, Watched),
    /// It has taken what there was and waits for a picture.
    Snapshot(u64),
    Leave(u64),
    /// The echo loop has ended: what it did last is handed out, and nothing follows.
    End,
}
