//! User callbacks, handed out one at a time.

use super::Engine;
use crate::{BufferName, BuffereventId, Callback, Change, EventFlags, EventId, Observer, Step, What};

/// A user callback that is due: run it, then ask for the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Due {
    /// `readcb`: input has grown to its low watermark or beyond.
    Read(BuffereventId),
    /// `writecb`: output has shrunk to its low watermark or below.
    Write(BuffereventId),
    /// `errorcb` of 1.4, `eventcb` of 2.x: end of file, an error or a timeout; in 2.x also that the connection was made.
    Event(BuffereventId, What),
    /// The callback of an evbuffer, which has changed so (2.x). It runs inside what changed the buffer.
    Buffer(BuffereventId, BufferName, Change),
    /// One of the application's own events, with what woke it.
    Application(EventId, EventFlags),
}

impl Due {
    /// The bufferevent that it belongs to.
    pub(crate) const fn about(self) -> Option<BuffereventId> {
        match self {
            Self::Read(id) | Self::Write(id) | Self::Event(id, _) | Self::Buffer(id, ..) => Some(id),
            Self::Application(..) => None,
        }
    }

    /// What it is called in records.
    pub(crate) const fn callback(self) -> Callback {
        match self {
            Self::Read(_) => Callback::Read,
            Self::Write(_) => Callback::Write,
            Self::Event(_, what) => Callback::Event(what),
            Self::Buffer(_, buffer, change) => Callback::Buffer(buffer, change),
            Self::Application(event, cause) => Callback::Application(event.number(), cause),
        }
    }
}

impl<O: Observer> Engine<O> {
    /// Counts and records that the callback is handed out.
    pub(crate) fn callback_entered(&mut self, due: Due) {
        self.state.calls.in_pass += 1;
        self.state.totals.callbacks += 1;
        self.record(due.about(), "", move || Step::CallbackEntered { callback: due.callback() });
    }

    /// Does what follows a callback that has returned.
    #[inline]
    pub(crate) fn callback_left(&mut self, due: Due) {
        self.record(due.about(), "", move || Step::CallbackLeft { callback: due.callback() });
        if let Due::Read(id) = due {
            self.after_read_callback(id);
            if let Some(bufferevent) = self.state.bufferevents.get_mut(id.0) {
                self.state.spares.take_from(&mut bufferevent.input);
            }
        }
    }

    #[inline]
    pub(crate) fn leave_callback(&mut self) {
        // Mostly there is none, which `take` would copy.
        if let Some(due) = self.state.calls.entered {
            self.state.calls.entered = None;
            self.callback_left(due);
        }
    }
}
