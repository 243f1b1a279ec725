//! How the server ends: at its leisure when it is told once, at once when it is told twice.

use std::time::Duration;

use bufferevent::{BuffereventId, EventFlags, EventId};

use super::{EchoServer, LoopObserver};

/// How long a server that stops may take to send what waits.
pub const GRACE: Duration = Duration::from_secs(1);

/// Whether the server serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It does.
    Serving,
    /// Nothing new is accepted; the connections end one by one, or all when this timer fires.
    Stopping(EventId),
}

impl Phase {
    pub(super) fn is_deadline(self, event: EventId) -> bool {
        self == Self::Stopping(event)
    }
}

impl<O: LoopObserver> EchoServer<O> {
    pub(super) fn on_stop(&mut self, times: usize) {
        match self.phase {
            Phase::Serving if times > 0 => {
                self.begin_stop();
                if times > 1 {
                    self.give_up();
                }
            }
            Phase::Serving => {}
            Phase::Stopping(_) => self.give_up(),
        }
    }

    fn begin_stop(&mut self) {
        self.acceptor.close(&mut self.base, &mut self.sockets);
        let deadline = self.base.event_new(None, EventFlags::NONE);
        // A timer can always be added.
        let _ = self.base.event_add(deadline, Some(GRACE));
        self.phase = Phase::Stopping(deadline);
        for id in self.ids() {
            self.end_connection(id);
        }
    }

    /// Ends every connection as it is.
    pub(super) fn give_up(&mut self) {
        for id in self.ids() {
            self.disconnect(id);
        }
    }

    pub(super) fn has_stopped(&self) -> bool {
        self.phase != Phase::Serving && self.connections.is_empty()
    }

    /// In the order in which they came.
    fn ids(&self) -> Vec<BuffereventId> {
        let mut ids: Vec<_> = self.connections.keys().copied().collect();
        ids.sort_unstable();
        ids
    }
}
