//! 2.1: callbacks by hand, which run inside the call that asks for them.
//!
//! Callbacks are handed out, so the call cannot run them itself: it gives back a [`Triggered`], and the caller asks for
//! its callbacks before it goes on ([`EventBase::poll_triggered`](crate::EventBase::poll_triggered)). What nobody asks for is not lost, only late: the next
//! `EventBase::poll_callback` hands it out before anything else.

use std::fmt;

use super::{Bufferevent, Due, Engine};
use crate::{BuffereventId, Callback, Directions, Observer, What};

/// How `bufferevent_trigger` calls back: the BEV_TRIG_ flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TriggerOptions {
    /// BEV_TRIG_IGNORE_WATERMARKS: the callback runs whatever the low mark says.
    pub ignore_watermarks: bool,
    /// BEV_TRIG_DEFER_CALLBACKS: the callback runs from a queued call, as those of a bufferevent that defers always do.
    pub defer_callbacks: bool,
}

/// A call that may owe the user callbacks: ask [`EventBase::poll_triggered`](crate::EventBase::poll_triggered) for them until it gives none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "libevent runs these callbacks inside the call; left alone, they run when the loop goes on"]
pub struct Triggered(Option<u64>);

impl Triggered {
    /// Everything was put off to a queued call.
    const DEFERRED: Self = Self(None);
}

/// The dialect of 1.4 triggers nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoTrigger;

impl fmt::Display for NoTrigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("libevent 1.4 has no bufferevent_trigger")
    }
}

impl std::error::Error for NoTrigger {}

/// A trigger call that is under way.
#[derive(Debug)]
pub(crate) struct TriggerCall {
    number: u64,
    pub(crate) id: BuffereventId,
    owed: Owed,
    ignore_watermarks: bool,
    /// The callback that was handed out and has not returned.
    pub(crate) entered: Option<Due>,
}

/// What a trigger call has yet to look at, in this order, each once and not before the one ahead of it has returned.
#[derive(Debug, Clone, Copy, Default)]
struct Owed {
    read: bool,
    write: bool,
    what: Option<What>,
}

impl Owed {
    fn next(&mut self) -> Option<Callback> {
        if std::mem::take(&mut self.read) {
            return Some(Callback::Read);
        }
        if std::mem::take(&mut self.write) {
            return Some(Callback::Write);
        }
        self.what.take().map(Callback::Event)
    }
}

impl<O: Observer> Engine<O> {
    pub(crate) fn bufferevent_trigger(
        &mut self,
        id: BuffereventId,
        directions: Directions,
        options: TriggerOptions,
    ) -> Result<Triggered, NoTrigger> {
        let Directions { read, write } = directions;
        self.trigger(id, Owed { read, write, what: None }, options)
    }

    pub(crate) fn bufferevent_trigger_event(
        &mut self,
        id: BuffereventId,
        what: What,
        options: TriggerOptions,
    ) -> Result<Triggered, NoTrigger> {
        self.trigger(id, Owed { what: Some(what), ..Owed::default() }, options)
    }

    pub(crate) fn poll_triggered(&mut self, call: Triggered) -> Option<Due> {
        let number = call.0?;
        while self.state.calls.triggers.iter().any(|under_way| under_way.number == number) {
            if let Some(due) = self.next_triggered() {
                return Some(due);
            }
        }
        None
    }

    fn trigger(
        &mut self,
        id: BuffereventId,
        mut owed: Owed,
        options: TriggerOptions,
    ) -> Result<Triggered, NoTrigger> {
        if !self.rules().has_triggers {
            return Err(NoTrigger);
        }
        let bufferevent = &self.state.bufferevents[id.0];
        let TriggerOptions { ignore_watermarks, defer_callbacks } = options;
        if defer_callbacks || bufferevent.defers_callbacks() {
            while let Some(callback) = owed.next() {
                if self.is_triggered(id, callback, ignore_watermarks) {
                    self.defer_callback(id, callback);
                }
            }
            return Ok(Triggered::DEFERRED);
        }
        self.state.calls.last_trigger += 1;
        let number = self.state.calls.last_trigger;
        // Innermost of the callbacks under way, and behind the calls that the same callback has made before.
        let at = self
            .state
            .calls
            .triggers
            .iter()
            .rposition(|call| call.entered.is_some())
            .map_or(0, |outer| outer + 1);
        self.state
            .calls
            .triggers
            .insert(at, TriggerCall { number, id, owed, ignore_watermarks, entered: None });
        Ok(Triggered(Some(number)))
    }

    /// Whether a trigger call is under way.
    pub(crate) fn owes_triggered(&self) -> bool {
        !self.state.calls.triggers.is_empty()
    }

    /// Goes on with the innermost trigger call. None when it returned by that, or when there is none.
    pub(crate) fn next_triggered(&mut self) -> Option<Due> {
        if let Some(due) = self.state.calls.triggers.last_mut()?.entered.take() {
            self.callback_left(due);
        }
        loop {
            let call = self.state.calls.triggers.last_mut()?;
            let (id, ignore_watermarks) = (call.id, call.ignore_watermarks);
            let Some(callback) = call.owed.next() else { break };
            if self.is_triggered(id, callback, ignore_watermarks)
                && let Some(due) = self.callback_due(id, callback, self.functions().run(callback))
            {
                self.state.calls.triggers.last_mut()?.entered = Some(due);
                self.callback_entered(due);
                return Some(due);
            }
        }
        let returned = self.state.calls.triggers.pop()?;
        self.finalize_when_unused(returned.id);
        None
    }

    /// Whether the callback is set, and due by its low mark.
    fn is_triggered(&mut self, id: BuffereventId, callback: Callback, ignore_watermarks: bool) -> bool {
        let set = self.state.bufferevents.get(id.0).map_or(super::Callbacks::NONE, Bufferevent::callbacks);
        match callback {
            Callback::Read => set.read && (ignore_watermarks || self.is_low_mark_reached(id)),
            Callback::Write => set.write && (ignore_watermarks || self.is_output_low(id)),
            Callback::Event(_) => set.event,
            Callback::Application(..) => false,
        }
    }
}
