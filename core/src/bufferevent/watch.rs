//! Who hears of it when a buffer's length changes: libevent's `evbuffer_run_callbacks`.
//!
//! Those that the bufferevent added itself, and the application's. The one that was added last hears first. A
//! bufferevent whose buffers the application does not watch goes a shorter way: it has at most one to tell.

use super::{Bufferevent, Due, Engine, Link, Own, Private, Work};
use crate::dialect::NoFunction;
use crate::{BufferName, BuffereventId, Change, Observer, Step};

/// One of those that watch a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Watch {
    /// The application's callback.
    Application,
    /// That of the high mark, on input.
    Mark,
    /// That of the kind of bufferevent: a socket writes, a pair hands over, a filter works.
    Kind,
}

/// Which watches there are besides those of the kind.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Watches {
    /// The application's on input.
    pub(crate) input: bool,
    /// The application's on output.
    pub(crate) output: bool,
    /// There is one of the high mark, used or not.
    pub(crate) mark: bool,
    /// It was added after the application's, and hears before it.
    mark_is_newer: bool,
}

impl Watches {
    /// The high mark is set: its watch is added, if there was none.
    pub(crate) const fn add_mark(&mut self) {
        if !self.mark {
            self.mark = true;
            self.mark_is_newer = self.input;
        }
    }
}

impl Bufferevent {
    /// Whether the application's callback watches this buffer: see
    /// [`BuffereventMut::add_buffer_cb`](crate::BuffereventMut::add_buffer_cb).
    #[must_use]
    pub fn has_buffer_cb(&self, buffer: BufferName) -> bool {
        self.private().is_some_and(|private| match buffer {
            BufferName::Input => private.watches.input,
            BufferName::Output => private.watches.output,
        })
    }

    /// Whether the application watches any buffer of it.
    pub(crate) fn is_watched_by_application(&self) -> bool {
        self.private().is_some_and(|private| private.watches.input || private.watches.output)
    }

    const fn is_filter(&self) -> bool {
        matches!(self.link, Link::Filter(_))
    }
}

impl<O: Observer> Engine<O> {
    pub(crate) fn add_buffer_cb(&mut self, id: BuffereventId, buffer: BufferName) -> Result<(), NoFunction> {
        self.since_2("evbuffer_add_cb")?;
        self.set_buffer_cb(id, buffer, true);
        Ok(())
    }

    pub(crate) fn remove_buffer_cb(&mut self, id: BuffereventId, buffer: BufferName) {
        self.set_buffer_cb(id, buffer, false);
    }

    fn set_buffer_cb(&mut self, id: BuffereventId, buffer: BufferName, set: bool) {
        let bufferevent = &mut self.state.bufferevents[id.0];
        if bufferevent.has_buffer_cb(buffer) == set {
            return;
        }
        let Some(Private { watches, .. }) = bufferevent.private_mut() else { return };
        match buffer {
            BufferName::Input => {
                watches.input = set;
                watches.mark_is_newer = false;
            }
            BufferName::Output => watches.output = set,
        }
        let function = if set { "evbuffer_add_cb" } else { "evbuffer_remove_cb" };
        self.record(Some(id), function, move || Step::BufferCallbackSet { buffer, set });
    }

    /// Input's length changed, by a read or by the application: whoever watches hears of all that changed since they
    /// heard last, as several moves can be under way inside each other.
    pub(crate) fn input_changed(&mut self, id: BuffereventId) {
        let bufferevent = &mut self.state.bufferevents[id.0];
        let Some(change) = bufferevent.input.take_own_change() else { return };
        match &bufferevent.own {
            Own::Pressure { installed: true } => self.pressure_callback(id),
            Own::Pressure { .. } => {}
            Own::Private(private) if private.watches.input || bufferevent.is_filter() => {
                let watches = private.watches;
                self.owe_input_watches(id, change, watches);
            }
            Own::Private(private) if private.watching => self.watch_mark(id, "bufferevent_inbuf_wm_cb"),
            Own::Private(_) => {}
        }
    }

    #[cold]
    fn owe_input_watches(&mut self, id: BuffereventId, change: Change, watches: Watches) {
        let application = watches.input.then_some(Watch::Application);
        let mark = watches.mark.then_some(Watch::Mark);
        let (first, second) = if watches.mark_is_newer { (mark, application) } else { (application, mark) };
        for watch in [first, second, Some(Watch::Kind)].into_iter().flatten() {
            self.owe(Work::Watch(id, BufferName::Input, change, watch));
        }
    }

    /// Output's length changed, by a call of `bufferevent_write` or otherwise.
    pub(crate) fn output_changed(&mut self, id: BuffereventId, by_write: bool) {
        let bufferevent = &mut self.state.bufferevents[id.0];
        let Some(change) = bufferevent.output.take_own_change() else { return };
        if bufferevent.has_buffer_cb(BufferName::Output) {
            self.owe(Work::Watch(id, BufferName::Output, change, Watch::Application));
            self.owe(Work::Watch(id, BufferName::Output, change, Watch::Kind));
        } else if bufferevent.is_filter() {
            self.owe(Work::Watch(id, BufferName::Output, change, Watch::Kind));
        } else if change.added > 0 {
            self.output_added(id, change, by_write);
        }
    }

    /// One or the other: `evbuffer_invoke_callbacks_`.
    pub(crate) fn buffer_changed(&mut self, id: BuffereventId, buffer: BufferName) {
        match buffer {
            BufferName::Input => self.input_changed(id),
            BufferName::Output => self.output_changed(id, false),
        }
    }

    /// One of them hears of the change.
    pub(crate) fn watch(&mut self, id: BuffereventId, buffer: BufferName, change: Change, watch: Watch) {
        let Some(bufferevent) = self.state.bufferevents.get(id.0) else { return };
        match (watch, buffer) {
            (Watch::Application, _) => {
                if bufferevent.has_buffer_cb(buffer) && !bufferevent.freed {
                    let due = self.buffer_callback_due(id, buffer, change);
                    self.owe(Work::HandOut(due));
                }
            }
            (Watch::Mark, _) => {
                if bufferevent.private().is_some_and(|private| private.watching) {
                    self.watch_mark(id, "bufferevent_inbuf_wm_cb");
                }
            }
            (Watch::Kind, BufferName::Input) => self.filter_input_changed(id),
            (Watch::Kind, BufferName::Output) if change.added == 0 => {}
            (Watch::Kind, BufferName::Output) if bufferevent.is_filter() => self.filter_output_added(id),
            (Watch::Kind, BufferName::Output) => self.output_added(id, change, false),
        }
    }

    fn buffer_callback_due(&mut self, id: BuffereventId, buffer: BufferName, change: Change) -> Due {
        let bufferevent = &self.state.bufferevents[id.0];
        let (input, output) = (bufferevent.input.len(), bufferevent.output.len());
        let due = Due::Buffer(id, buffer, change);
        let callback = due.callback();
        self.record(Some(id), "evbuffer_run_callbacks", move || Step::CallbackDue {
            callback,
            input,
            output,
        });
        due
    }
}
