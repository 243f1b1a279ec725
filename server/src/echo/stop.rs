//! How the server ends: at its leisure when it is told once, at once when it is told twice.

use std::time::Duration;

use bufferevent::{BuffereventId, EventFlags, EventId};
use bufferevent_mio::System;

use super::{EchoServer, LoopObserver, add};

/// How long a server that stops may take to answer what was sent before, and to send its answers.
pub const GRACE: Duration = Duration::from_secs(1);

/// How long a client has to be quiet to be taken at its word: one that is sending has gaps.
const QUIET: Duration = Duration::from_millis(20);

/// Whether the server serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It does.
    Serving,
    /// Nobody new is accepted; connections end one by one as they are answered, or all at the deadline.
    Stopping {
        deadline: EventId,
        /// Fires each time that connections are looked at.
        look: EventId,
    },
}

impl Phase {
    pub(super) fn is_deadline(self, event: EventId) -> bool {
        matches!(self, Self::Stopping { deadline, .. } if deadline == event)
    }

    pub(super) fn is_look(self, event: EventId) -> bool {
        matches!(self, Self::Stopping { look, .. } if look == event)
    }
}

impl<O: LoopObserver, S: System> EchoServer<O, S> {
    pub(super) fn on_stop(&mut self, times: usize) {
        match self.state.phase {
            Phase::Serving if times > 0 => {
                self.begin_stop();
                if times > 1 {
                    self.give_up();
                }
            }
            Phase::Serving => {}
            Phase::Stopping { .. } => self.give_up(),
        }
    }

    fn begin_stop(&mut self) {
        // Who waits at the door has come, and may have sent something.
        self.accept_all();
        self.state.acceptor.close(&mut self.base, &mut self.state.sockets);
        let [deadline, look] = [(); 2].map(|()| self.base.event_new(None, EventFlags::NONE));
        add(&mut self.base, deadline, Some(GRACE));
        add(&mut self.base, look, Some(QUIET));
        self.state.phase = Phase::Stopping { deadline, look };
        for id in self.ids() {
            self.begin_end(id);
        }
    }

    /// Ends those who were quiet since the last look.
    pub(super) fn look(&mut self, event: EventId) {
        for id in self.ids() {
            self.end_when_answered(id);
        }
        add(&mut self.base, event, Some(QUIET));
    }

    /// Ends every connection as it is: with a reset, where something is not answered.
    pub(super) fn give_up(&mut self) {
        for id in self.ids() {
            self.disconnect(id);
        }
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.state.phase != Phase::Serving
    }

    pub(super) fn has_stopped(&self) -> bool {
        self.is_stopping() && self.state.connections.is_empty()
    }

    /// In the order in which they came.
    fn ids(&self) -> Vec<BuffereventId> {
        let mut ids: Vec<_> = self.state.connections.keys().copied().collect();
        ids.sort_unstable();
        ids
    }
}
