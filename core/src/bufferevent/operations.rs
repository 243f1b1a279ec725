//! Settings, and what enabling and disabling do.

use std::time::Duration;

use super::{Callbacks, Engine, Link, MAX_SINGLE, Watermarks};
use crate::dialect::{NoFunction, ReadLimit};
use crate::event_loop::NoHandle;
use crate::observe::micros;
use crate::{BuffereventId, Direction, Directions, Handle, Observer, PriorityError, Step, SuspendBits};

/// Settings.
impl<O: Observer> Engine<O> {
    pub(crate) fn bufferevent_getfd(&self, id: BuffereventId) -> Option<Handle> {
        let mut bufferevent = &self.state.bufferevents[id.0];
        while let Some(underlying) = bufferevent.get_underlying() {
            bufferevent = &self.state.bufferevents[underlying.0];
        }
        bufferevent.handle
    }

    pub(crate) fn bufferevent_setfd(&mut self, id: BuffereventId, handle: Option<Handle>) {
        match self.state.bufferevents[id.0].link {
            Link::Socket => {}
            Link::Filter(_) => {
                if let Some(underlying) = self.state.bufferevents[id.0].get_underlying() {
                    self.bufferevent_setfd(underlying, handle);
                }
                return;
            }
            Link::Pair(_) => return,
        }
        self.state.bufferevents[id.0].handle = handle;
        self.record(Some(id), "bufferevent_setfd", move || Step::HandleSet { handle });
        for direction in [Direction::Read, Direction::Write] {
            let event = self.state.bufferevents[id.0].io_event(direction);
            self.del_event(event);
            self.state.event_loop.set_handle(event, handle);
        }
        self.open_own_ends(id);
        self.handle_changed(id);
    }

    pub(crate) fn bufferevent_set_timeouts(
        &mut self,
        id: BuffereventId,
        read: Option<Duration>,
        write: Option<Duration>,
    ) {
        let bufferevent = &mut self.state.bufferevents[id.0];
        bufferevent.timeout_read = read.filter(|timeout| !timeout.is_zero());
        bufferevent.timeout_write = write.filter(|timeout| !timeout.is_zero());
        let (read_us, write_us) = (micros(bufferevent.timeout_read), micros(bufferevent.timeout_write));
        let function = self.functions().set_timeouts;
        self.record(Some(id), function, move || Step::TimeoutsSet { read_us, write_us });
        self.timeouts_changed(id);
    }

    pub(crate) fn bufferevent_setwatermark(
        &mut self,
        id: BuffereventId,
        directions: Directions,
        marks: Watermarks,
    ) {
        for direction in [Direction::Read, Direction::Write] {
            if !directions.contains(direction) {
                continue;
            }
            match direction {
                Direction::Read => self.state.bufferevents[id.0].wm_read = marks,
                Direction::Write => self.state.bufferevents[id.0].wm_write = marks,
            }
            let (low, high) = (marks.low, marks.high.map_or(0, std::num::NonZeroUsize::get));
            self.record(Some(id), "bufferevent_setwatermark", move || Step::WatermarksSet {
                direction,
                low,
                high,
            });
        }
        self.marks_changed(id, directions);
    }

    pub(crate) fn set_priorities(&mut self, priorities: u8) -> Result<(), PriorityError> {
        self.state.event_loop.set_priorities(priorities)?;
        for bufferevent in self.state.bufferevents.values_mut() {
            if let Some(private) = bufferevent.private_mut() {
                private.deferral.priority = private.deferral.priority.min(priorities - 1);
            }
        }
        Ok(())
    }

    pub(crate) fn bufferevent_priority_set(
        &mut self,
        id: BuffereventId,
        priority: u8,
    ) -> Result<(), PriorityError> {
        let bufferevent = &self.state.bufferevents[id.0];
        let (ev_read, ev_write) = (bufferevent.ev_read, bufferevent.ev_write);
        if bufferevent.link != Link::Socket {
            return Err(PriorityError::NoSocket);
        }
        self.state.event_loop.set_priority(ev_read, priority)?;
        self.state.event_loop.set_priority(ev_write, priority)?;
        self.set_deferred_priority(id, priority);
        self.record(Some(id), "bufferevent_priority_set", move || Step::PrioritySet { priority });
        Ok(())
    }
}

/// Why the bound of one read stays as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadBoundError {
    /// This libevent has no such bound.
    NoFunction(NoFunction),
    /// It is more than the libevent of the dialect takes.
    TooLarge {
        /// The most that can be set, in bytes.
        largest: usize,
    },
}

impl std::fmt::Display for ReadBoundError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoFunction(none) => none.fmt(f),
            Self::TooLarge { largest } => write!(f, "one read is bounded by {largest} bytes at most"),
        }
    }
}

impl std::error::Error for ReadBoundError {}

impl From<NoFunction> for ReadBoundError {
    fn from(none: NoFunction) -> Self {
        Self::NoFunction(none)
    }
}

/// What `max_single_read` or `max_single_write` becomes when this is set.
const fn single_or_default(bytes: usize) -> usize {
    if bytes == 0 || bytes > isize::MAX as usize { MAX_SINGLE } else { bytes }
}

/// What only 2.x has.
impl<O: Observer> Engine<O> {
    pub(crate) fn bufferevent_set_max_single_read(
        &mut self,
        id: BuffereventId,
        bytes: usize,
    ) -> Result<(), ReadBoundError> {
        self.since_2("bufferevent_set_max_single_read")?;
        let bytes = single_or_default(bytes);
        if let ReadLimit::SingleRead { largest, .. } = self.rules().read_limit
            && bytes > largest
        {
            return Err(ReadBoundError::TooLarge { largest });
        }
        if let Some(private) = self.state.bufferevents[id.0].private_mut() {
            private.max_single_read = bytes;
        }
        Ok(())
    }

    pub(crate) fn bufferevent_set_max_single_write(
        &mut self,
        id: BuffereventId,
        bytes: usize,
    ) -> Result<(), NoFunction> {
        self.since_2("bufferevent_set_max_single_write")?;
        if let Some(private) = self.state.bufferevents[id.0].private_mut() {
            private.max_single_write = single_or_default(bytes);
        }
        Ok(())
    }
}

/// What the operations and the internal callbacks have in common.
impl<O: Observer> Engine<O> {
    pub(crate) fn set_callbacks(&mut self, id: BuffereventId, callbacks: Callbacks) {
        let bufferevent = &mut self.state.bufferevents[id.0];
        bufferevent.callbacks = callbacks;
        if let Some(private) = bufferevent.private_mut() {
            private.filter_hears = false;
        }
        let Callbacks { read, write, event } = callbacks;
        self.record(Some(id), "bufferevent_setcb", move || Step::CallbacksSet { read, write, event });
    }

    /// Adds the internal event of this direction, with its timeout: `bufferevent_add`.
    pub(crate) fn add_io_event(&mut self, id: BuffereventId, direction: Direction) -> Result<(), NoHandle> {
        let bufferevent = &self.state.bufferevents[id.0];
        let (event, timeout) = (bufferevent.io_event(direction), bufferevent.timeout(direction));
        self.add_event(event, timeout)
    }

    /// The directions may work from now on: `be_ops->enable`.
    pub(crate) fn start(&mut self, id: BuffereventId, directions: Directions) -> Result<(), NoHandle> {
        match self.state.bufferevents[id.0].link {
            Link::Socket => {}
            Link::Pair(partner) => {
                self.pair_start(id, partner, directions);
                return Ok(());
            }
            Link::Filter(filter) => {
                self.filter_start(id, filter.underlying, directions);
                return Ok(());
            }
        }
        for direction in [Direction::Read, Direction::Write] {
            if directions.contains(direction) {
                self.add_io_event(id, direction)?;
            }
        }
        Ok(())
    }

    /// The direction works no more: `be_ops->disable`. While connecting, writing goes on waiting for that.
    pub(crate) fn stop(&mut self, id: BuffereventId, direction: Direction) {
        if direction == Direction::Write && self.state.bufferevents[id.0].is_connecting() {
            return;
        }
        self.del_event(self.state.bufferevents[id.0].io_event(direction));
        if direction == Direction::Read
            && let Some(underlying) = self.state.bufferevents[id.0].get_underlying()
        {
            self.suspend_reading(underlying, SuspendBits::FILTER);
        }
    }

    pub(crate) fn set_enabled(&mut self, id: BuffereventId, directions: Directions) {
        let bufferevent = &mut self.state.bufferevents[id.0];
        bufferevent.enabled = bufferevent.enabled.with(directions);
        let enabled = bufferevent.enabled;
        self.record(Some(id), "bufferevent_enable", move || Step::Enabled { directions, enabled });
    }

    pub(crate) fn disable(&mut self, id: BuffereventId, directions: Directions) {
        let bufferevent = &self.state.bufferevents[id.0];
        // In which order timers are taken away decides which of others, that have one time, fires first.
        let order = match bufferevent.link {
            Link::Socket | Link::Pair(_) => [Direction::Read, Direction::Write],
            Link::Filter(_) => [Direction::Write, Direction::Read],
        };
        for direction in order {
            if directions.contains(direction) {
                self.stop(id, direction);
            }
        }
        let bufferevent = &mut self.state.bufferevents[id.0];
        bufferevent.enabled = bufferevent.enabled.without(directions);
        let enabled = bufferevent.enabled;
        self.record(Some(id), "bufferevent_disable", move || Step::Disabled { directions, enabled });
    }
}
