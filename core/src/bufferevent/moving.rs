//! Bytes go from a buffer of one bufferevent to a buffer of another, and whoever watches the two hears of it: libevent's
//! `evbuffer_add_buffer` and `evbuffer_remove_buffer` between bufferevents.
//!
//! Where everything goes, both buffers have changed before anybody hears, those of the source first. Where a part goes, the
//! receiver's hear while the source still counts what has gone, and the source is shortened once they have returned.

use super::{Engine, Work};
use crate::evbuffer::Removal;
use crate::{BufferName, BuffereventId, End, Evbuffer, Frozen, Observer, Payload, Step};

/// A buffer of a bufferevent.
pub(super) type Place = (BuffereventId, BufferName);

/// What has begun to move.
#[derive(Debug)]
pub(crate) struct Moving {
    from: Place,
    into: Place,
    /// What goes, as far as somebody watches.
    payload: Payload,
    function: &'static str,
    /// Of a part: what the source has yet to forget.
    removal: Option<Removal>,
}

impl Moving {
    /// How many bytes go.
    pub(super) const fn bytes(&self) -> usize {
        self.payload.len
    }
}

impl<O: Observer> Engine<O> {
    /// The receiver has up to `most` bytes from now on, as recorded of `function`. To be followed by [`Self::owe_changes`],
    /// or by [`Self::tell_changes`] where no callback of the application can run in between.
    pub(super) fn begin_move(
        &mut self,
        from: Place,
        into: Place,
        most: usize,
        function: &'static str,
    ) -> Result<Moving, Frozen> {
        let is_watched = self.is_watched(Some(from.0)) || self.is_watched(Some(into.0));
        let seen = if is_watched { self.payload_limit() } else { 0 };
        let source = self.buffer_mut(from);
        let (all, frozen) = (source.len(), source.is_frozen(End::Start));
        let payload = Payload::gather(source.peek(), most.min(all), seen);
        if payload.len > 0 && (frozen || self.buffer_mut(into).is_frozen(End::End)) {
            return Err(Frozen);
        }
        let mut moving = Moving { from, into, payload, function, removal: None };
        if moving.bytes() == 0 {
            return Ok(moving);
        }
        // Two buffers of one arena: one is taken out for the while.
        let mut source = self.buffer_mut(from).take_out();
        let removal = if most < all {
            source.begin_removal(self.buffer_mut(into), most).map(Some)
        } else {
            self.record_taken(&moving);
            self.buffer_mut(into).add_buffer_as_counted(&mut source).map(|()| None)
        };
        *self.buffer_mut(from) = source;
        moving.removal = removal?;
        moving.payload.len = moving.removal.map_or(all, Removal::bytes);
        self.record_given(&moving);
        Ok(moving)
    }

    /// Whoever watches hears of it, and callbacks run in between.
    pub(super) fn owe_changes(&mut self, moving: Moving) {
        let (from, into) = (moving.from, moving.into);
        if moving.removal.is_some() {
            self.owe(Work::Changed(into.0, into.1));
            self.owe(Work::EndMove(moving));
            self.owe(Work::Changed(into.0, into.1));
            self.owe(Work::Changed(from.0, from.1));
        } else {
            self.owe(Work::Changed(from.0, from.1));
            self.owe(Work::Changed(into.0, into.1));
        }
    }

    /// The same where only the bufferevents themselves watch.
    pub(super) fn tell_changes(&mut self, moving: &Moving) {
        let (from, into) = (moving.from, moving.into);
        if moving.removal.is_some() {
            self.buffer_changed(into.0, into.1);
            self.end_move(moving);
            self.buffer_changed(from.0, from.1);
        } else {
            self.buffer_changed(from.0, from.1);
            self.buffer_changed(into.0, into.1);
        }
    }

    /// The source forgets what has gone.
    pub(super) fn end_move(&mut self, moving: &Moving) {
        if let Some(removal) = moving.removal {
            self.buffer_mut(moving.from).end_removal(removal);
            self.record_taken(moving);
        }
    }

    fn buffer_mut(&mut self, (id, name): Place) -> &mut Evbuffer {
        self.state.bufferevents[id.0].buffer_mut(name)
    }

    #[track_caller]
    fn record_taken(&mut self, moving: &Moving) {
        let &Moving { from: (id, buffer), ref payload, function, .. } = moving;
        let left = self.state.bufferevents[id.0].buffer(buffer).len();
        self.record(Some(id), function, || match buffer {
            BufferName::Input => Step::BufferDrained { buffer, bytes: payload.len, len: left },
            BufferName::Output => Step::Sent { payload: payload.clone(), output: left, tanks: None },
        });
    }

    #[track_caller]
    fn record_given(&mut self, moving: &Moving) {
        let &Moving { into: (id, buffer), ref payload, function, .. } = moving;
        let len = self.state.bufferevents[id.0].buffer(buffer).len();
        let payload = || payload.clone();
        self.record(Some(id), function, || match buffer {
            BufferName::Input => Step::Received { payload: payload(), input: len, tanks: None },
            BufferName::Output => Step::BufferAdded { buffer, payload: payload(), len },
        });
    }
}
