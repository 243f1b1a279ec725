//! How the server ends: at its leisure when it is told once, at once when it is told twice.

use std::time::Duration;

use bufferevent::{BuffereventId, EventFlags, EventId};

use super::{EchoServer, LoopObserver};

/// How long a server that stops may take to answer what was sent before, and to send its answers.
pub const GRACE: Duration = Duration::from_secs(1);

/// Whether the server serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It does.
    Serving,
    /// Nobody new is accepted; connections end one by one as they are answered, or all when this timer fires.
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
        // Who waits at the door has come, and may have sent something.
        while self.accept() {}
        self.acceptor.close(&mut self.base, &mut self.sockets);
        let deadline = self.base.event_new(None, EventFlags::NONE);
        // A timer can always be added.
        let _ = self.base.event_add(deadline, Some(GRACE));
        self.phase = Phase::Stopping(deadline);
        for id in self.ids() {
            self.begin_end(id);
        }
    }

    /// Ends every connection as it is: with a reset, where something is not answered.
    pub(super) fn give_up(&mut self) {
        for id in self.ids() {
            self.disconnect(id);
        }
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.phase != Phase::Serving
    }

    pub(super) fn has_stopped(&self) -> bool {
        self.is_stopping() && self.connections.is_empty()
    }

    /// In the order in which they came.
    fn ids(&self) -> Vec<BuffereventId> {
        let mut ids: Vec<_> = self.connections.keys().copied().collect();
        ids.sort_unstable();
        ids
    }
}
