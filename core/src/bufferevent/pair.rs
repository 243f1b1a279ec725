//! Pairs: two bufferevents joined without a socket. What one writes, the other reads (2.x).
//!
//! Bytes move inside the call that makes it possible: a write, a drain below the other side's high mark, enabling.
//! Callbacks are always deferred. The internal events are mere timers.

use super::{Bufferevent, BuffereventOptions, Callbacks, Engine};
use crate::{
    BufferName, BuffereventId, Callback, Direction, Directions, EventFlags, Observer, Payload, Step, What,
};

const NEW: &str = "bufferevent_pair_new";

/// What a bufferevent reads from and writes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    /// A handle of the kernel.
    Socket,
    /// Another bufferevent, until that one is freed.
    Pair(Option<BuffereventId>),
}

/// How much a flush moves: `enum bufferevent_flush_mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlushMode {
    /// BEV_NORMAL: nothing is done.
    Normal,
    /// BEV_FLUSH: everything, past the high mark where it is reached.
    Flush,
    /// BEV_FINISHED: the same, and the partner hears of the end of the stream.
    Finished,
}

/// 1.4 has no pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPairs;

impl std::fmt::Display for NoPairs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("libevent 1.4 has no bufferevent pairs")
    }
}

impl std::error::Error for NoPairs {}

/// The other side of the pair was freed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPartner;

impl std::fmt::Display for NoPartner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the other side of the pair was freed")
    }
}

impl std::error::Error for NoPartner {}

impl Bufferevent {
    /// The other side of a pair: `bufferevent_pair_get_partner`. None for a bufferevent on a socket, and once the other
    /// side was freed.
    #[must_use]
    pub const fn pair_get_partner(&self) -> Option<BuffereventId> {
        match self.link {
            Link::Pair(partner) => partner,
            Link::Socket => None,
        }
    }
}

impl<O: Observer> Engine<O> {
    pub(crate) fn bufferevent_pair_new(
        &mut self,
        callbacks: [Callbacks; 2],
    ) -> Result<[BuffereventId; 2], NoPairs> {
        if !self.rules().has_pairs {
            return Err(NoPairs);
        }
        let options = BuffereventOptions { close_on_free: false, defer_callbacks: true };
        let pair = callbacks.map(|callbacks| self.make_bufferevent(None, callbacks, options, NEW));
        for (id, partner) in [(pair[0], pair[1]), (pair[1], pair[0])] {
            let bufferevent = &mut self.state.bufferevents[id.0];
            bufferevent.link = Link::Pair(Some(partner));
            let (ev_read, ev_write) = (bufferevent.ev_read, bufferevent.ev_write);
            self.state.event_loop.set_interest(ev_read, EventFlags::NONE);
            self.state.event_loop.set_interest(ev_write, EventFlags::NONE);
            let partner = partner.number();
            self.record(Some(id), NEW, move || Step::Paired { partner });
        }
        Ok(pair)
    }

    pub(crate) fn bufferevent_flush(
        &mut self,
        id: BuffereventId,
        directions: Directions,
        mode: FlushMode,
    ) -> Result<(), NoPartner> {
        let Link::Pair(partner) = self.state.bufferevents[id.0].link else { return Ok(()) };
        let partner = partner.ok_or(NoPartner)?;
        if mode == FlushMode::Normal {
            return Ok(());
        }
        if directions.read {
            self.pair_transfer(partner, id, HighMark::Passed);
        }
        if directions.write {
            self.pair_transfer(id, partner, HighMark::Passed);
        }
        if mode == FlushMode::Finished {
            let mut what = What::EOF;
            if directions.read {
                what |= What::WRITING;
            }
            if directions.write {
                what |= What::READING;
            }
            let _deferred = self.notify(partner, Callback::Event(what));
        }
        Ok(())
    }

    /// `be_pair_enable`: timers start, and whatever can move now does, in both directions.
    pub(crate) fn pair_start(
        &mut self,
        id: BuffereventId,
        partner: Option<BuffereventId>,
        started: Directions,
    ) {
        if started.read {
            self.restart_pair_timer(id, Direction::Read);
        }
        if started.write && !self.state.bufferevents[id.0].output.is_empty() {
            self.restart_pair_timer(id, Direction::Write);
        }
        let Some(partner) = partner else { return };
        if started.read && self.pair_wants_to_talk(partner, id) {
            self.pair_transfer(partner, id, HighMark::Kept);
        }
        if started.write && self.pair_wants_to_talk(id, partner) {
            self.pair_transfer(id, partner, HighMark::Kept);
        }
    }

    /// `be_pair_outbuf_cb`: output grew.
    pub(crate) fn pair_output_added(&mut self, id: BuffereventId, partner: Option<BuffereventId>) {
        if let Some(partner) = partner
            && self.pair_wants_to_talk(id, partner)
        {
            self.pair_transfer(id, partner, HighMark::Kept);
        }
    }

    /// The timeouts of a pair were set: `bufferevent_generic_adj_timeouts_`.
    pub(crate) fn pair_timeouts_changed(&mut self, id: BuffereventId) {
        for direction in [Direction::Read, Direction::Write] {
            let bufferevent = &self.state.bufferevents[id.0];
            let runs = bufferevent.enabled.contains(direction)
                && match direction {
                    Direction::Read => bufferevent.suspended().is_empty(),
                    Direction::Write => !bufferevent.output.is_empty(),
                };
            let event = bufferevent.io_event(direction);
            if runs && bufferevent.timeout(direction).is_some() {
                self.restart_pair_timer(id, direction);
            } else {
                self.del_event(event);
            }
        }
    }

    /// One side is freed: the other is told nothing and has no partner from now on.
    pub(crate) fn pair_unlink(&mut self, id: BuffereventId) {
        let Link::Pair(Some(partner)) = self.state.bufferevents[id.0].link else { return };
        if let Some(Bufferevent { link, .. }) = self.state.bufferevents.get_mut(partner.0) {
            *link = Link::Pair(None);
        }
    }

    /// `be_pair_wants_to_talk`.
    fn pair_wants_to_talk(&self, from: BuffereventId, to: BuffereventId) -> bool {
        let (from, to) = (&self.state.bufferevents[from.0], &self.state.bufferevents[to.0]);
        from.enabled.write && to.enabled.read && to.suspended().is_empty() && !from.output.is_empty()
    }

    /// `be_pair_transfer`: moves output of one into input of the other, without copying.
    fn pair_transfer(&mut self, from: BuffereventId, to: BuffereventId, mark: HighMark) {
        let receiver = &self.state.bufferevents[to.0];
        let room = match receiver.wm_read.high {
            None => usize::MAX,
            Some(high) if receiver.input.len() < high.get() => high.get() - receiver.input.len(),
            Some(_) if mark == HighMark::Passed => usize::MAX,
            Some(_) => return,
        };
        let bytes = self.pair_move(from, to, room);
        if bytes > 0 {
            self.input_changed(to);
            self.restart_pair_timer(to, Direction::Read);
            if self.state.bufferevents[to.0].output.is_empty() {
                self.del_event(self.state.bufferevents[to.0].ev_write);
            } else {
                self.restart_pair_timer(to, Direction::Write);
            }
        }
        if self.is_low_mark_reached(to) {
            let _deferred = self.notify(to, Callback::Read);
        }
        if self.is_output_low(from) {
            let _deferred = self.notify(from, Callback::Write);
        }
    }

    fn pair_move(&mut self, from: BuffereventId, to: BuffereventId, room: usize) -> usize {
        let (input_end, output_end) = (self.freezes(BufferName::Input), self.freezes(BufferName::Output));
        // Two buffers of one arena: the receiver's is taken out for the while.
        let mut input = std::mem::take(&mut self.state.bufferevents[to.0].input);
        let output = &mut self.state.bufferevents[from.0].output;
        input_end.into_iter().for_each(|end| input.unfreeze(end));
        output_end.into_iter().for_each(|end| output.unfreeze(end));
        let before = input.len();
        let bytes = output.remove_buffer(&mut input, room).expect("neither end that changes is frozen here");
        input_end.into_iter().for_each(|end| input.freeze(end));
        output_end.into_iter().for_each(|end| output.freeze(end));
        let left = output.len();
        self.state.bufferevents[to.0].input = input;
        if bytes > 0 {
            self.record_transfer(from, to, before, bytes, left);
        }
        bytes
    }

    #[track_caller]
    fn record_transfer(
        &mut self,
        from: BuffereventId,
        to: BuffereventId,
        before: usize,
        bytes: usize,
        left: usize,
    ) {
        for (about, sent) in [(from, true), (to, false)] {
            if !self.is_watched(Some(about)) {
                continue;
            }
            let input = &self.state.bufferevents[to.0].input;
            let mut head = vec![0; bytes.min(self.payload_limit())];
            input.copyout_from(before, &mut head);
            let (payload, input) = (Payload { len: bytes, bytes: head }, before + bytes);
            self.record(Some(about), "be_pair_transfer", move || {
                if sent {
                    Step::Sent { payload, output: left, tanks: None }
                } else {
                    Step::Received { payload, input, tanks: None }
                }
            });
        }
    }

    fn restart_pair_timer(&mut self, id: BuffereventId, direction: Direction) {
        let bufferevent = &self.state.bufferevents[id.0];
        if bufferevent.timeout(direction).is_some() {
            // A timer without a handle can always be added.
            let _ = self.add_io_event(id, direction);
        }
    }
}

/// Whether a transfer stops at the receiver's high mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HighMark {
    Kept,
    /// Once it is reached already, everything moves.
    Passed,
}
