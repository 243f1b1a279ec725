//! The last act of each internal callback: telling the user.

use super::{Due, Engine};
use crate::{BuffereventId, Callback, Direction, Observer, Step, What};

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
        let function = self.functions().run(callback);
        if !self.wants_callback(id, callback) {
            self.record(Some(id), function, move || Step::CallbackNotSet { callback });
            return None;
        }
        if self.state.bufferevents[id.0].defers_callbacks() {
            self.defer_callback(id, callback);
            return None;
        }
        self.call(id, callback, function)
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
        let Some(bufferevent) = self.state.bufferevents.get(id.0) else { return false };
        let set = bufferevent.callbacks;
        match callback {
            Callback::Read => set.read,
            Callback::Write => set.write,
            Callback::Event(_) => set.event,
            Callback::Buffer(buffer, _) => !bufferevent.freed && bufferevent.has_buffer_cb(buffer),
            Callback::Application(..) => false,
        }
    }

    /// Hands the callback out, as recorded of `function`, or has the filter over the bufferevent hear of it.
    pub(crate) fn call(
        &mut self,
        id: BuffereventId,
        callback: Callback,
        function: &'static str,
    ) -> Option<Due> {
        if self.state.bufferevents[id.0].private().is_some_and(|private| private.filter_hears) {
            self.filter_hears(id, callback);
            return None;
        }
        self.callback_due(id, callback, function)
    }

    fn callback_due(&mut self, id: BuffereventId, callback: Callback, function: &'static str) -> Option<Due> {
        let bufferevent = &self.state.bufferevents[id.0];
        let (input, output) = (bufferevent.input.len(), bufferevent.output.len());
        let due = match callback {
            Callback::Read => Due::Read(id),
            Callback::Write => Due::Write(id),
            Callback::Event(what) => Due::Event(id, what),
            Callback::Buffer(..) | Callback::Application(..) => return None,
        };
        self.record(Some(id), function, move || Step::CallbackDue { callback, input, output });
        Some(due)
    }
}
