//! 2.x: connecting. The driver opens the handle and calls `connect`; what follows is the engine's.
//!
//! While a connection is undecided `ev_write` waits for it, whatever is enabled, and nothing is written. What the handle
//! is asked then decides: CONNECTED comes before any byte moves, ERROR comes alone.

use super::{Bufferevent, Due, Engine, Link};
use crate::dialect::{NoFunction, RefusedAtOnce};
use crate::{
    BuffereventId, Callback, Connect, Direction, Directions, Errno, Handle, Kernel, Observer, Step,
    TriggerOptions, What,
};

const FUNCTION: &str = "bufferevent_socket_connect";

/// Why no connection was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectError {
    /// This libevent does not connect.
    NoFunction(NoFunction),
    /// A pair or a filter has no socket of its own. libevent does not look, and adds a timer that stands for nothing.
    NoSocket,
}

impl std::fmt::Display for ConnectError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoFunction(none) => none.fmt(f),
            Self::NoSocket => f.write_str("only a bufferevent on a socket connects"),
        }
    }
}

impl std::error::Error for ConnectError {}

impl From<NoFunction> for ConnectError {
    fn from(none: NoFunction) -> Self {
        Self::NoFunction(none)
    }
}

impl Bufferevent {
    /// 2.x: whether a connection was begun on it and is undecided.
    #[must_use]
    pub fn is_connecting(&self) -> bool {
        self.private().is_some_and(|private| private.connecting)
    }
}

impl<O: Observer> Engine<O> {
    pub(crate) fn bufferevent_socket_connect(
        &mut self,
        id: BuffereventId,
        handle: Handle,
        outcome: Connect,
    ) -> Result<(), ConnectError> {
        let waits =
            outcome != Connect::Refused || self.rules().refused_at_once == RefusedAtOnce::LikeAccepted;
        self.since_2(FUNCTION)?;
        let bufferevent = &mut self.state.bufferevents[id.0];
        if bufferevent.link != Link::Socket {
            return Err(ConnectError::NoSocket);
        }
        if let Some(private) = bufferevent.private_mut() {
            private.connecting |= waits;
        }
        let connecting = bufferevent.is_connecting();
        self.record(Some(id), FUNCTION, move || Step::ConnectStarted { handle, outcome, connecting });
        self.bufferevent_setfd(id, Some(handle));
        if outcome == Connect::Pending {
            // 2.x adds events whatever their handle: this cannot fail.
            let _ = self.start(id, Directions::WRITE);
        } else if waits {
            let deferred = TriggerOptions { defer_callbacks: true, ..TriggerOptions::default() };
            let _nothing_owed = self.bufferevent_trigger(id, Directions::WRITE, deferred);
        } else {
            self.notify_deferred(id, Callback::Event(What::ERROR));
            self.disable(id, Directions::BOTH);
        }
        Ok(())
    }

    /// 2.x: a read found that the connection was refused, which the socket will not say again. Gives whether that is
    /// kept for [`Self::connected`], though no connection may be under way.
    pub(crate) fn note_refused(&mut self, id: BuffereventId) -> bool {
        let private = self.state.bufferevents[id.0].private_mut();
        private.map(|private| private.connection_refused = true).is_some()
    }

    /// `ev_write` runs while connecting. None when it is done: the connection is undecided, or failed.
    pub(crate) fn connected<K: Kernel + ?Sized>(
        &mut self,
        id: BuffereventId,
        kernel: &mut K,
    ) -> Result<(), Option<Due>> {
        let bufferevent = &mut self.state.bufferevents[id.0];
        let answer = match bufferevent.handle {
            Some(handle) => kernel.finished_connecting(handle),
            None => Err(Errno::Other(0)),
        };
        let Some(private) = bufferevent.private_mut() else { return Ok(()) };
        let refused = std::mem::take(&mut private.connection_refused);
        let errno = match answer {
            _ if refused => Errno::ConnectionRefused,
            Ok(()) => {
                private.connecting = false;
                self.record(Some(id), "bufferevent_writecb", move || Step::Connected);
                return Ok(());
            }
            Err(Errno::InProgress | Errno::Interrupted) => {
                self.record(Some(id), "bufferevent_writecb", move || Step::ConnectUndecided);
                return Err(None);
            }
            Err(errno) => errno,
        };
        private.connecting = false;
        self.record(Some(id), "bufferevent_writecb", move || Step::ConnectFailed { errno });
        for direction in [Direction::Write, Direction::Read] {
            self.del_event(self.state.bufferevents[id.0].io_event(direction));
        }
        Err(self.notify(id, Callback::Event(What::ERROR)))
    }
}
