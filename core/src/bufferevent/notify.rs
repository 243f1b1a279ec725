//! The last act of each internal callback: telling the user.

use super::{Bufferevent, Due, Engine};
use crate::dialect::Functions;
use crate::{BuffereventId, Callback, Direction, Observer, Step, What};

impl Bufferevent {
    /// Whether the callback is set.
    fn wants_callback(&self, callback: Callback) -> bool {
        match callback {
            Callback::Read => self.callbacks.read,
            Callback::Write => self.callbacks.write,
            Callback::Event(_) => self.callbacks.event,
            Callback::Buffer(buffer, _) => !self.freed && self.has_buffer_cb(buffer),
            Callback::Application(..) => false,
        }
    }

    /// Whether its callbacks are those of the filter over it.
    fn is_heard_by_filter(&self) -> bool {
        self.private().is_some_and(|private| private.filter_hears)
    }
}

impl<O: Observer> Engine<O> {
    /// End of file, an error or a timeout in this direction.
    pub(crate) fn fail(&mut self, id: BuffereventId, direction: Direction, what: What) -> Option<Due> {
        self.direction_failed(id, direction);
        let direction = match direction {
            Direction::Read => What::READING,
            Direction::Write => What::WRITING,
        };
        self.notify(id, Callback::Event(direction | what))
    }

    /// The callback is to run: hands it out, puts it off where the bufferevent defers its callbacks, or passes over
    /// it where none is set.
    pub(crate) fn notify(&mut self, id: BuffereventId, callback: Callback) -> Option<Due> {
        let bufferevent = self.state.bufferevents.get(id.0);
        if !bufferevent.is_some_and(|bufferevent| bufferevent.wants_callback(callback)) {
            let function = self.functions().run(callback);
            self.record(Some(id), function, move || Step::CallbackNotSet { callback });
            return None;
        }
        if bufferevent.is_some_and(Bufferevent::defers_callbacks) {
            self.defer_callback(id, callback);
            return None;
        }
        if bufferevent.is_some_and(Bufferevent::is_heard_by_filter) {
            self.filter_hears(id, callback);
            return None;
        }
        self.callback_due(id, callback, |functions| functions.run(callback))
    }

    /// The same for one that is put off whatever the bufferevent does.
    pub(crate) fn notify_deferred(&mut self, id: BuffereventId, callback: Callback) {
        if self.wants_callback(id, callback) {
            self.defer_callback(id, callback);
        } else {
            let function = self.functions().run(callback);
            self.record(Some(id), function, move || Step::CallbackNotSet { callback });
        }
    }

    /// Whether the callback is set.
    pub(crate) fn wants_callback(&self, id: BuffereventId, callback: Callback) -> bool {
        self.state.bufferevents.get(id.0).is_some_and(|bufferevent| bufferevent.wants_callback(callback))
    }

    /// Hands the callback out, as recorded of `function`, or has the filter over the bufferevent hear of it.
    pub(crate) fn call(
        &mut self,
        id: BuffereventId,
        callback: Callback,
        function: &'static str,
    ) -> Option<Due> {
        if self.state.bufferevents[id.0].is_heard_by_filter() {
            self.filter_hears(id, callback);
            return None;
        }
        self.callback_due(id, callback, |_| function)
    }

    fn callback_due(
        &mut self,
        id: BuffereventId,
        callback: Callback,
        function: impl FnOnce(&Functions) -> &'static str,
    ) -> Option<Due> {
        let due = match callback {
            Callback::Read => Due::Read(id),
            Callback::Write => Due::Write(id),
            Callback::Event(what) => Due::Event(id, what),
            Callback::Buffer(..) | Callback::Application(..) => return None,
        };
        if !self.recorder.is_unwanted(Some(id)) {
            self.record_callback_due(id, callback, function(self.functions()));
        }
        Some(due)
    }

    #[track_caller]
    #[cold]
    fn record_callback_due(&mut self, id: BuffereventId, callback: Callback, function: &'static str) {
        let bufferevent = &self.state.bufferevents[id.0];
        let (input, output) = (bufferevent.input.len(), bufferevent.output.len());
        self.record(Some(id), function, move || Step::CallbackDue { callback, input, output });
    }
}
