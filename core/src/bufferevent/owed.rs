//! Calls that are under way while a user callback runs inside them.
//!
//! libevent runs the callbacks of a trigger call, of a filter and of an evbuffer inside the call that makes them due. Here
//! callbacks are handed out, so what a call has yet to do once one has returned is kept as a stack of work: libevent's
//! stack of C calls, as far as callbacks interrupt it. Each piece looks at the state when its turn comes, as the code
//! after a call does.
//!
//! A call is carried on at once as far as its first callback. Whoever made it then asks for its callbacks
//! ([`EventBase::poll_triggered`](crate::EventBase::poll_triggered)); what nobody asks for is not lost, only late.

use super::filtering::Filtering;
use super::moving::Moving;
use super::pair::Transferring;
use super::{Bufferevent, Due, Engine, Watch};
use crate::{BufferName, BuffereventId, Callback, Change, Observer};

/// A call that may owe the user callbacks: ask [`EventBase::poll_triggered`](crate::EventBase::poll_triggered) for them until it gives none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "libevent runs these callbacks inside the call; left alone, they run when the loop goes on"]
pub struct Triggered(pub(super) Option<u64>);

impl Triggered {
    /// Nothing is owed.
    pub(super) const NOTHING: Self = Self(None);
}

/// One piece of a call that is under way.
#[derive(Debug)]
pub(crate) enum Work {
    /// Counts and hands out a callback, if it is still wanted.
    HandOut(Due),
    /// A callback that was handed out and has not returned.
    Entered(Due),
    /// Runs a callback, or puts it off: `bufferevent_run_readcb_` and its like.
    Call(BuffereventId, Callback),
    /// The same where its mark allows: `bufferevent_trigger_nolock_`.
    CallByMark(BuffereventId, Callback, Marks),
    /// The check that follows a read callback.
    AfterRead(BuffereventId),
    /// The last reference that the call holds to a bufferevent is dropped.
    Release(BuffereventId),
    /// A buffer of a move between two changed: those that watch it hear of that, unless they have heard meanwhile.
    Changed(BuffereventId, BufferName),
    /// The rest of a move of a part: its source is shortened.
    EndMove(Moving),
    /// A buffer changed: one of those that watch it hears of that.
    Watch(BuffereventId, BufferName, Change, Watch),
    /// The rest of `bufferevent_readcb` after bytes came.
    ReadTail(BuffereventId),
    /// The rest of `bufferevent_writecb` after bytes went.
    WriteTail(BuffereventId),
    /// Two sides of a pair.
    Pair(Transferring),
    /// A filter.
    Filter(Filtering),
}

/// Whether a low mark holds a callback back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marks {
    Kept,
    Ignored,
}

/// All work that is owed: the last goes on first.
#[derive(Debug, Default)]
pub(crate) struct Owed {
    /// Each with the number of the call that it is part of.
    stack: Vec<(u64, Work)>,
    /// The number of the last call.
    last: u64,
    /// While a piece is done: its call, and where what follows from it goes.
    doing: Option<(u64, usize)>,
}

impl Owed {
    #[inline]
    pub(crate) const fn is_empty(&self) -> bool {
        self.stack.is_empty()
    }

    /// Behind everything that the piece being done, or the callback that runs, has added before.
    pub(crate) fn add(&mut self, work: Work) -> u64 {
        let (number, at) = self.doing.unwrap_or_else(|| {
            self.last += 1;
            (self.last, self.innermost())
        });
        self.stack.insert(at, (number, work));
        number
    }

    /// Where the work begins that the innermost callback has caused.
    fn innermost(&self) -> usize {
        let entered = self.stack.iter().rposition(|(_, work)| matches!(work, Work::Entered(_)));
        entered.map_or(0, |at| at + 1)
    }

    /// Whether a call under way keeps the bufferevent from its release.
    pub(crate) fn holds(&self, id: BuffereventId) -> bool {
        self.stack.iter().any(|(_, work)| matches!(work, Work::Release(held) if *held == id))
    }

    /// The callbacks inside calls that were handed out and have not returned, outermost first.
    #[cfg(feature = "serde")]
    pub(crate) fn entered(&self) -> impl Iterator<Item = Due> + '_ {
        self.stack.iter().filter_map(|(_, work)| match work {
            Work::Entered(due) => Some(*due),
            _ => None,
        })
    }

    /// The call of the piece that is done last of those that the innermost callback has caused.
    pub(crate) fn caused(&self) -> Triggered {
        Triggered(self.stack.get(self.innermost()).map(|(number, _)| *number))
    }

    fn is_under_way(&self, call: u64) -> bool {
        self.stack.iter().any(|(number, _)| *number == call)
    }

    /// Takes the innermost callback that was handed out as returned.
    fn leave(&mut self) -> Option<Due> {
        let at = self.innermost().checked_sub(1)?;
        match self.stack.remove(at).1 {
            Work::Entered(due) => Some(due),
            _ => None,
        }
    }
}

impl<O: Observer> Engine<O> {
    /// Whether a call is under way.
    #[inline]
    pub(crate) const fn owes(&self) -> bool {
        !self.state.calls.owed.is_empty()
    }

    /// Whether calls under way are carried on.
    pub(crate) fn is_within_bounds(&self) -> bool {
        #[cfg(feature = "sim")]
        if let Some(bounds) = self.state.calls.bounds {
            return self.recorder.last_seq() <= bounds.records
                && self.state.buffered() <= bounds.bytes
                && self.state.calls.filtered <= bounds.filtered;
        }
        true
    }

    pub(crate) fn owe(&mut self, work: Work) {
        self.state.calls.owed.add(work);
    }

    /// Carries a call on as far as its first user callback.
    #[inline]
    pub(crate) fn settle(&mut self) {
        if self.owes() {
            self.settle_owed();
        }
    }

    #[cold]
    #[inline(never)]
    fn settle_owed(&mut self) {
        while let Some((_, work)) = self.state.calls.owed.stack.last()
            && !matches!(work, Work::HandOut(_) | Work::Entered(_))
            && self.is_within_bounds()
        {
            let _none = self.next_owed();
        }
    }

    /// Does the innermost piece of work. Gives a callback where that was to hand one out.
    pub(crate) fn next_owed(&mut self) -> Option<Due> {
        let owed = &mut self.state.calls.owed;
        let (number, work) = owed.stack.pop()?;
        owed.doing = Some((number, owed.stack.len()));
        let due = self.perform(work);
        self.state.calls.owed.doing = None;
        due
    }

    pub(crate) fn poll_triggered(&mut self, call: Triggered) -> Option<Due> {
        let number = call.0?;
        while self.state.calls.owed.is_under_way(number) && self.is_within_bounds() {
            if let Some(due) = self.next_owed() {
                return Some(due);
            }
        }
        None
    }

    /// The callbacks inside calls have returned; what these calls still owe is handed out later.
    pub(crate) fn leave_owed(&mut self) {
        while let Some(due) = self.state.calls.owed.leave() {
            self.callback_left(due);
        }
    }

    fn perform(&mut self, work: Work) -> Option<Due> {
        match work {
            Work::HandOut(due) => return self.hand_out(due),
            Work::Entered(due) => self.callback_left(due),
            Work::Call(id, callback) => {
                let due = self.notify(id, callback);
                self.owe_due(due);
            }
            Work::CallByMark(id, callback, marks) => {
                if self.is_triggered(id, callback, marks) {
                    self.owe(Work::Call(id, callback));
                }
            }
            Work::AfterRead(id) => self.after_read_callback(id),
            Work::Release(id) => self.finalize_when_unused(id),
            Work::Changed(id, buffer) => self.buffer_changed(id, buffer),
            Work::EndMove(moving) => self.end_move(&moving),
            Work::Watch(id, buffer, change, watch) => self.watch(id, buffer, change, watch),
            Work::ReadTail(id) => {
                let due = self.read_tail(id);
                self.owe_due(due);
            }
            Work::WriteTail(id) => {
                let due = self.write_tail(id);
                self.owe_due(due);
            }
            Work::Pair(transferring) => self.pair_go_on(transferring),
            Work::Filter(filtering) => self.filter_go_on(filtering),
        }
        None
    }

    pub(crate) fn owe_due(&mut self, due: Option<Due>) {
        if let Some(due) = due {
            self.owe(Work::HandOut(due));
        }
    }

    /// One that was due may be so no more, where nobody asked for it at once.
    fn hand_out(&mut self, due: Due) -> Option<Due> {
        let (about, callback) = (due.about(), due.callback());
        if !about.is_some_and(|id| self.wants_callback(id, callback)) {
            return None;
        }
        self.owe(Work::Entered(due));
        self.callback_entered(due);
        Some(due)
    }

    /// Whether the callback is set, and due by its low mark.
    pub(crate) fn is_triggered(&mut self, id: BuffereventId, callback: Callback, marks: Marks) -> bool {
        let set = self.state.bufferevents.get(id.0).map_or(super::Callbacks::NONE, Bufferevent::callbacks);
        match callback {
            Callback::Read => set.read && (marks == Marks::Ignored || self.is_low_mark_reached(id)),
            Callback::Write => set.write && (marks == Marks::Ignored || self.is_output_low(id)),
            Callback::Event(_) => set.event,
            Callback::Application(..) | Callback::Buffer(..) => false,
        }
    }
}
