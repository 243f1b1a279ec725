//! Pairs: two bufferevents joined without a socket. What one writes, the other reads (2.x).
//!
//! Bytes move inside the call that makes it possible: a write, a drain below the other side's high mark, enabling.
//! Callbacks are always deferred. The internal events are mere timers.

use super::filter::Filter;
use super::{Bufferevent, BuffereventOptions, Callbacks, Engine, Work};
use crate::dialect::NoFunction;
use crate::{BufferName, BuffereventId, Callback, Direction, Directions, FlushMode, Observer, Step, What};

const NEW: &str = "bufferevent_pair_new";

/// What a bufferevent reads from and writes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    /// A handle of the kernel.
    Socket,
    /// Another bufferevent, until one of the two is released.
    Pair(Option<BuffereventId>),
    /// A bufferevent below.
    Filter(Filter),
}

/// Why nothing was flushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlushError {
    /// This libevent does not flush.
    NoFunction(NoFunction),
    /// The other side of the pair was freed.
    NoPartner,
}

impl std::fmt::Display for FlushError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoFunction(none) => none.fmt(f),
            Self::NoPartner => f.write_str("the other side of the pair was freed"),
        }
    }
}

impl std::error::Error for FlushError {}

impl From<NoFunction> for FlushError {
    fn from(none: NoFunction) -> Self {
        Self::NoFunction(none)
    }
}

impl Bufferevent {
    /// The other side of a pair: `bufferevent_pair_get_partner`. None for a bufferevent on a socket, and once the other
    /// side was freed.
    #[must_use]
    pub const fn pair_get_partner(&self) -> Option<BuffereventId> {
        match self.link {
            Link::Pair(partner) => partner,
            Link::Socket | Link::Filter(_) => None,
        }
    }
}

impl<O: Observer> Engine<O> {
    pub(crate) fn bufferevent_pair_new(
        &mut self,
        callbacks: [Callbacks; 2],
    ) -> Result<[BuffereventId; 2], NoFunction> {
        self.since_2(NEW)?;
        let options = BuffereventOptions { close_on_free: false, defer_callbacks: true };
        let side = |callbacks| self.make_bufferevent(Link::Pair(None), None, callbacks, options, NEW);
        let pair = callbacks.map(side);
        for (id, partner) in [(pair[0], pair[1]), (pair[1], pair[0])] {
            self.state.bufferevents[id.0].link = Link::Pair(Some(partner));
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
    ) -> Result<(), FlushError> {
        self.since_2("bufferevent_flush")?;
        match self.state.bufferevents[id.0].link {
            Link::Socket => {}
            Link::Filter(_) => self.filter_flush(id, directions, mode),
            Link::Pair(partner) => {
                self.pair_flush(id, partner.ok_or(FlushError::NoPartner)?, directions, mode);
            }
        }
        Ok(())
    }

    fn pair_flush(
        &mut self,
        id: BuffereventId,
        partner: BuffereventId,
        directions: Directions,
        mode: FlushMode,
    ) {
        if mode == FlushMode::Normal {
            return;
        }
        let (up, down) = (Transferring::past_mark(partner, id), Transferring::past_mark(id, partner));
        self.pair_transfers(id, partner, [directions.read.then_some(up), directions.write.then_some(down)]);
        if mode == FlushMode::Finished {
            let mut what = What::EOF;
            if directions.read {
                what |= What::WRITING;
            }
            if directions.write {
                what |= What::READING;
            }
            self.owe(Work::Call(partner, Callback::Event(what)));
        }
    }

    /// `be_pair_enable`: timers start, and whatever can move now does, in both directions.
    pub(crate) fn pair_start(
        &mut self,
        id: BuffereventId,
        partner: Option<BuffereventId>,
        started: Directions,
    ) {
        if started.read {
            self.restart_generic_timer(id, Direction::Read);
        }
        if started.write && !self.state.bufferevents[id.0].output.is_empty() {
            self.restart_generic_timer(id, Direction::Write);
        }
        let Some(partner) = partner else { return };
        let (up, down) = (Transferring::if_wanted(partner, id), Transferring::if_wanted(id, partner));
        self.pair_transfers(id, partner, [started.read.then_some(up), started.write.then_some(down)]);
    }

    /// `be_pair_outbuf_cb`: output grew.
    pub(crate) fn pair_output_added(&mut self, id: BuffereventId, partner: Option<BuffereventId>) {
        if let Some(partner) = partner {
            self.pair_transfers(id, partner, [Some(Transferring::if_wanted(id, partner)), None]);
        }
    }

    /// The last reference to one side has gone: neither has a partner from now on.
    pub(crate) fn pair_unlink(&mut self, id: BuffereventId, partner: BuffereventId) {
        for side in [id, partner] {
            self.state.bufferevents[side.0].link = Link::Pair(None);
        }
    }

    /// One transfer after the other. Where the application watches a buffer of the two, its callbacks run in between, and
    /// the rest waits for them; until then neither side is released.
    fn pair_transfers(
        &mut self,
        id: BuffereventId,
        partner: BuffereventId,
        transfers: [Option<Transferring>; 2],
    ) {
        let watched =
            [id, partner].iter().any(|side| self.state.bufferevents[side.0].is_watched_by_application());
        for transferring in transfers.into_iter().flatten() {
            if watched {
                self.owe(Work::Pair(transferring));
            } else {
                self.pair_go_on(transferring);
            }
        }
        if watched {
            self.owe(Work::Release(partner));
            self.owe(Work::Release(id));
        }
    }

    /// `be_pair_wants_to_talk`.
    fn pair_wants_to_talk(&self, from: BuffereventId, to: BuffereventId) -> bool {
        let (from, to) = (&self.state.bufferevents[from.0], &self.state.bufferevents[to.0]);
        from.enabled.write && to.enabled.read && to.suspended().is_empty() && !from.output.is_empty()
    }

    /// `be_pair_transfer`: moves output of one into input of the other, without copying.
    pub(crate) fn pair_go_on(&mut self, transferring: Transferring) {
        let Transferring { from, to, mark, stage } = transferring;
        let timers = match stage {
            Stage::IfWanted if !self.pair_wants_to_talk(from, to) => return,
            Stage::IfWanted | Stage::Begin => {
                let receiver = &self.state.bufferevents[to.0];
                let room = match receiver.wm_read.high {
                    None => None,
                    Some(high) if receiver.input.len() < high.get() => {
                        Some(high.get() - receiver.input.len())
                    }
                    Some(_) if mark == HighMark::Passed => None,
                    Some(_) => return,
                };
                let watched =
                    [from, to].iter().any(|id| self.state.bufferevents[id.0].is_watched_by_application());
                let bytes = self.pair_move(from, to, room.unwrap_or(usize::MAX), watched);
                // Below a mark the timers start whether anything was there to move or not.
                let timers = room.is_some() || bytes > 0;
                if watched {
                    let stage = Stage::Moved { timers };
                    return self.owe(Work::Pair(Transferring { stage, ..transferring }));
                }
                timers
            }
            Stage::Moved { timers } => timers,
        };
        if timers {
            self.restart_generic_timer(to, Direction::Read);
            if self.state.bufferevents[to.0].output.is_empty() {
                self.del_event(self.state.bufferevents[to.0].ev_write);
            } else {
                self.restart_generic_timer(to, Direction::Write);
            }
        }
        if self.is_low_mark_reached(to) {
            let _deferred = self.notify(to, Callback::Read);
        }
        if self.is_output_low(from) {
            let _deferred = self.notify(from, Callback::Write);
        }
    }

    fn pair_move(&mut self, from: BuffereventId, to: BuffereventId, room: usize, watched: bool) -> usize {
        self.pair_freeze(from, to, false);
        let (source, receiver) = ((from, BufferName::Output), (to, BufferName::Input));
        let moving = self.begin_move(source, receiver, room, "be_pair_transfer");
        self.pair_freeze(from, to, true);
        let moving = moving.expect("neither end that changes is frozen here");
        let bytes = moving.bytes();
        if bytes == 0 {
            return 0;
        }
        if watched {
            self.owe_changes(moving);
        } else {
            self.tell_changes(&moving);
        }
        bytes
    }

    /// The two ends that change are the bufferevents' own.
    fn pair_freeze(&mut self, from: BuffereventId, to: BuffereventId, freeze: bool) {
        for (id, name) in [(from, BufferName::Output), (to, BufferName::Input)] {
            let Some(end) = self.freezes(name) else { continue };
            let buffer = self.state.bufferevents[id.0].buffer_mut(name);
            if freeze { buffer.freeze(end) } else { buffer.unfreeze(end) }
        }
    }
}

/// A transfer that is under way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Transferring {
    from: BuffereventId,
    to: BuffereventId,
    mark: HighMark,
    stage: Stage,
}

#[derive(Debug, Clone, Copy)]
enum Stage {
    /// If one side wants to talk and the other listens.
    IfWanted,
    /// In any case.
    Begin,
    /// Once those have returned who watch the two buffers; whether timers start again.
    Moved { timers: bool },
}

impl Transferring {
    const fn if_wanted(from: BuffereventId, to: BuffereventId) -> Self {
        Self { from, to, mark: HighMark::Kept, stage: Stage::IfWanted }
    }

    const fn past_mark(from: BuffereventId, to: BuffereventId) -> Self {
        Self { from, to, mark: HighMark::Passed, stage: Stage::Begin }
    }
}

/// Whether a transfer stops at the receiver's high mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HighMark {
    Kept,
    /// Once it is reached already, everything moves.
    Passed,
}
