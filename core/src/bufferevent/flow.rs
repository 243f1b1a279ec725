//! Where the dialects part in what a bufferevent does. The table is in `dialect`.

use super::{Engine, Link, MAX_READ_2_1, Room};
use crate::event_loop::NoHandle;
use crate::{
    BufferName, BuffereventId, Dialect, Direction, Directions, Errno, Evbuffer, Kernel, Observer, ReadBound,
};

/// What one write takes from output at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WriteSize {
    pub(crate) bytes: Option<usize>,
    pub(crate) chunks: Option<usize>,
}

impl<O: Observer> Engine<O> {
    /// The room below the high watermark. 1.4 keeps it in a C `int`: a mark more than 2^31 - 1 above the length
    /// comes out negative, and nothing is ever read.
    pub(crate) fn read_room(&self, id: BuffereventId) -> Room {
        let bufferevent = &self.state.bufferevents[id.0];
        let Some(high) = bufferevent.wm_read.high else { return Room::Unlimited };
        let (high, len) = (high.get(), bufferevent.input.len());
        let room = match self.state.dialect {
            Dialect::V1_4 => usize::try_from(high.wrapping_sub(len) as i32).unwrap_or(0),
            Dialect::V2_1 => high.saturating_sub(len),
        };
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
        let (most, bound) = match self.state.dialect {
            Dialect::V1_4 => {
                let ask = Evbuffer::needs_readable_bytes(room);
                let readable =
                    bufferevent.handle.filter(|_| ask).and_then(|handle| kernel.readable_bytes(handle));
                (bufferevent.input.read_limit_1_4(readable, room), ReadBound::Readable)
            }
            // Whatever is readable, never more than this: `max_single_read` can only make it less.
            Dialect::V2_1 => {
                let most = bufferevent.max_single_read.min(MAX_READ_2_1);
                (room.map_or(most, |room| room.min(most)), ReadBound::SingleRead)
            }
        };
        let bound = if room == Some(most) { ReadBound::HighWatermark } else { bound };
        (most, bound)
    }

    /// How much one write takes: 1.4 has all of output in one block and offers it whole.
    pub(crate) fn write_size(&self, id: BuffereventId) -> WriteSize {
        match self.state.dialect {
            Dialect::V1_4 => WriteSize { bytes: None, chunks: None },
            Dialect::V2_1 => {
                WriteSize { bytes: Some(self.state.bufferevents[id.0].max_single_write), chunks: Some(128) }
            }
        }
    }

    /// Errors after which a call is simply made again later. 1.4 counts EINPROGRESS of a write among them; 2.x has a
    /// connect path of its own for it.
    pub(crate) fn is_retriable(&self, call: Direction, errno: Errno) -> bool {
        match errno {
            Errno::Again | Errno::Interrupted => true,
            Errno::InProgress => self.state.dialect == Dialect::V1_4 && call == Direction::Write,
            _ => false,
        }
    }

    /// Input is full: no more is read until it has been drained below the mark.
    pub(crate) fn stop_reading(&mut self, id: BuffereventId) {
        match self.state.dialect {
            Dialect::V1_4 => {
                self.del_event(self.state.bufferevents[id.0].ev_read);
                self.install_pressure(id);
            }
            Dialect::V2_1 => self.suspend_reading(id),
        }
    }

    /// After a read that reached the low mark, before the user callback. 2.1's watch on input has stopped reading
    /// already, inside the read.
    pub(crate) fn stop_reading_when_full(&mut self, id: BuffereventId) {
        let bufferevent = &self.state.bufferevents[id.0];
        if self.state.dialect == Dialect::V1_4 && bufferevent.is_input_full() {
            self.stop_reading(id);
        }
    }

    /// Input's length changed, by a read or by the application.
    pub(crate) fn input_changed(&mut self, id: BuffereventId) {
        let bufferevent = &self.state.bufferevents[id.0];
        match self.state.dialect {
            Dialect::V1_4 if bufferevent.pressure => self.pressure_callback(id),
            Dialect::V2_1 if bufferevent.watching => self.watch_mark(id, "bufferevent_inbuf_wm_cb"),
            _ => {}
        }
    }

    /// An internal callback ended well: 1.4's one-shot event is added again while there is something to wait for,
    /// 2.1's persistent write event is deleted when there is not.
    pub(crate) fn after_wakeup(&mut self, id: BuffereventId, direction: Direction) {
        let bufferevent = &self.state.bufferevents[id.0];
        let wanted = direction == Direction::Read || !bufferevent.output.is_empty();
        match self.state.dialect {
            // Whether it can be added was decided when it was added first.
            Dialect::V1_4 if wanted => drop(self.add_io_event(id, direction)),
            Dialect::V2_1 if !wanted => self.del_event(bufferevent.ev_write),
            _ => {}
        }
    }

    /// Bytes were added to output. In 1.4 nothing watches the buffer: only `bufferevent_write` notices, and each call
    /// restarts the timer. 2.x watches the buffer, whoever adds to it, and leaves a pending event alone.
    pub(crate) fn output_added(&mut self, id: BuffereventId, by_write: bool) {
        let bufferevent = &self.state.bufferevents[id.0];
        if let Link::Pair(partner) = bufferevent.link {
            return self.pair_output_added(id, partner);
        }
        let pending = || self.is_event_pending(bufferevent.ev_write, Direction::Write);
        let wanted = match self.state.dialect {
            Dialect::V1_4 => by_write,
            Dialect::V2_1 => !pending(),
        };
        if wanted && bufferevent.enabled.write {
            // As in libevent, a write that cannot be waited for still keeps its bytes.
            let _ = self.add_io_event(id, Direction::Write);
        }
    }

    /// End of file, an error or a timeout, just before the user hears of it. 2.x disables the direction, so that
    /// nothing happens in it again unasked.
    pub(crate) fn direction_failed(&mut self, id: BuffereventId, direction: Direction) {
        if self.state.dialect == Dialect::V2_1 {
            self.disable(id, direction.into());
        }
    }

    /// 2.1.9 and later look again after each read callback: input still at its high mark gets another, deferred.
    /// A callback that never drains so spins for ever, where 1.4 goes quiet.
    pub(crate) fn after_read_callback(&mut self, id: BuffereventId) {
        let Some(bufferevent) = self.state.bufferevents.get(id.0) else { return };
        if self.state.dialect == Dialect::V2_1 && bufferevent.enabled.read && bufferevent.is_input_full() {
            self.trigger_read_deferred(id);
        }
    }

    /// `bufferevent_enable`. 1.4 arms first, so that a failure leaves the flags as they were; 2.x sets the flags first
    /// and leaves a suspended direction for later.
    pub(crate) fn enable_directions(
        &mut self,
        id: BuffereventId,
        wanted: Directions,
    ) -> Result<(), NoHandle> {
        match self.state.dialect {
            Dialect::V1_4 => {
                self.start(id, wanted)?;
                self.set_enabled(id, wanted);
                Ok(())
            }
            Dialect::V2_1 => {
                self.set_enabled(id, wanted);
                let suspended = !self.state.bufferevents[id.0].suspended.is_empty();
                let wanted = if suspended { wanted.without(Directions::READ) } else { wanted };
                self.start(id, wanted)
            }
        }
    }

    /// The watermarks of these directions were set. 1.4 runs the pressure callback by hand, whichever mark it was;
    /// 2.x looks at the read mark only, and acts at once.
    pub(crate) fn marks_changed(&mut self, id: BuffereventId, directions: Directions) {
        match self.state.dialect {
            Dialect::V1_4 => self.pressure_callback(id),
            Dialect::V2_1 if directions.read => {
                let bufferevent = &mut self.state.bufferevents[id.0];
                bufferevent.watching = bufferevent.wm_read.high.is_some();
                self.watch_mark(id, "bufferevent_setwatermark");
            }
            Dialect::V2_1 => {}
        }
    }

    /// The timeouts were set: events that wait take the new ones now. Zero leaves a running timer alone in 1.4, where
    /// adding an event without a timeout does not touch its timer; 2.x takes the timer away.
    pub(crate) fn timeouts_changed(&mut self, id: BuffereventId) {
        if self.state.bufferevents[id.0].link != Link::Socket {
            return self.pair_timeouts_changed(id);
        }
        for direction in [Direction::Read, Direction::Write] {
            let event = self.state.bufferevents[id.0].io_event(direction);
            if !self.is_event_pending(event, direction) {
                continue;
            }
            if self.state.dialect == Dialect::V2_1
                && self.state.bufferevents[id.0].timeout(direction).is_none()
            {
                self.remove_timer(event);
            } else {
                let _ = self.add_io_event(id, direction);
            }
        }
    }

    /// The bufferevent is on another handle, with neither event added. 2.x adds what is enabled.
    pub(crate) fn handle_changed(&mut self, id: BuffereventId) {
        let bufferevent = &self.state.bufferevents[id.0];
        if self.state.dialect == Dialect::V2_1 && bufferevent.handle.is_some() {
            let _ = self.enable_directions(id, bufferevent.enabled);
        }
    }

    /// The bufferevent was freed. 1.4 releases everything at once and leaves the descriptor to the application; 2.x
    /// waits until none of its callbacks is under way or queued, and has the loop do it.
    pub(crate) fn release(&mut self, id: BuffereventId) {
        match self.state.dialect {
            Dialect::V1_4 => self.remove_bufferevent(id),
            Dialect::V2_1 => self.finalize_when_unused(id),
        }
    }

    /// 1.4 makes every bufferevent alike.
    pub(crate) fn has_options(&self) -> bool {
        self.state.dialect == Dialect::V2_1
    }

    /// 2.x forbids the application to add to the end of input or to take from the start of output: those are the
    /// bufferevent's own.
    pub(crate) fn freezes(&self, buffer: BufferName) -> Option<crate::End> {
        match (self.state.dialect, buffer) {
            (Dialect::V1_4, _) => None,
            (Dialect::V2_1, BufferName::Input) => Some(crate::End::End),
            (Dialect::V2_1, BufferName::Output) => Some(crate::End::Start),
        }
    }
}
