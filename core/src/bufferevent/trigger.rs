//! 2.1: callbacks by hand, which run inside the call that asks for them.

use super::owed::Marks;
use super::{Engine, Triggered, Work};
use crate::dialect::NoFunction;
use crate::{BuffereventId, Callback, Directions, Observer, What};

/// How `bufferevent_trigger` calls back: the BEV_TRIG_ flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TriggerOptions {
    /// BEV_TRIG_IGNORE_WATERMARKS: the callback runs whatever the low mark says.
    pub ignore_watermarks: bool,
    /// BEV_TRIG_DEFER_CALLBACKS: the callback runs from a queued call, as those of a bufferevent that defers always do.
    pub defer_callbacks: bool,
}

impl<O: Observer> Engine<O> {
    pub(crate) fn bufferevent_trigger(
        &mut self,
        id: BuffereventId,
        directions: Directions,
        options: TriggerOptions,
    ) -> Result<Triggered, NoFunction> {
        self.since_2("bufferevent_trigger")?;
        let read = directions.read.then_some(Callback::Read);
        let write = directions.write.then_some(Callback::Write);
        Ok(self.trigger(id, [read, write].into_iter().flatten(), options))
    }

    pub(crate) fn bufferevent_trigger_event(
        &mut self,
        id: BuffereventId,
        what: What,
        options: TriggerOptions,
    ) -> Result<Triggered, NoFunction> {
        self.since_2("bufferevent_trigger_event")?;
        Ok(self.trigger(id, [Callback::Event(what)], options))
    }

    /// Each is looked at once, and not before the one ahead of it has returned.
    fn trigger(
        &mut self,
        id: BuffereventId,
        callbacks: impl IntoIterator<Item = Callback>,
        options: TriggerOptions,
    ) -> Triggered {
        let TriggerOptions { ignore_watermarks, defer_callbacks } = options;
        let marks = if ignore_watermarks { Marks::Ignored } else { Marks::Kept };
        if defer_callbacks || self.state.bufferevents[id.0].defers_callbacks() {
            for callback in callbacks {
                if self.is_triggered(id, callback, marks) {
                    self.defer_callback(id, callback);
                }
            }
            return Triggered::NOTHING;
        }
        for callback in callbacks {
            self.owe(Work::CallByMark(id, callback, marks));
        }
        Triggered(Some(self.state.calls.owed.add(Work::Release(id))))
    }
}
