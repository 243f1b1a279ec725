//! 2.1: callbacks put off to a call that the loop has queued.

use super::{Due, Engine, Owner};
use crate::arena::Key;
use crate::event_loop::Queued;
use crate::{BuffereventId, Callback, EventFlags, Observer, Step, What};

const FUNCTION: &str = "bufferevent_run_deferred_callbacks_locked";

/// The deferred callbacks of one bufferevent.
#[derive(Debug, Default)]
pub(crate) struct Deferral {
    /// BEV_OPT_DEFER_CALLBACKS: every callback is put off.
    pub(crate) always: bool,
    /// The event that stands for the queued call, once there was one.
    pub(crate) event: Option<Key>,
    /// The priority of the queued call.
    pub(crate) priority: u8,
    read: bool,
    write: bool,
    /// Several happenings collapse into one call.
    what: What,
}

/// What a queued call has yet to look at; each is looked at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// A connection was made before anything was read or written.
    Connected,
    Read,
    Write,
    Event,
}

/// A queued call that is under way: it may owe the user up to four callbacks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DeferredRun {
    id: BuffereventId,
    next: Option<Stage>,
}

impl<O: Observer> Engine<O> {
    /// Notes that the callback is owed and queues the call, if it is not queued yet.
    pub(crate) fn defer_callback(&mut self, id: BuffereventId, callback: Callback) {
        let Some(private) = self.state.bufferevents[id.0].private_mut() else { return };
        let deferral = &mut private.deferral;
        match callback {
            Callback::Read => deferral.read = true,
            Callback::Write => deferral.write = true,
            Callback::Event(what) => deferral.what |= what,
            Callback::Application(..) | Callback::Buffer(..) => {}
        }
        let function = self.functions().run(callback);
        self.record(Some(id), function, move || Step::CallbackDeferred { callback });
        self.queue_deferred_call(id);
    }

    /// The check after a read callback: another one, if input is still at or above the low mark.
    pub(crate) fn trigger_read_deferred(&mut self, id: BuffereventId) {
        let bufferevent = &self.state.bufferevents[id.0];
        if bufferevent.input.len() >= bufferevent.wm_read.low && bufferevent.callbacks.read {
            self.defer_callback(id, Callback::Read);
        }
    }

    fn queue_deferred_call(&mut self, id: BuffereventId) {
        let event = self.deferred_event(id);
        if self.state.event_loop.queue_call(event) == Queued::Now {
            self.activate(event, EventFlags::NONE);
        }
    }

    fn deferred_event(&mut self, id: BuffereventId) -> Key {
        if let Some(event) = self.state.bufferevents[id.0].deferred_event() {
            return event;
        }
        let priority = self.state.bufferevents[id.0].private().map_or(0, |private| private.deferral.priority);
        let event = self.state.event_loop.insert(Owner::Deferred(id), None, EventFlags::NONE, priority);
        if let Some(private) = self.state.bufferevents[id.0].private_mut() {
            private.deferral.event = Some(event);
        }
        event
    }

    pub(crate) fn set_deferred_priority(&mut self, id: BuffereventId, priority: u8) {
        let Some(private) = self.state.bufferevents[id.0].private_mut() else { return };
        private.deferral.priority = priority;
        if let Some(event) = private.deferral.event {
            self.state.event_loop.set_call_priority(event, priority);
        }
    }

    /// Whether a queued call still holds on to the bufferevent.
    pub(crate) fn is_deferred_call_queued(&self, id: BuffereventId) -> bool {
        let Some(event) = self.state.bufferevents[id.0].deferred_event() else { return false };
        self.state.event_loop[event].active.is_some() || self.state.event_loop[event].later
    }

    pub(crate) fn begin_deferred(&mut self, id: BuffereventId) {
        self.state.calls.deferred_run = Some(DeferredRun { id, next: Some(Stage::Connected) });
    }

    /// The next callback that the queued call owes, or none where a filter has work with it first: connected, reading, writing, then what else happened. One whose callback was
    /// taken away meanwhile stays owed; one that becomes owed again meanwhile waits for another call.
    pub(crate) fn next_deferred(&mut self) -> Option<Due> {
        loop {
            let run = self.state.calls.deferred_run.as_mut()?;
            let Some(stage) = run.next else {
                self.state.calls.deferred_run = None;
                return None;
            };
            run.next = match stage {
                Stage::Connected => Some(Stage::Read),
                Stage::Read => Some(Stage::Write),
                Stage::Write => Some(Stage::Event),
                Stage::Event => None,
            };
            let id = run.id;
            if let Some(callback) = self.take_owed(id, stage) {
                let due = self.call(id, callback, FUNCTION);
                if due.is_some() || self.owes() {
                    return due;
                }
            }
        }
    }

    fn take_owed(&mut self, id: BuffereventId, stage: Stage) -> Option<Callback> {
        let bufferevent = self.state.bufferevents.get_mut(id.0)?;
        let set = bufferevent.callbacks;
        let deferral = &mut bufferevent.private_mut()?.deferral;
        let owed = match stage {
            Stage::Connected => set.event && deferral.what.contains(What::CONNECTED),
            Stage::Read => set.read && std::mem::take(&mut deferral.read),
            Stage::Write => set.write && std::mem::take(&mut deferral.write),
            Stage::Event => set.event && !deferral.what.is_empty(),
        };
        owed.then(|| match stage {
            Stage::Connected => {
                deferral.what = deferral.what.without(What::CONNECTED);
                Callback::Event(What::CONNECTED)
            }
            Stage::Read => Callback::Read,
            Stage::Write => Callback::Write,
            Stage::Event => Callback::Event(std::mem::take(&mut deferral.what)),
        })
    }
}
