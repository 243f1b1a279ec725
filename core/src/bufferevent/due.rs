//! User callbacks, handed out one at a time.

use super::Engine;
use crate::{BufferName, BuffereventId, Callback, Change, EventFlags, EventId, Observer, Step, What};

/// A user callback that is due: run it, then ask for the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// `readcb`: input has grown to its low watermark or beyond.
    Read(BuffereventId),
    /// `writecb`: output has shrunk to its low watermark or below.
    Write(BuffereventId),
    /// `errorcb` of 1.4, `eventcb` of 2.x: end of file, an error or a timeout.
    Event(BuffereventId, What),
    /// The callback of an evbuffer, which has changed so (2.x). It runs inside what changed the buffer.
    Buffer(BuffereventId, BufferName, Change),
    /// One of the application's own events, with what woke it.
    Application(EventId, EventFlags),
}

impl Due {
    pub(crate) fn about(self) -> (Option<BuffereventId>, Callback) {
        match self {
            Self::Read(id) => (Some(id), Callback::Read),
            Self::Write(id) => (Some(id), Callback::Write),
            Self::Event(id, what) => (Some(id), Callback::Event(what)),
            Self::Buffer(id, buffer, change) => (Some(id), Callback::Buffer(buffer, change)),
            Self::Application(event, cause) => (None, Callback::Application(event.number(), cause)),
        }
    }
}

impl<O: Observer> Engine<O> {
    /// Counts and records that the callback is handed out.
    pub(crate) fn callback_entered(&mut self, due: Due) {
        self.state.calls.in_pass += 1;
        self.state.totals.callbacks += 1;
        let (about, callback) = due.about();
        self.record(about, "", move || Step::CallbackEntered { callback });
    }

    /// Does what follows a callback that has returned.
    pub(crate) fn callback_left(&mut self, due: Due) {
        let (about, callback) = due.about();
        self.record(about, "", move || Step::CallbackLeft { callback });
        if let Due::Read(id) = due {
            self.after_read_callback(id);
            if let Some(bufferevent) = self.state.bufferevents.get_mut(id.0) {
                self.state.spares.take_from(&mut bufferevent.input);
            }
        }
    }

    pub(crate) fn leave_callback(&mut self) {
        if let Some(due) = self.state.calls.entered.take() {
            self.callback_left(due);
        }
    }
}
