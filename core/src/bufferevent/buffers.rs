//! What the application does to the two buffers.

use std::fmt;

use super::Engine;
use crate::evbuffer::Spares;
use crate::{BufferName, BuffereventId, Change, End, Evbuffer, Frozen, Observer, Payload, Step};

/// Why no byte moved between the application and a buffer of a bufferevent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BufferError {
    /// The application has frozen that end of the bufferevent's own buffer.
    Frozen,
    /// The application's evbuffer is frozen at the end that would change.
    OtherFrozen,
}

/// Why nothing moved from the input of one bufferevent to the output of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveError {
    /// The application has frozen the start of input.
    Frozen,
    /// The application has frozen the end of the other's output.
    OtherFrozen,
    /// The other was freed.
    Gone,
}

impl From<BufferError> for MoveError {
    fn from(error: BufferError) -> Self {
        match error {
            BufferError::Frozen => Self::Frozen,
            BufferError::OtherFrozen => Self::OtherFrozen,
        }
    }
}

impl fmt::Display for MoveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Frozen => "the start of input is frozen",
            Self::OtherFrozen => "the end of the other bufferevent's output is frozen",
            Self::Gone => "the other bufferevent was freed",
        })
    }
}

impl std::error::Error for MoveError {}

impl fmt::Display for BufferError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Frozen => "this end of the bufferevent's own buffer is frozen",
            Self::OtherFrozen => "this end of the other evbuffer is frozen",
        })
    }
}

impl std::error::Error for BufferError {}

impl<O: Observer> Engine<O> {
    pub(crate) fn bufferevent_write(&mut self, id: BuffereventId, data: &[u8]) -> Result<(), Frozen> {
        let (output, spares) = self.output_mut(id);
        spares.give_to(output);
        output.add(data)?;
        self.output_written(id, data.len(), "bufferevent_write");
        Ok(())
    }

    pub(crate) fn bufferevent_write_buffer(
        &mut self,
        id: BuffereventId,
        source: &mut Evbuffer,
    ) -> Result<(), BufferError> {
        if source.is_empty() {
            // Nobody hears of it, nor of what a move under way has yet to tell.
            return Ok(());
        }
        let (output, spares) = self.output_mut(id);
        spares.give_to(output);
        let before = output.len();
        let own = output.is_frozen(End::End);
        output.add_buffer(source).map_err(|frozen| refusal(frozen, own))?;
        let added = output.len() - before;
        self.output_written(id, added, "bufferevent_write_buffer");
        Ok(())
    }

    /// `bufferevent_write_buffer` of 1.4 with the input of another: it copies, and then drains.
    #[cfg(feature = "sim")]
    pub(crate) fn bufferevent_write_input(
        &mut self,
        to: BuffereventId,
        from: BuffereventId,
    ) -> Result<(), Frozen> {
        let function = "bufferevent_write_buffer";
        let bytes = self.state.bufferevents[from.0].input.to_vec();
        let (output, spares) = self.output_mut(to);
        spares.give_to(output);
        output.add(&bytes)?;
        self.output_written(to, bytes.len(), function);
        let dropped = self.state.bufferevents[from.0].input.drain(usize::MAX)?;
        self.input_drained(from, dropped, function);
        Ok(())
    }

    pub(crate) fn bufferevent_read(&mut self, id: BuffereventId, into: &mut [u8]) -> Result<usize, Frozen> {
        let taken = self.state.bufferevents[id.0].input.remove(into)?;
        self.input_drained(id, taken, "evbuffer_drain");
        Ok(taken)
    }

    pub(crate) fn bufferevent_read_buffer(
        &mut self,
        id: BuffereventId,
        into: &mut Evbuffer,
    ) -> Result<usize, BufferError> {
        let input = &mut self.state.bufferevents[id.0].input;
        let own = input.is_frozen(End::Start);
        // What is only counted goes, too, and is not taken.
        let gone = input.len();
        let taken = input.remove_buffer(into, usize::MAX).map_err(|frozen| refusal(frozen, own))?;
        self.input_drained(id, gone, "evbuffer_add_buffer");
        Ok(taken)
    }

    pub(crate) fn bufferevent_read_buffer_to(
        &mut self,
        id: BuffereventId,
        to: BuffereventId,
    ) -> Result<usize, BufferError> {
        let own = self.state.bufferevents[id.0].input.is_frozen(End::Start);
        let (from, into) = ((id, BufferName::Input), (to, BufferName::Output));
        let moving = self.begin_move(from, into, usize::MAX, "evbuffer_add_buffer");
        let moving = moving.map_err(|frozen| refusal(frozen, own))?;
        let bytes = moving.bytes();
        if bytes > 0 {
            self.owe_changes(moving);
        }
        Ok(bytes)
    }

    pub(crate) fn bufferevent_drain(&mut self, id: BuffereventId, bytes: usize) -> Result<usize, Frozen> {
        let dropped = self.state.bufferevents[id.0].input.drain(bytes)?;
        self.input_drained(id, dropped, "evbuffer_drain");
        Ok(dropped)
    }

    pub(crate) fn bufferevent_pullup(&mut self, id: BuffereventId, bytes: Option<usize>) -> Option<&[u8]> {
        let input = &mut self.state.bufferevents[id.0].input;
        let bytes = bytes.unwrap_or_else(|| input.held());
        input.pullup(bytes).filter(|bytes| !bytes.is_empty())?;
        // 1.4's buffer is one block, and there is nothing to call.
        if self.state.bufferevents[id.0].private().is_some() {
            let buffer = BufferName::Input;
            self.record(Some(id), "evbuffer_pullup", move || Step::BufferPulledUp { buffer, bytes });
        }
        self.state.bufferevents[id.0].input.pullup(bytes)
    }

    pub(crate) fn bufferevent_edit_input<T>(
        &mut self,
        id: BuffereventId,
        edit: impl FnOnce(&mut Evbuffer) -> T,
    ) -> T {
        let input = &mut self.state.bufferevents[id.0].input;
        let lent = input.lend();
        let result = edit(input);
        let (change, len) = (input.take_back(&lent), input.len());
        match change {
            None => {}
            Some(Change { added: 0, .. }) => {
                self.input_drained(id, lent.len() - len, "evbuffer_drain");
            }
            Some(_) => {
                self.record_edit(id, BufferName::Input);
                self.input_changed(id);
            }
        }
        result
    }

    pub(crate) fn bufferevent_edit_output<T>(
        &mut self,
        id: BuffereventId,
        edit: impl FnOnce(&mut Evbuffer) -> T,
    ) -> T {
        let output = &mut self.state.bufferevents[id.0].output;
        let lent = output.lend();
        let result = edit(output);
        if output.take_back(&lent).is_some() {
            self.record_edit(id, BufferName::Output);
            self.output_changed(id, false);
        }
        result
    }

    fn output_mut(&mut self, id: BuffereventId) -> (&mut Evbuffer, &mut Spares) {
        (&mut self.state.bufferevents[id.0].output, &mut self.state.spares)
    }

    #[track_caller]
    fn output_written(&mut self, id: BuffereventId, added: usize, function: &'static str) {
        if added > 0 && self.is_watched(Some(id)) {
            self.record_written(id, added, function);
        }
        self.output_changed(id, true);
    }

    #[track_caller]
    #[cold]
    fn record_written(&mut self, id: BuffereventId, added: usize, function: &'static str) {
        let output = &self.state.bufferevents[id.0].output;
        let mut bytes = vec![0; added.min(self.payload_limit())];
        output.copyout_from(output.held() - added, &mut bytes);
        let (payload, len) = (Payload { len: added, bytes }, output.len());
        self.record(Some(id), function, move || Step::BufferAdded {
            buffer: BufferName::Output,
            payload,
            len,
        });
    }

    #[track_caller]
    fn input_drained(&mut self, id: BuffereventId, bytes: usize, function: &'static str) {
        if bytes > 0 && !self.recorder.is_unwanted(Some(id)) {
            let (buffer, len) = (BufferName::Input, self.state.bufferevents[id.0].input.len());
            self.record(Some(id), function, move || Step::BufferDrained { buffer, bytes, len });
        }
        self.input_changed(id);
    }

    #[track_caller]
    fn record_edit(&mut self, id: BuffereventId, name: BufferName) {
        if !self.is_watched(Some(id)) {
            return;
        }
        let bufferevent = &self.state.bufferevents[id.0];
        let buffer = bufferevent.buffer(name);
        let payload = Payload::gather(buffer.peek(), buffer.len(), self.payload_limit());
        self.record(Some(id), self.functions().get(name), move || Step::BufferEdited {
            buffer: name,
            payload,
        });
    }
}

/// Which of the two it was.
fn refusal(Frozen: Frozen, own: bool) -> BufferError {
    if own { BufferError::Frozen } else { BufferError::OtherFrozen }
}
