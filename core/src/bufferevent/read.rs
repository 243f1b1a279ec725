//! The internal read callback: `bufferevent_readcb`.

use super::{Due, Engine, Room, Work};
use crate::{
    BufferName, BuffereventId, Callback, Direction, Errno, EventFlags, Handle, Kernel, MarkName, Observer,
    Payload, Step, Tanks, Transfer, What,
};

const FUNCTION: &str = "bufferevent_readcb";

impl<O: Observer> Engine<O> {
    /// `ev_read` runs: reads once, as much as the marks allow, and says whether the user is to hear of it.
    pub(crate) fn readcb<K: Kernel + ?Sized>(
        &mut self,
        id: BuffereventId,
        cause: EventFlags,
        kernel: &mut K,
    ) -> Option<Due> {
        if cause == EventFlags::TIMEOUT {
            return self.fail(id, Direction::Read, What::TIMEOUT);
        }
        let room = self.read_room(id);
        self.record_high_mark(id, FUNCTION);
        let room = match room {
            Room::Unlimited => None,
            Room::Bytes(room) => Some(room),
            Room::None => {
                self.stop_reading(id);
                return None;
            }
        };
        if !self.state.bufferevents[id.0].suspended().is_empty() {
            return None;
        }
        match self.receive(id, room, kernel) {
            Ok(0) => return self.fail(id, Direction::Read, What::EOF),
            Ok(_) => {
                self.input_changed(id);
                if self.owes() {
                    self.owe(Work::ReadTail(id));
                    return None;
                }
            }
            Err(errno) if self.is_retriable(Direction::Read, errno) => {
                self.after_wakeup(id, Direction::Read);
                return None;
            }
            Err(Errno::ConnectionRefused) if self.note_refused(id) => return None,
            Err(_) => return self.fail(id, Direction::Read, What::ERROR),
        }
        self.read_tail(id)
    }

    /// Bytes came, and whoever watches input has heard of that.
    #[inline]
    pub(crate) fn read_tail(&mut self, id: BuffereventId) -> Option<Due> {
        self.after_wakeup(id, Direction::Read);
        if !self.is_low_mark_reached(id) {
            return None;
        }
        self.stop_reading_when_full(id);
        self.notify(id, Callback::Read)
    }

    /// One `evbuffer_read` into input.
    fn receive<K: Kernel + ?Sized>(
        &mut self,
        id: BuffereventId,
        room: Option<usize>,
        kernel: &mut K,
    ) -> Result<usize, Errno> {
        let handle = self.state.bufferevents[id.0].handle.ok_or(Errno::Other(0))?;
        let result = match self.read_unasked(id, handle, room, kernel) {
            Some((limit, bound, result)) => {
                self.record(Some(id), FUNCTION, move || Step::ReadBounded { limit, bound });
                result
            }
            None => self.read_asking(id, handle, room, kernel),
        };
        self.close_own_end(id, BufferName::Input);
        self.state.note_transfer(handle, Direction::Read, result);
        if self.is_watched(Some(id)) {
            self.record_read(id, result, kernel.tanks(handle));
        }
        let bytes = result?.bytes;
        self.state.totals.received += bytes as u64;
        Ok(bytes)
    }

    /// A read of as much as is found out before.
    fn read_asking<K: Kernel + ?Sized>(
        &mut self,
        id: BuffereventId,
        handle: Handle,
        room: Option<usize>,
        kernel: &mut K,
    ) -> Result<Transfer, Errno> {
        let (limit, bound) = self.read_size(id, room, kernel);
        // Before the read: after each record everything is as the record has it.
        self.record(Some(id), FUNCTION, move || Step::ReadBounded { limit, bound });
        let input = &mut self.state.bufferevents[id.0].input;
        self.state.spares.give_to(input);
        input.read(kernel, handle, limit)
    }

    /// Out of line, as is all that only a record needs.
    #[track_caller]
    #[cold]
    fn record_read(&mut self, id: BuffereventId, result: Result<Transfer, Errno>, tanks: Option<Tanks>) {
        let step = match result {
            Ok(transfer) if transfer.bytes == 0 => Step::EndOfFile { call: Direction::Read },
            Ok(transfer) => {
                let input = &self.state.bufferevents[id.0].input;
                let mut bytes = vec![0; transfer.bytes.min(self.payload_limit())];
                input.copyout_from(input.held() - transfer.bytes, &mut bytes);
                let payload = Payload { len: transfer.bytes, bytes };
                Step::Received { payload, input: input.len(), tanks }
            }
            Err(errno) => Step::CallFailed { call: Direction::Read, errno, tanks },
        };
        self.record(Some(id), "evbuffer_read", move || step);
    }

    /// Whether input has reached the low mark, so that the read callback is due.
    pub(crate) fn is_low_mark_reached(&mut self, id: BuffereventId) -> bool {
        let bufferevent = &self.state.bufferevents[id.0];
        let (low, len) = (bufferevent.wm_read.low, bufferevent.input.len());
        let reached = len >= low;
        if low != 0 {
            self.record(Some(id), self.functions().read_low, move || Step::WatermarkChecked {
                mark: MarkName::ReadLow,
                len,
                value: low,
                reached,
            });
        }
        reached
    }

    /// Records how input stands to the high mark, where there is one.
    #[track_caller]
    #[inline]
    pub(crate) fn record_high_mark(&mut self, id: BuffereventId, function: &'static str) {
        if !self.recorder.is_unwanted(Some(id)) {
            self.record_wanted_high_mark(id, function);
        }
    }

    #[track_caller]
    #[cold]
    fn record_wanted_high_mark(&mut self, id: BuffereventId, function: &'static str) {
        let bufferevent = &self.state.bufferevents[id.0];
        let Some(high) = bufferevent.wm_read.high else { return };
        let len = bufferevent.input.len();
        self.record(Some(id), function, move || Step::WatermarkChecked {
            mark: MarkName::ReadHigh,
            len,
            value: high.get(),
            reached: len >= high.get(),
        });
    }
}
