//! The internal write callback: `bufferevent_writecb`.

use super::{Due, Engine, Work};
use crate::{
    BufferName, BuffereventId, Callback, Direction, Errno, EventFlags, Kernel, MarkName, Observer, Payload,
    Step, Tanks, Transfer, What,
};

impl<O: Observer> Engine<O> {
    /// `ev_write` runs: writes once, and says whether the user is to hear of it. Woken with nothing to write it goes
    /// straight on to the low mark, which is how enabling writing calls the user once.
    pub(crate) fn writecb<K: Kernel + ?Sized>(
        &mut self,
        id: BuffereventId,
        cause: EventFlags,
        kernel: &mut K,
    ) -> Option<Due> {
        if cause == EventFlags::TIMEOUT {
            return self.fail(id, Direction::Write, What::TIMEOUT);
        }
        if self.state.bufferevents[id.0].is_connecting() {
            if let Err(due) = self.connected(id, kernel) {
                return due;
            }
            let due = self.notify(id, Callback::Event(What::CONNECTED));
            if due.is_some() || self.owes() {
                self.state.calls.connected = Some(id);
                return due;
            }
            return self.write_connected(id, kernel);
        }
        self.write_out(id, kernel, false)
    }

    /// The rest, once the user knows of the connection. The bufferevent may have been freed meanwhile: what it holds is
    /// written all the same.
    pub(crate) fn write_connected<K: Kernel + ?Sized>(
        &mut self,
        id: BuffereventId,
        kernel: &mut K,
    ) -> Option<Due> {
        if !self.state.bufferevents[id.0].enabled.write {
            self.del_event(self.state.bufferevents[id.0].ev_write);
            return None;
        }
        self.write_out(id, kernel, true)
    }

    #[inline]
    fn write_out<K: Kernel + ?Sized>(
        &mut self,
        id: BuffereventId,
        kernel: &mut K,
        just_connected: bool,
    ) -> Option<Due> {
        let writes = !self.state.bufferevents[id.0].output.is_empty();
        if writes {
            match self.send(id, kernel) {
                Ok(0) => return self.fail(id, Direction::Write, What::EOF),
                Ok(_) => {
                    self.output_changed(id, false);
                    if self.owes() {
                        self.owe(Work::WriteTail(id));
                        return None;
                    }
                }
                Err(errno) if self.is_retriable(Direction::Write, errno) => {
                    self.after_wakeup(id, Direction::Write);
                    return None;
                }
                Err(_) => return self.fail(id, Direction::Write, What::ERROR),
            }
        }
        if just_connected && !writes {
            // CONNECTED has told the user already.
            self.after_wakeup(id, Direction::Write);
            return None;
        }
        self.write_tail(id)
    }

    /// Bytes went, and whoever watches output has heard of that.
    #[inline]
    pub(crate) fn write_tail(&mut self, id: BuffereventId) -> Option<Due> {
        self.after_wakeup(id, Direction::Write);
        if !self.is_output_low(id) {
            return None;
        }
        self.notify(id, Callback::Write)
    }

    /// One `evbuffer_write` of output.
    fn send<K: Kernel + ?Sized>(&mut self, id: BuffereventId, kernel: &mut K) -> Result<usize, Errno> {
        let handle = self.state.bufferevents[id.0].handle.ok_or(Errno::Other(0))?;
        let size = self.write_size(id);
        // What leaves is not there to look at afterwards.
        let payload = self.is_watched(Some(id)).then(|| self.offered(id, size.bytes));
        let output = &mut self.state.bufferevents[id.0].output;
        let result = output.write(kernel, handle, size.bytes, size.chunks);
        self.state.spares.take_from(output);
        self.close_own_end(id, BufferName::Output);
        self.state.note_transfer(handle, Direction::Write, result);
        if let Some(payload) = payload {
            self.record_write(id, payload, result, kernel.tanks(handle));
        }
        let bytes = result?.bytes;
        self.state.totals.sent += bytes as u64;
        Ok(bytes)
    }

    /// What one write of at most so many bytes can take. Out of line, as is all that only a record needs.
    #[cold]
    fn offered(&self, id: BuffereventId, most: Option<usize>) -> Payload {
        let output = &self.state.bufferevents[id.0].output;
        let offered = most.map_or(output.len(), |most| most.min(output.len()));
        Payload::gather(output.peek(), offered, self.payload_limit())
    }

    #[track_caller]
    #[cold]
    fn record_write(
        &mut self,
        id: BuffereventId,
        mut payload: Payload,
        result: Result<Transfer, Errno>,
        tanks: Option<Tanks>,
    ) {
        let left = self.state.bufferevents[id.0].output.len();
        self.record(Some(id), self.functions().write, move || match result {
            Ok(Transfer { bytes: 0, .. }) => Step::EndOfFile { call: Direction::Write },
            Ok(Transfer { bytes, .. }) => {
                payload.bytes.truncate(bytes);
                payload.len = bytes;
                Step::Sent { payload, output: left, tanks }
            }
            Err(errno) => Step::CallFailed { call: Direction::Write, errno, tanks },
        });
    }

    /// Whether output has shrunk to the low mark, so that the write callback is due.
    pub(crate) fn is_output_low(&mut self, id: BuffereventId) -> bool {
        let bufferevent = &self.state.bufferevents[id.0];
        let (low, len) = (bufferevent.wm_write.low, bufferevent.output.len());
        let reached = len <= low;
        self.record(Some(id), self.functions().write_low, move || Step::WatermarkChecked {
            mark: MarkName::WriteLow,
            len,
            value: low,
            reached,
        });
        reached
    }
}
