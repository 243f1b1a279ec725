//! What the application does to the two buffers.

use super::BuffereventId;
use crate::base::EventBase;
use crate::evbuffer::Spares;
use crate::{BufferName, Evbuffer, Gone, Observer, Payload, Step};

impl<O: Observer> EventBase<O> {
    /// Appends to output, to be sent by the loop while writing is enabled: `bufferevent_write`.
    /// In 1.4 each call restarts the write timer.
    ///
    /// # Errors
    /// [`Gone`] when it was freed; nothing was added.
    pub fn bufferevent_write(&mut self, id: BuffereventId, data: &[u8]) -> Result<(), Gone> {
        let (output, spares) = self.output_mut(id)?;
        spares.give_to(output);
        output.add(data).expect("the end of output is never frozen");
        self.output_written(id, data.len());
        Ok(())
    }

    /// Moves all of `source` to output: `bufferevent_write_buffer`. No payload is copied.
    ///
    /// # Errors
    /// [`Gone`] when it was freed; nothing was moved.
    pub fn bufferevent_write_buffer(&mut self, id: BuffereventId, source: &mut Evbuffer) -> Result<(), Gone> {
        let (output, spares) = self.output_mut(id)?;
        spares.give_to(output);
        let before = output.len();
        output.add_buffer(source).map_err(|_| Gone)?;
        let added = output.len() - before;
        self.output_written(id, added);
        Ok(())
    }

    /// Takes up to `into.len()` bytes from input and gives how many: `bufferevent_read`. Reading that had stopped at
    /// the high mark may have resumed when this returns.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn bufferevent_read(&mut self, id: BuffereventId, into: &mut [u8]) -> Result<usize, Gone> {
        let input = &mut self.live_mut(id)?.input;
        let taken = input.remove(into).unwrap_or(0);
        self.input_drained(id, taken);
        Ok(taken)
    }

    /// Moves all of input to the end of `into` and gives how many bytes: `bufferevent_read_buffer`.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn bufferevent_read_buffer(&mut self, id: BuffereventId, into: &mut Evbuffer) -> Result<usize, Gone> {
        let input = &mut self.live_mut(id)?.input;
        let taken = input.remove_buffer(into, usize::MAX).unwrap_or(0);
        self.input_drained(id, taken);
        Ok(taken)
    }

    /// Drops up to `bytes` from the start of input and gives how many: `evbuffer_drain` on it.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn bufferevent_drain(&mut self, id: BuffereventId, bytes: usize) -> Result<usize, Gone> {
        let input = &mut self.live_mut(id)?.input;
        let dropped = input.drain(bytes).unwrap_or(0);
        self.input_drained(id, dropped);
        Ok(dropped)
    }

    /// Does anything to input that an evbuffer can do: `bufferevent_get_input`. The bufferevent hears of the change
    /// once, after all of it. In 2.x nothing can be added to its end.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn bufferevent_edit_input<T>(
        &mut self,
        id: BuffereventId,
        edit: impl FnOnce(&mut Evbuffer) -> T,
    ) -> Result<T, Gone> {
        let input = &mut self.live_mut(id)?.input;
        input.take_change();
        let result = edit(input);
        if let Some(change) = input.take_change() {
            if change.added == 0 {
                self.input_drained(id, change.deleted);
            } else {
                self.record_edit(id, BufferName::Input);
                self.input_changed(id);
            }
        }
        Ok(result)
    }

    /// Does anything to output that an evbuffer can do: `bufferevent_get_output`. 2.x sends what was added; 1.4, which
    /// does not watch output, leaves it until the next [`EventBase::bufferevent_write`]. In 2.x nothing can be taken
    /// from its start.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn bufferevent_edit_output<T>(
        &mut self,
        id: BuffereventId,
        edit: impl FnOnce(&mut Evbuffer) -> T,
    ) -> Result<T, Gone> {
        let output = &mut self.live_mut(id)?.output;
        output.take_change();
        let result = edit(output);
        if let Some(change) = output.take_change() {
            self.record_edit(id, BufferName::Output);
            if change.added > 0 {
                self.output_added(id, false);
            }
        }
        Ok(result)
    }

    fn output_mut(&mut self, id: BuffereventId) -> Result<(&mut Evbuffer, &mut Spares), Gone> {
        let bufferevent = self.bufferevents.get_mut(id.0).filter(|bufferevent| !bufferevent.freed);
        bufferevent.map(|bufferevent| (&mut bufferevent.output, &mut self.spares)).ok_or(Gone)
    }

    fn output_written(&mut self, id: BuffereventId, added: usize) {
        if added == 0 {
            return;
        }
        if self.is_watched(Some(id)) {
            let output = &self.bufferevents[id.0].output;
            let mut bytes = vec![0; added.min(self.payload_limit())];
            output.copyout_from(output.len() - added, &mut bytes);
            let (payload, len) = (Payload { len: added, bytes }, output.len());
            self.record(Some(id), "bufferevent_write", move || Step::BufferAdded {
                buffer: BufferName::Output,
                payload,
                len,
            });
        }
        self.output_added(id, true);
    }

    fn input_drained(&mut self, id: BuffereventId, bytes: usize) {
        if bytes == 0 {
            return;
        }
        let len = self.bufferevents[id.0].input.len();
        let buffer = BufferName::Input;
        self.record(Some(id), "evbuffer_drain", move || Step::BufferDrained { buffer, bytes, len });
        self.input_changed(id);
    }

    #[track_caller]
    fn record_edit(&mut self, id: BuffereventId, name: BufferName) {
        if !self.is_watched(Some(id)) {
            return;
        }
        let bufferevent = &self.bufferevents[id.0];
        let buffer = match name {
            BufferName::Input => &bufferevent.input,
            BufferName::Output => &bufferevent.output,
        };
        let payload = Payload::gather(buffer.peek(), buffer.len(), self.payload_limit());
        self.record(Some(id), "evbuffer_add", move || Step::BufferEdited { buffer: name, payload });
    }
}
