//! What keeps a callback away.

use super::callback::is_checked;
use super::trail::{Chain, Trail, event_of};
use super::valve::{is_end, is_taken, side};
use super::{Because, Reason};
use crate::dialect::WriteLimit;
use crate::recording::condition::CallbackKind;
use crate::recording::{ConnectionPicture, Valve};
use crate::{BufferName, Direction, Errno, EventFlags, EventName, MarkName, Step};

impl Trail<'_> {
    pub(super) fn no_read_callback(&self, picture: &ConnectionPicture) -> Vec<Because> {
        let received = self.last(self.at, |step| matches!(step, Step::Received { .. }));
        let entered = self.last_call(0, CallbackKind::Read);
        let below = self
            .last_after(received.unwrap_or(0), self.at, |step| is_checked(step, MarkName::ReadLow, false));
        if let Some(below) = below {
            return Chain::default()
                .decided(Reason::BelowLowMark, below)
                .link_if(Reason::BytesReceived, received)
                .link_if(Reason::MarksSet, self.marks_set(below, Direction::Read))
                .end();
        }
        if picture.valve(Direction::Read) != Valve::Open {
            return self.valve(picture, Direction::Read);
        }
        if let Some(queued) = self.queued(picture, Direction::Read) {
            return queued;
        }
        let called = |run: &u64| entered.is_some_and(|entered| *run < entered);
        if let Some(run) = self.run_under_way(Direction::Read).filter(|run| !called(run)) {
            return self.runs(run, Direction::Read);
        }
        let bytes_wait = picture.kernel.tanks.is_some_and(|tanks| tanks.rx > 0);
        let waits_in_kernel = bytes_wait || picture.kernel.peer_shutdown || picture.kernel.peer_reset;
        let arrived = self.last(self.at, |step| {
            matches!(step, Step::PeerSent { lost: false, .. } | Step::PeerShutdown | Step::PeerReset { .. })
        });
        let possible = arrived.max(self.resumed());
        if waits_in_kernel && possible.is_some_and(|possible| !self.has_pass_since(possible)) {
            return self.before_the_next_pass(arrived);
        }
        // A read takes no more than its bound, and what is left is for the next pass.
        if bytes_wait {
            return Chain::default()
                .decided(Reason::NoPassSince, None)
                .link_if(Reason::BytesReceived, received)
                .end();
        }
        if picture.input.len > 0 && received <= entered {
            let taken = self.last_after(entered.unwrap_or(0), self.at, is_taken);
            return Chain::default()
                .decided(Reason::NothingNew, entered)
                .link_if(Reason::BytesTaken, taken)
                .link_if(Reason::BytesReceived, received)
                .end();
        }
        Chain::default().decided(Reason::NothingArrived, None).link_if(Reason::BytesReceived, received).end()
    }

    pub(super) fn no_write_callback(&self, picture: &ConnectionPicture) -> Vec<Because> {
        if picture.connecting {
            return self.undecided(picture);
        }
        if picture.valve(Direction::Write) != Valve::Open {
            return self.valve(picture, Direction::Write);
        }
        if let Some(queued) = self.queued(picture, Direction::Write) {
            return queued;
        }
        let armed = self.last(self.at, |step| matches!(step, Step::EventArmed { event: EventName::Write }));
        let run =
            self.last_run(self.at, EventName::Write).filter(|run| armed.is_none_or(|armed| *run > armed));
        let tried = run.or(armed);
        if tried.is_none_or(|tried| !self.has_pass_since(tried)) && run.is_none() {
            return Chain::default()
                .decided(Reason::NoPassSince, None)
                .link_if(Reason::EventArmed, armed)
                .end();
        }
        let above = run.and_then(|run| {
            self.last_after(run, self.at, |step| is_checked(step, MarkName::WriteLow, false))
        });
        let sent = self.last(self.at, |step| matches!(step, Step::Sent { .. }));
        if let Some(above) = above
            && !self.has_pass_since(above)
        {
            return self.above_low_mark(above, sent);
        }
        let refused = self.last_after(sent.unwrap_or(0), self.at, |step| {
            matches!(step, Step::CallFailed { call: Direction::Write, errno: Errno::Again, .. })
        });
        if let Some(run) = self.run_under_way(Direction::Write) {
            return self.runs(run, Direction::Write);
        }
        let part = sent.filter(|sent| matches!(self.step(*sent), Some(Step::Sent { output: 1.., .. })));
        let full = refused.or(part);
        let room =
            self.last_after(full.unwrap_or(0), self.at, |step| matches!(step, Step::PeerReceived { .. }));
        if let Some(room) = room
            && !self.has_pass_since(room)
        {
            return Chain::default()
                .decided(Reason::NoPassSince, None)
                .link(Reason::PeerReceived, room)
                .end();
        }
        // A call that failed, and a poll that found no room. In 1.4 one write takes all that the kernel has room for; in 2.x it has a
        // bound of its own, which no record tells.
        let is_unbounded = picture.dialect.rules().write_limit == WriteLimit::Everything;
        let proves = refused.is_some() || (part.is_some() && is_unbounded);
        let asked =
            || self.anyones_last(tried.max(part).unwrap_or(0), |step| matches!(step, Step::Polled { .. }));
        if !proves && asked().is_none() {
            let chain = match part {
                Some(part) => Chain::default().decided(Reason::PartSent, part),
                None => {
                    Chain::default().decided(Reason::NoPassSince, None).link_if(Reason::EventArmed, armed)
                }
            };
            return chain.then(above.map_or_else(Vec::new, |above| self.above_low_mark(above, sent))).end();
        }
        let chain = Chain::default().decided(Reason::KernelFull, full);
        match above {
            Some(above) => chain.then(self.above_low_mark(above, sent)).end(),
            None => chain.end(),
        }
    }

    /// Nothing has ended as far as the loop knows: it may not have come to see what has.
    pub(super) fn no_event_callback(&self, picture: &ConnectionPicture) -> Vec<Because> {
        if picture.connecting {
            return self.undecided(picture);
        }
        for direction in [Direction::Read, Direction::Write] {
            let coming = self.end_under_way(direction).or_else(|| self.time_is_up(picture, direction));
            if let Some(reasons) = coming.or_else(|| self.taken_from_queue(direction)) {
                return reasons;
            }
        }
        let ended = self.last(self.at, |step| matches!(step, Step::PeerShutdown | Step::PeerReset { .. }));
        let seen = |step: &Step| {
            matches!(
                step,
                Step::EndOfFile { call: Direction::Read } | Step::CallFailed { call: Direction::Read, .. }
            )
        };
        let unseen = ended.filter(|ended| self.last_after(*ended, self.at, seen).is_none());
        let Some(ended) = unseen else {
            return Chain::default().decided(Reason::NothingHappened, None).end();
        };
        let behind = picture.kernel.tanks.filter(|tanks| tanks.rx > 0);
        let end = Chain::default().link(self.arrival(ended), ended);
        let end = end.link_if(Reason::EndBehindBytes, behind.and_then(|_| self.sent_before(ended))).end();
        let before = if picture.valve(Direction::Read) != Valve::Open {
            self.valve(picture, Direction::Read)
        } else if let Some(queued) = self.queued(picture, Direction::Read) {
            queued
        } else {
            Chain::default().decided(Reason::NoPassSince, None).end()
        };
        Chain::default().then(before).then(end).end()
    }

    /// The internal callback runs, has come to an end or to what became of a connection, and is yet to tell it.
    fn end_under_way(&self, direction: Direction) -> Option<Vec<Because>> {
        let run = self.run_under_way(direction)?;
        if self.last_call(run, CallbackKind::Event).is_some() {
            return None;
        }
        if matches!(self.step(run), Some(Step::EventRun { cause: EventFlags::TIMEOUT, .. })) {
            return Some(self.runs(run, direction));
        }
        let found = match self.last_after(run, self.at, |step| is_end(step, direction)) {
            Some(_) => self.failed(self.at, direction),
            None => self.connection_decided(run, self.at)?,
        };
        Some(Chain::default().link(Reason::EventRunning, run).then(found).end())
    }

    /// Its time has come, which the loop has yet to see, or to tell.
    fn time_is_up(&self, picture: &ConnectionPicture, direction: Direction) -> Option<Vec<Because>> {
        let state = side(picture, direction).event;
        let event = event_of(direction);
        if state.active == Some(EventFlags::TIMEOUT) {
            let activated = self
                .last(self.at, |step| matches!(step, Step::EventActivated { event: of, .. } if *of == event));
            let chain = Chain::default().decided_if(Reason::EventActive, activated);
            return Some(chain.then(self.timed_out(self.at, direction)).end());
        }
        let (now, _) = self.timed(self.at)?;
        let is_past = state.deadline.is_some_and(|deadline| deadline <= now);
        // 1.4 takes it out of the queue first, where it was in it.
        let seen = self.last(self.at, |step| {
            step.event() == Some(event)
                && !matches!(step, Step::EventDeactivated { .. })
                && (is_in_or_out(step) || matches!(step, Step::TimerExpired { .. }))
        });
        let is_being_queued =
            matches!(seen.and_then(|seen| self.step(seen)), Some(Step::TimerExpired { .. }));
        if !is_past && !is_being_queued {
            return None;
        }
        Some(self.timer_of(picture, event)).filter(|reasons| !reasons.is_empty())
    }

    /// Its event is queued, and comes to run in this pass.
    fn queued(&self, picture: &ConnectionPicture, direction: Direction) -> Option<Vec<Because>> {
        side(picture, direction).event.active.filter(|cause| *cause != EventFlags::TIMEOUT)?;
        let event = event_of(direction);
        let activated =
            self.last(self.at, |step| matches!(step, Step::EventActivated { event: of, .. } if *of == event));
        let ready = self.last(self.at, |step| matches!(step, Step::Ready { .. }));
        let chain = Chain::default().decided(Reason::EventActive, activated);
        Some(chain.link_if(Reason::HandleReady, ready).end())
    }

    /// Its event was queued since its time had come, and a write took it out of the queue again: now it waits for nothing but
    /// its timer.
    pub(super) fn taken_from_queue(&self, direction: Direction) -> Option<Vec<Because>> {
        let event = event_of(direction);
        let out = self.last(self.at, |step| step.event() == Some(event) && is_in_or_out(step))?;
        if !matches!(self.step(out), Some(Step::EventDeactivated { .. })) {
            return None;
        }
        let expired = self.last(out, |step| matches!(step, Step::TimerExpired { event: of } if *of == event));
        let ran = self.last_run(out, event);
        let expired = expired.filter(|expired| ran.is_none_or(|ran| ran < *expired))?;
        let written = |step: &Step| matches!(step, Step::BufferAdded { buffer: BufferName::Output, .. });
        let written = self.last_after(expired, out, written)?;
        let within = self.callback_around(written);
        let chain = Chain::default().decided(Reason::TakenFromQueue, out).link(Reason::BytesAdded, written);
        Some(chain.link_if(Reason::Called, within).link(Reason::TimerExpired, expired).end())
    }

    /// The connection that was begun is neither made nor refused as far as the loop knows: it may not have come to see it.
    pub(super) fn undecided(&self, picture: &ConnectionPicture) -> Vec<Because> {
        let began = self.connect_started(self.at);
        let Some((reason, peer)) = self.peers_decision(began, self.at) else {
            return Chain::default().decided_if(Reason::ConnectUndecided, began).end();
        };
        let before = if let Some(run) = self.run_under_way(Direction::Write) {
            self.runs(run, Direction::Write)
        } else if let Some(queued) = self.queued(picture, Direction::Write) {
            queued
        } else {
            Chain::default().decided(Reason::NoPassSince, None).end()
        };
        Chain::default().then(before).link(reason, peer).end()
    }

    fn before_the_next_pass(&self, arrived: Option<u64>) -> Vec<Because> {
        let chain = Chain::default().decided(Reason::NoPassSince, None);
        match arrived {
            Some(arrived) => {
                chain.link_if(Reason::Resumed, self.resumed()).link(self.arrival(arrived), arrived)
            }
            None => chain,
        }
        .end()
    }

    /// Where reading was let go on last.
    fn resumed(&self) -> Option<u64> {
        self.last(self.at, |step| matches!(step, Step::PressureRemoved | Step::Unsuspended { .. }))
    }

    /// What the peer did here.
    fn arrival(&self, arrived: u64) -> Reason {
        match self.step(arrived) {
            Some(Step::PeerShutdown) => Reason::PeerEnded,
            Some(Step::PeerReset { .. }) => Reason::PeerReset,
            _ => Reason::PeerSent,
        }
    }

    fn sent_before(&self, ended: u64) -> Option<u64> {
        self.last(ended, |step| matches!(step, Step::PeerSent { lost: false, .. }))
    }

    fn above_low_mark(&self, above: u64, sent: Option<u64>) -> Vec<Because> {
        Chain::default()
            .decided(Reason::AboveLowMark, above)
            .link_if(Reason::BytesSent, sent)
            .link_if(Reason::MarksSet, self.marks_set(above, Direction::Write))
            .end()
    }
}

/// An event came to wait, to be queued or to run, or was taken out of the queue.
const fn is_in_or_out(step: &Step) -> bool {
    matches!(
        step,
        Step::EventArmed { .. }
            | Step::EventActivated { .. }
            | Step::EventDeactivated { .. }
            | Step::EventRun { .. }
    )
}
