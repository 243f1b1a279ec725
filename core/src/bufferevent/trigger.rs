//! 2.1: callbacks by hand, which run inside the call that asks for them.
//!
//! Callbacks are handed out, so the call cannot run them itself: it gives back a [`Triggered`], and the caller asks for
//! its callbacks before it goes on ([`EventBase::poll_triggered`]). What nobody asks for is not lost, only late: the next
//! [`EventBase::poll_callback`] hands it out before anything else.

use std::fmt;

use super::{Bufferevent, BuffereventId};
use crate::base::{Due, EventBase};
use crate::{Callback, Directions, Observer, What};

/// How `bufferevent_trigger` calls back: the BEV_TRIG_ flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TriggerOptions {
    /// BEV_TRIG_IGNORE_WATERMARKS: the callback runs whatever the low mark says.
    pub ignore_watermarks: bool,
    /// BEV_TRIG_DEFER_CALLBACKS: the callback runs from a queued call, as those of a bufferevent that defers always do.
    pub defer_callbacks: bool,
}

/// A call that may owe the user callbacks: ask [`EventBase::poll_triggered`] for them until it gives none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "libevent runs these callbacks inside the call; left alone, they run when the loop goes on"]
pub struct Triggered(Option<u64>);

impl Triggered {
    /// Everything was put off to a queued call.
    const DEFERRED: Self = Self(None);
}

/// Why nothing was triggered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TriggerError {
    /// It was freed.
    Gone,
    /// The dialect of 1.4 has no such call.
    NoTrigger,
}

impl fmt::Display for TriggerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gone => "it was freed",
            Self::NoTrigger => "libevent 1.4 has no bufferevent_trigger",
        })
    }
}

impl std::error::Error for TriggerError {}

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

impl<O: Observer> EventBase<O> {
    /// Has the callbacks of these directions run where the low marks allow: `bufferevent_trigger`. Reading comes before
    /// writing, whose mark is compared once the read callback has returned.
    ///
    /// # Errors
    /// [`TriggerError`] when it was freed, and in the dialect of 1.4.
    pub fn bufferevent_trigger(
        &mut self,
        id: BuffereventId,
        directions: Directions,
        options: TriggerOptions,
    ) -> Result<Triggered, TriggerError> {
        let Directions { read, write } = directions;
        self.trigger(id, Owed { read, write, what: None }, options)
    }

    /// Has the event callback run with these flags: `bufferevent_trigger_event`.
    ///
    /// # Errors
    /// [`TriggerError`] when it was freed, and in the dialect of 1.4.
    pub fn bufferevent_trigger_event(
        &mut self,
        id: BuffereventId,
        what: What,
        options: TriggerOptions,
    ) -> Result<Triggered, TriggerError> {
        self.trigger(id, Owed { what: Some(what), ..Owed::default() }, options)
    }

    /// The next callback that a trigger call owes: run it, then ask again. None once the call has returned, as it has at
    /// once where all was deferred.
    ///
    /// Callbacks of earlier calls and of calls inside this one that nobody asked for come first.
    pub fn poll_triggered(&mut self, call: Triggered) -> Option<Due> {
        let number = call.0?;
        while self.pass.triggers.iter().any(|under_way| under_way.number == number) {
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
    ) -> Result<Triggered, TriggerError> {
        if !self.rules().has_triggers {
            return Err(TriggerError::NoTrigger);
        }
        let bufferevent = self.live_mut(id).map_err(|_| TriggerError::Gone)?;
        let TriggerOptions { ignore_watermarks, defer_callbacks } = options;
        if defer_callbacks || bufferevent.defers_callbacks() {
            while let Some(callback) = owed.next() {
                if self.is_triggered(id, callback, ignore_watermarks) {
                    self.defer_callback(id, callback);
                }
            }
            return Ok(Triggered::DEFERRED);
        }
        self.pass.last_trigger += 1;
        let number = self.pass.last_trigger;
        // Innermost of the callbacks under way, and behind the calls that the same callback has made before.
        let at =
            self.pass.triggers.iter().rposition(|call| call.entered.is_some()).map_or(0, |outer| outer + 1);
        self.pass.triggers.insert(at, TriggerCall { number, id, owed, ignore_watermarks, entered: None });
        Ok(Triggered(Some(number)))
    }

    /// Goes on with the innermost trigger call. None when it returned by that, or when there is none.
    pub(crate) fn next_triggered(&mut self) -> Option<Due> {
        if let Some(due) = self.pass.triggers.last_mut()?.entered.take() {
            self.callback_left(due);
        }
        loop {
            let call = self.pass.triggers.last_mut()?;
            let (id, ignore_watermarks) = (call.id, call.ignore_watermarks);
            let Some(callback) = call.owed.next() else { break };
            if self.is_triggered(id, callback, ignore_watermarks)
                && let Some(due) = self.callback_due(id, callback, self.functions().run(callback))
            {
                self.pass.triggers.last_mut()?.entered = Some(due);
                self.callback_entered(due);
                return Some(due);
            }
        }
        let returned = self.pass.triggers.pop()?;
        self.finalize_when_unused(returned.id);
        None
    }

    /// Whether the callback is set, and due by its low mark.
    fn is_triggered(&mut self, id: BuffereventId, callback: Callback, ignore_watermarks: bool) -> bool {
        let set = self.bufferevents.get(id.0).map_or(super::Callbacks::NONE, Bufferevent::callbacks);
        match callback {
            Callback::Read => set.read && (ignore_watermarks || self.is_low_mark_reached(id)),
            Callback::Write => set.write && (ignore_watermarks || self.is_output_low(id)),
            Callback::Event(_) => set.event,
            Callback::Application(..) => false,
        }
    }
}
