//! Where the dialects part in what a bufferevent does: each place asks for one rule of `crate::dialect`.

use std::num::NonZeroUsize;

use super::{Engine, Link, Own, Room, Work};
use crate::dialect::{
    Enabling, Failure, FullInput, IoEvents, NoTimeout, OutputWatch, ReadLimit, Release, WriteLimit,
};
use crate::event_loop::NoHandle;
use crate::{
    BufferName, BuffereventId, Change, Direction, Directions, End, Errno, Evbuffer, Handle, Kernel, Observer,
    ReadBound, SuspendBits, Transfer,
};

/// What one write takes from output at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WriteSize {
    pub(crate) bytes: Option<usize>,
    pub(crate) chunks: Option<usize>,
}

impl<O: Observer> Engine<O> {
    /// The room below the high watermark.
    pub(crate) fn read_room(&self, id: BuffereventId) -> Room {
        let bufferevent = &self.state.bufferevents[id.0];
        let Some(high) = bufferevent.wm_read.high else { return Room::Unlimited };
        let room = self.rules().room_below(high.get(), bufferevent.input.len());
        if room == 0 { Room::None } else { Room::Bytes(room) }
    }

    /// How much one read takes, and what decided it.
    pub(crate) fn read_size<K: Kernel + ?Sized>(
        &self,
        id: BuffereventId,
        room: Option<usize>,
        kernel: &mut K,
    ) -> (usize, ReadBound) {
        let bufferevent = &self.state.bufferevents[id.0];
        if let Some(limit) = self.state.read_limit {
            return own_read_size(limit, room);
        }
        let (most, bound) = match (self.rules().read_limit, bufferevent.private()) {
            // Whatever is readable, never more than this.
            (ReadLimit::SingleRead { evbuffer, largest: _ }, Some(private)) => {
                let single = private.max_single_read;
                let most = evbuffer.map_or(single, |evbuffer| single.min(evbuffer));
                (room.map_or(most, |room| room.min(most)), ReadBound::SingleRead)
            }
            _ => {
                // Where the answer can only be less than is read anyway, it is asked for to be seen.
                let seen = !self.recorder.is_unwanted(Some(id));
                let decides = room.is_some() || bufferevent.input.may_read_much_1_4();
                let ask = Evbuffer::needs_readable_bytes(room) && (seen || decides);
                let readable =
                    bufferevent.handle.filter(|_| ask).and_then(|handle| kernel.readable_bytes(handle));
                (bufferevent.input.read_limit_1_4(readable, room), ReadBound::Readable)
            }
        };
        let bound = if room == Some(most) { ReadBound::HighWatermark } else { bound };
        (most, bound)
    }

    /// Reads as much as there is, up to what one read takes, where that would have to be asked for and need not be. Gives what
    /// [`read_size`](Self::read_size) would have said besides, or nothing where it has to be asked.
    pub(crate) fn read_unasked<K: Kernel + ?Sized>(
        &mut self,
        id: BuffereventId,
        handle: Handle,
        room: Option<usize>,
        kernel: &mut K,
    ) -> Option<(usize, ReadBound, Result<Transfer, Errno>)> {
        let bufferevent = &mut self.state.bufferevents[id.0];
        let asks = Evbuffer::needs_readable_bytes(room);
        if !asks || self.state.read_limit.is_some() || bufferevent.private().is_some() {
            return None;
        }
        self.state.spares.give_to(&mut bufferevent.input);
        let (most, result) = bufferevent.input.read_unasked(kernel, handle, room)?;
        let bound = if room == Some(most) { ReadBound::HighWatermark } else { ReadBound::Readable };
        Some((most, bound, result))
    }

    /// How much one write takes.
    pub(crate) fn write_size(&self, id: BuffereventId) -> WriteSize {
        match (self.rules().write_limit, self.state.bufferevents[id.0].private()) {
            (WriteLimit::SingleWrite { chunks }, Some(private)) => {
                WriteSize { bytes: Some(private.max_single_write), chunks: Some(chunks) }
            }
            _ => WriteSize { bytes: None, chunks: None },
        }
    }

    /// Errors after which a call is simply made again later.
    pub(crate) fn is_retriable(&self, call: Direction, errno: Errno) -> bool {
        match errno {
            Errno::Again | Errno::Interrupted => true,
            Errno::InProgress => self.rules().retries_write_in_progress && call == Direction::Write,
            _ => false,
        }
    }

    /// Input is full: no more is read until it has been drained below the mark.
    pub(crate) fn stop_reading(&mut self, id: BuffereventId) {
        match self.state.bufferevents[id.0].own {
            Own::Pressure { .. } => {
                self.del_event(self.state.bufferevents[id.0].ev_read);
                self.install_pressure(id);
            }
            Own::Private(_) => self.suspend_reading(id, SuspendBits::WATERMARK),
        }
    }

    /// After a read that reached the low mark, before the user callback. A watch on input has stopped reading already,
    /// inside the read.
    pub(crate) fn stop_reading_when_full(&mut self, id: BuffereventId) {
        let bufferevent = &self.state.bufferevents[id.0];
        if matches!(bufferevent.own, Own::Pressure { .. }) && bufferevent.is_input_full() {
            self.stop_reading(id);
        }
    }

    /// An internal callback ended well: a one-shot event is added again while there is something to wait for, a
    /// persistent write event is deleted when there is not.
    pub(crate) fn after_wakeup(&mut self, id: BuffereventId, direction: Direction) {
        let bufferevent = &self.state.bufferevents[id.0];
        let wanted = direction == Direction::Read || !bufferevent.output.is_empty();
        match self.rules().io_events {
            // Whether it can be added was decided when it was added first.
            IoEvents::Once if wanted => drop(self.add_io_event(id, direction)),
            IoEvents::Persist if !wanted => self.del_event(bufferevent.ev_write),
            _ => {}
        }
    }

    /// Output grew: whoever hands it on begins. Not asked of a filter.
    pub(crate) fn output_added(&mut self, id: BuffereventId, change: Change, by_write: bool) {
        let bufferevent = &self.state.bufferevents[id.0];
        if let Link::Pair(partner) = bufferevent.link {
            if change.added > change.deleted {
                self.pair_output_added(id, partner);
            }
            return;
        }
        let pending = || self.is_event_pending(bufferevent.ev_write, Direction::Write);
        let wanted = match self.rules().output_watch {
            OutputWatch::ByWrite => by_write,
            OutputWatch::Always => !pending(),
        };
        if wanted && bufferevent.enabled.write {
            // As in libevent, a write that cannot be waited for still keeps its bytes.
            let _ = self.add_io_event(id, Direction::Write);
        }
    }

    /// End of file, an error or a timeout, just before the user hears of it.
    pub(crate) fn direction_failed(&mut self, id: BuffereventId, direction: Direction) {
        if self.rules().failure == Failure::Disables {
            self.disable(id, direction.into());
        }
    }

    /// A read callback has returned: input still at its high mark may get another.
    pub(crate) fn after_read_callback(&mut self, id: BuffereventId) {
        if self.rules().full_input != FullInput::CallsAgain {
            return;
        }
        let Some(bufferevent) = self.state.bufferevents.get(id.0) else { return };
        if bufferevent.enabled.read && bufferevent.is_input_full() {
            self.trigger_read_deferred(id);
        }
    }

    /// `bufferevent_enable`.
    pub(crate) fn enable_directions(
        &mut self,
        id: BuffereventId,
        wanted: Directions,
    ) -> Result<(), NoHandle> {
        match self.rules().enabling {
            Enabling::EventsFirst => {
                self.start(id, wanted)?;
                self.set_enabled(id, wanted);
                Ok(())
            }
            Enabling::FlagsFirst => {
                self.set_enabled(id, wanted);
                let suspended = !self.state.bufferevents[id.0].suspended().is_empty();
                let wanted = if suspended { wanted.without(Directions::READ) } else { wanted };
                let started = self.start(id, wanted);
                if self.owes() {
                    self.owe(Work::Release(id));
                }
                started
            }
        }
    }

    /// The watermarks of these directions were set.
    pub(crate) fn marks_changed(&mut self, id: BuffereventId, directions: Directions) {
        let bufferevent = &mut self.state.bufferevents[id.0];
        match &mut bufferevent.own {
            Own::Pressure { .. } => self.pressure_callback(id),
            Own::Private(private) if directions.read => {
                private.watching = bufferevent.wm_read.high.is_some();
                if private.watching {
                    private.watches.add_mark();
                }
                self.watch_mark(id, "bufferevent_setwatermark");
            }
            Own::Private(_) => {}
        }
    }

    /// The timeouts were set: events that wait take the new ones now.
    pub(crate) fn timeouts_changed(&mut self, id: BuffereventId) {
        if self.state.bufferevents[id.0].link != Link::Socket {
            return self.generic_timeouts_changed(id);
        }
        for direction in [Direction::Read, Direction::Write] {
            let event = self.state.bufferevents[id.0].io_event(direction);
            if !self.is_event_pending(event, direction) {
                continue;
            }
            let takes_away = self.rules().no_timeout == NoTimeout::TakesTimerAway;
            if takes_away && self.state.bufferevents[id.0].timeout(direction).is_none() {
                self.remove_timer(event);
            } else {
                // It was added before, and can be again.
                let _ = self.add_io_event(id, direction);
            }
        }
    }

    /// The bufferevent is on another handle, with neither event added.
    pub(crate) fn handle_changed(&mut self, id: BuffereventId) {
        let bufferevent = &self.state.bufferevents[id.0];
        if self.rules().new_handle_resumes && bufferevent.handle.is_some() {
            // With a handle it cannot fail.
            let _ = self.enable_directions(id, bufferevent.enabled);
        }
    }

    /// The bufferevent was freed.
    pub(crate) fn release(&mut self, id: BuffereventId) {
        match self.rules().release {
            Release::AtOnce => self.remove_bufferevent(id),
            Release::ByTheLoop => self.finalize_when_unused(id),
        }
    }

    /// 2.x: on another handle, its own ends are open to the application until it reads or writes next.
    pub(crate) fn open_own_ends(&mut self, id: BuffereventId) {
        for name in [BufferName::Input, BufferName::Output] {
            if let Some(end) = self.freezes(name) {
                self.state.bufferevents[id.0].buffer_mut(name).unfreeze(end);
            }
        }
    }

    /// Its own end of this buffer is closed: after each call of the kernel.
    #[inline]
    pub(crate) fn close_own_end(&mut self, id: BuffereventId, name: BufferName) {
        if let Some(end) = self.freezes(name) {
            self.state.bufferevents[id.0].buffer_mut(name).freeze(end);
        }
    }

    /// The end of this buffer that is the bufferevent's own, and closed to the application.
    pub(crate) fn freezes(&self, buffer: BufferName) -> Option<End> {
        self.rules().freezes_own_ends.then_some(match buffer {
            BufferName::Input => End::End,
            BufferName::Output => End::Start,
        })
    }
}

/// Out of line: hardly anybody has a limit of their own.
#[cold]
fn own_read_size(limit: NonZeroUsize, room: Option<usize>) -> (usize, ReadBound) {
    match room {
        Some(room) if room <= limit.get() => (room, ReadBound::HighWatermark),
        _ => (limit.get(), ReadBound::SingleRead),
    }
}
