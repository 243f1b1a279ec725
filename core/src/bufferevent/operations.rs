//! What the application calls.

use std::time::Duration;

use super::{Bufferevent, BuffereventId, Callbacks, Link, MAX_SINGLE, Watermarks};
use crate::base::EventBase;
use crate::dialect::ReadLimit;
use crate::observe::micros;
use crate::{ArmError, Direction, Directions, EventFlags, Gone, Handle, Observer, PriorityError, Step};

/// Settings.
impl<O: Observer> EventBase<O> {
    /// The bufferevent to look at; none once it was freed.
    #[must_use]
    pub fn bufferevent(&self, id: BuffereventId) -> Option<&Bufferevent> {
        self.bufferevents.get(id.0).filter(|bufferevent| !bufferevent.freed)
    }

    /// Every bufferevent that was not freed.
    pub fn bufferevents(&self) -> impl Iterator<Item = (BuffereventId, &Bufferevent)> {
        let live = self.bufferevents.iter().filter(|(_, bufferevent)| !bufferevent.freed);
        live.map(|(key, bufferevent)| (BuffereventId(key), bufferevent))
    }

    /// Whether the internal event of this direction waits for the handle.
    #[must_use]
    pub fn is_armed(&self, id: BuffereventId, direction: Direction) -> bool {
        self.bufferevent(id).is_some_and(|bufferevent| self.events[bufferevent.io_event(direction)].armed)
    }

    /// Whether a timer of this direction's internal event runs, and until when.
    #[must_use]
    pub fn deadline(&self, id: BuffereventId, direction: Direction) -> Option<crate::Time> {
        let event = self.bufferevent(id)?.io_event(direction);
        self.events[event].deadline.map(|deadline| deadline.at)
    }

    /// What this direction's internal event is active with; none when it is not.
    #[must_use]
    pub fn active_with(&self, id: BuffereventId, direction: Direction) -> Option<EventFlags> {
        let event = self.bufferevent(id)?.io_event(direction);
        self.events[event].active.map(|active| active.cause)
    }

    /// Which callbacks are wanted from now on: `bufferevent_setcb`. What is buffered already brings none by itself.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn bufferevent_setcb(&mut self, id: BuffereventId, callbacks: Callbacks) -> Result<(), Gone> {
        self.live_mut(id)?;
        self.set_callbacks(id, callbacks);
        Ok(())
    }

    /// Puts the bufferevent on another handle, or on none: `bufferevent_setfd`. Buffers and `enabled` stay; 1.4 waits
    /// for nothing until enabled again, 2.x goes on with what is enabled.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn bufferevent_setfd(&mut self, id: BuffereventId, handle: Option<Handle>) -> Result<(), Gone> {
        self.live_mut(id)?.handle = handle;
        self.record(Some(id), "bufferevent_setfd", move || Step::HandleSet { handle });
        for direction in [Direction::Read, Direction::Write] {
            let event = self.bufferevents[id.0].io_event(direction);
            self.del_event(event);
            self.events[event].handle = handle;
        }
        self.handle_changed(id);
        Ok(())
    }

    /// Enables the directions: `bufferevent_enable`. Enabling writing with nothing to write calls the user once.
    ///
    /// # Errors
    /// [`ArmError`] when it was freed, or (1.4) has no handle; `enabled` is unchanged then.
    pub fn bufferevent_enable(&mut self, id: BuffereventId, directions: Directions) -> Result<(), ArmError> {
        self.live_mut(id).map_err(|Gone| ArmError::Gone)?;
        self.enable_directions(id, directions)
    }

    /// Disables the directions: `bufferevent_disable`. Their timers are gone too; what is buffered stays.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn bufferevent_disable(&mut self, id: BuffereventId, directions: Directions) -> Result<(), Gone> {
        self.live_mut(id)?;
        self.disable(id, directions);
        Ok(())
    }

    /// Sets both timeouts: `bufferevent_settimeout` of 1.4 (whole seconds there), `bufferevent_set_timeouts` of 2.x.
    /// None is libevent's 0, which in 1.4 does not stop a timer that runs.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn bufferevent_set_timeouts(
        &mut self,
        id: BuffereventId,
        read: Option<Duration>,
        write: Option<Duration>,
    ) -> Result<(), Gone> {
        let bufferevent = self.live_mut(id)?;
        bufferevent.timeout_read = read.filter(|timeout| !timeout.is_zero());
        bufferevent.timeout_write = write.filter(|timeout| !timeout.is_zero());
        let (read_us, write_us) = (micros(bufferevent.timeout_read), micros(bufferevent.timeout_write));
        let function = self.functions().set_timeouts;
        self.record(Some(id), function, move || Step::TimeoutsSet { read_us, write_us });
        self.timeouts_changed(id);
        Ok(())
    }

    /// Sets the watermarks of these directions: `bufferevent_setwatermark`. It never calls the user, and may stop
    /// (2.x) or resume (both) reading at once.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn bufferevent_setwatermark(
        &mut self,
        id: BuffereventId,
        directions: Directions,
        marks: Watermarks,
    ) -> Result<(), Gone> {
        self.live_mut(id)?;
        for direction in [Direction::Read, Direction::Write] {
            if !directions.contains(direction) {
                continue;
            }
            match direction {
                Direction::Read => self.bufferevents[id.0].wm_read = marks,
                Direction::Write => self.bufferevents[id.0].wm_write = marks,
            }
            let (low, high) = (marks.low, marks.high.map_or(0, std::num::NonZeroUsize::get));
            self.record(Some(id), "bufferevent_setwatermark", move || Step::WatermarksSet {
                direction,
                low,
                high,
            });
        }
        self.marks_changed(id, directions);
        Ok(())
    }

    /// Sets the priority of both internal events: `bufferevent_priority_set`.
    ///
    /// # Errors
    /// [`PriorityError`] when it was freed, one of the events is active or there is no such priority; as in libevent,
    /// that of reading may have changed already.
    pub fn bufferevent_priority_set(&mut self, id: BuffereventId, priority: u8) -> Result<(), PriorityError> {
        let bufferevent = self.live_mut(id).map_err(|Gone| PriorityError::Gone)?;
        let (ev_read, ev_write) = (bufferevent.ev_read, bufferevent.ev_write);
        self.set_event_priority(ev_read, priority)?;
        self.set_event_priority(ev_write, priority)?;
        self.record(Some(id), "bufferevent_priority_set", move || Step::PrioritySet { priority });
        Ok(())
    }
}

/// Why the bound of one read stays as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SingleReadError {
    /// The bufferevent was freed.
    Gone,
    /// It is more than this libevent takes.
    TooLarge {
        /// The most that can be set, in bytes.
        largest: usize,
    },
}

impl std::fmt::Display for SingleReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Gone => f.write_str("it was freed"),
            Self::TooLarge { largest } => write!(f, "one read is bounded by {largest} bytes at most"),
        }
    }
}

impl std::error::Error for SingleReadError {}

/// What `max_single_read` or `max_single_write` becomes when this is set.
const fn single_or_default(bytes: usize) -> usize {
    if bytes == 0 || bytes > isize::MAX as usize { MAX_SINGLE } else { bytes }
}

/// What only 2.x has.
impl<O: Observer> EventBase<O> {
    /// Bounds one read, in bytes: `bufferevent_set_max_single_read`. 0 and more than `isize::MAX` are the default of
    /// 16384; 2.1 reads at most 4096 at once whatever is set.
    ///
    /// # Errors
    /// [`SingleReadError`] when it was freed, and in 2.2 above 2^31 - 1; the bound stays as it was.
    pub fn bufferevent_set_max_single_read(
        &mut self,
        id: BuffereventId,
        bytes: usize,
    ) -> Result<(), SingleReadError> {
        let limit = self.rules().read_limit;
        let bufferevent = self.live_mut(id).map_err(|Gone| SingleReadError::Gone)?;
        let bytes = single_or_default(bytes);
        if let ReadLimit::SingleRead { largest, .. } = limit
            && bytes > largest
        {
            return Err(SingleReadError::TooLarge { largest });
        }
        if let Some(private) = bufferevent.private_mut() {
            private.max_single_read = bytes;
        }
        Ok(())
    }

    /// Bounds one write, in bytes: `bufferevent_set_max_single_write`. 0 and more than `isize::MAX` are the default of
    /// 16384.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn bufferevent_set_max_single_write(&mut self, id: BuffereventId, bytes: usize) -> Result<(), Gone> {
        if let Some(private) = self.live_mut(id)?.private_mut() {
            private.max_single_write = single_or_default(bytes);
        }
        Ok(())
    }
}

/// What the operations and the internal callbacks have in common.
impl<O: Observer> EventBase<O> {
    pub(crate) fn live_mut(&mut self, id: BuffereventId) -> Result<&mut Bufferevent, Gone> {
        self.bufferevents.get_mut(id.0).filter(|bufferevent| !bufferevent.freed).ok_or(Gone)
    }

    pub(crate) fn set_callbacks(&mut self, id: BuffereventId, callbacks: Callbacks) {
        self.bufferevents[id.0].callbacks = callbacks;
        let Callbacks { read, write, event } = callbacks;
        self.record(Some(id), "bufferevent_setcb", move || Step::CallbacksSet { read, write, event });
    }

    /// Adds the internal event of this direction, with its timeout: `bufferevent_add`.
    pub(crate) fn add_io_event(&mut self, id: BuffereventId, direction: Direction) -> Result<(), ArmError> {
        let bufferevent = &self.bufferevents[id.0];
        let (event, timeout) = (bufferevent.io_event(direction), bufferevent.timeout(direction));
        self.add_event(event, timeout)
    }

    /// The directions may work from now on: `be_ops->enable`.
    pub(crate) fn start(&mut self, id: BuffereventId, directions: Directions) -> Result<(), ArmError> {
        if let Link::Pair(partner) = self.bufferevents[id.0].link {
            self.pair_start(id, partner, directions);
            return Ok(());
        }
        for direction in [Direction::Read, Direction::Write] {
            if directions.contains(direction) {
                self.add_io_event(id, direction)?;
            }
        }
        Ok(())
    }

    /// The direction works no more: `be_ops->disable`.
    pub(crate) fn stop(&mut self, id: BuffereventId, direction: Direction) {
        self.del_event(self.bufferevents[id.0].io_event(direction));
    }

    pub(crate) fn set_enabled(&mut self, id: BuffereventId, directions: Directions) {
        let bufferevent = &mut self.bufferevents[id.0];
        bufferevent.enabled = bufferevent.enabled.with(directions);
        let enabled = bufferevent.enabled;
        self.record(Some(id), "bufferevent_enable", move || Step::Enabled { directions, enabled });
    }

    pub(crate) fn disable(&mut self, id: BuffereventId, directions: Directions) {
        for direction in [Direction::Read, Direction::Write] {
            if directions.contains(direction) {
                self.stop(id, direction);
            }
        }
        let bufferevent = &mut self.bufferevents[id.0];
        bufferevent.enabled = bufferevent.enabled.without(directions);
        let enabled = bufferevent.enabled;
        self.record(Some(id), "bufferevent_disable", move || Step::Disabled { directions, enabled });
    }
}
