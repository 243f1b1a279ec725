//! Why a direction moves bytes or does not, and why its event waits or does not.

use super::trail::{Chain, Trail, event_of};
use super::{Because, Reason};
use crate::recording::{ConnectionPicture, DirectionPicture, Valve};
use crate::{BufferName, Direction, Errno, EventFlags, MarkName, Step};

impl Trail<'_> {
    pub(super) fn valve(&self, picture: &ConnectionPicture, direction: Direction) -> Vec<Because> {
        let valve = picture.valve(direction);
        // What moves bytes right now need not wait for the handle.
        if matches!(valve, Valve::Idle | Valve::NotWaiting)
            && let Some(run) = self.run_under_way(direction)
        {
            return self.runs(run, direction);
        }
        match valve {
            Valve::Open => self.waiting(picture, direction),
            Valve::Connecting => self.undecided(picture),
            Valve::HighMark => self.stopped_at_high_mark(self.at),
            Valve::Disabled => self.disabled(direction),
            Valve::Eof | Valve::Error | Valve::Timeout => self.failed(self.at, direction),
            Valve::Idle => self.idle(),
            Valve::OtherSide => self.other_side(picture),
            Valve::NotWaiting => self.not_waiting(direction),
            Valve::Freed => self.freed(),
        }
    }

    pub(super) fn event(&self, picture: &ConnectionPicture, direction: Direction) -> Vec<Because> {
        let side = side(picture, direction);
        if side.event.armed || side.event.active.is_some() {
            return self.waiting(picture, direction);
        }
        let event = event_of(direction);
        let disarmed =
            self.last(self.at, |step| matches!(step, Step::EventDisarmed { event: of } if *of == event));
        let chain = match disarmed {
            Some(_) => Chain::default().link(Reason::EventDisarmed, disarmed),
            None => Chain::default().link(Reason::EventNeverAdded, self.created()),
        };
        match picture.valve(direction) {
            // That is what is asked about.
            Valve::NotWaiting => chain.then(self.behind_disarming(disarmed, direction)).end(),
            _ => chain.then(self.valve(picture, direction)).end(),
        }
    }

    pub(super) fn freed(&self) -> Vec<Because> {
        let freed = self.last(self.at, |step| matches!(step, Step::Freed { .. }));
        Chain::default().decided_if(Reason::Freed, freed).end()
    }

    pub(super) fn created(&self) -> Option<u64> {
        self.last(self.at, |step| matches!(step, Step::Created { .. }))
    }

    /// Its event waits for the handle: what had it added, and what allowed that.
    fn waiting(&self, picture: &ConnectionPicture, direction: Direction) -> Vec<Because> {
        let event = event_of(direction);
        let active = side(picture, direction).event.active.and_then(|_| {
            self.last(self.at, |step| matches!(step, Step::EventActivated { event: of, .. } if *of == event))
        });
        let armed = self.last(self.at, |step| matches!(step, Step::EventArmed { event: of } if *of == event));
        let chain = Chain::default().link_if(Reason::EventActive, active).link_if(Reason::EventArmed, armed);
        match armed {
            Some(armed) => chain.then(self.behind_arming(armed, direction)).end(),
            None => chain.then(self.enabled(direction)).end(),
        }
    }

    /// What an event was added for: the call that did it is recorded before, or (1.4's enable) right after.
    fn behind_arming(&self, armed: u64, direction: Direction) -> Vec<Because> {
        if armed < self.at && self.is_enabling(armed + 1, direction) {
            return Chain::default().decided(Reason::Enabled, armed + 1).end();
        }
        let decisive = |step: &Step| {
            matches!(
                step,
                Step::Enabled { .. }
                    | Step::Unsuspended { .. }
                    | Step::PressureRemoved
                    | Step::BufferAdded { buffer: BufferName::Output, .. }
                    | Step::BufferEdited { buffer: BufferName::Output, .. }
                    | Step::EventRun { .. }
                    | Step::HandleSet { .. }
                    | Step::TimeoutsSet { .. }
            )
        };
        let cause = self.last(armed, decisive);
        let enabled = self.enabled(direction);
        let chain = Chain::default();
        match cause.and_then(|position| self.step(position)) {
            Some(Step::Unsuspended { .. } | Step::PressureRemoved) => {
                let taken = cause.and_then(|resumed| self.last(resumed, is_taken));
                let marks = cause.and_then(|resumed| self.marks_set(resumed, Direction::Read));
                // Setting the marks resumes, too.
                let by_marks = marks.filter(|marks| taken.is_none_or(|taken| *marks > taken));
                let chain = chain.link(Reason::Resumed, cause);
                match by_marks {
                    Some(marks) => chain.decided(Reason::MarksSet, marks),
                    None => chain.decided_if(Reason::BytesTaken, taken),
                }
                .then(enabled)
                .end()
            }
            Some(Step::BufferAdded { .. } | Step::BufferEdited { .. }) => {
                chain.decided(Reason::BytesAdded, cause).then(enabled).end()
            }
            Some(Step::EventRun { .. }) => chain.link(Reason::EventRan, cause).then(enabled).end(),
            _ => chain.then(enabled).end(),
        }
    }

    /// What took an event away that nothing else explains.
    fn behind_disarming(&self, disarmed: Option<u64>, direction: Direction) -> Vec<Because> {
        if let Some(taken) = self.taken_from_queue(direction) {
            return taken;
        }
        let run =
            disarmed.and_then(|disarmed| self.last(disarmed, |step| matches!(step, Step::EventRun { .. })));
        Chain::default().link_if(Reason::EventRan, run).end()
    }

    fn is_enabling(&self, position: u64, direction: Direction) -> bool {
        matches!(self.step(position), Some(Step::Enabled { directions, .. }) if directions.contains(direction))
    }

    /// The call that enabled the direction, or that the bufferevent was made so.
    fn enabled(&self, direction: Direction) -> Vec<Because> {
        let call =
            |step: &Step| matches!(step, Step::Enabled { directions, .. } if directions.contains(direction));
        match self.last(self.at, call) {
            Some(enabled) => {
                let within = self.callback_around(enabled);
                Chain::default().decided(Reason::Enabled, enabled).link_if(Reason::Called, within).end()
            }
            None => Chain::default().link_if(Reason::Created, self.created()).end(),
        }
    }

    /// Reading is stopped at the high mark: the comparison that reached it, what filled input, what set the mark.
    pub(super) fn stopped_at_high_mark(&self, at: u64) -> Vec<Because> {
        let stops = |step: &Step| matches!(step, Step::Suspended { .. } | Step::PressureInstalled);
        let Some(stopped) = self.last(at, stops) else { return Vec::new() };
        let taken = self.last_after(stopped, at, is_taken);
        let since = self.since_stopped(taken, at);
        let filled = self.last(stopped, is_filled);
        // 1.4 compares after a read without a word, and stops by that.
        let reached = |step: &Step| {
            matches!(step, Step::WatermarkChecked { mark: MarkName::ReadHigh, reached: true, .. })
        };
        let compared = self.last_after(filled.unwrap_or(0), stopped, reached);
        let chain = match compared {
            Some(compared) => {
                let chain = Chain::default().link(Reason::StoppedAtHighMark, stopped);
                chain.then(since).decided(Reason::HighMarkReached, compared)
            }
            None => Chain::default().decided(Reason::StoppedAtHighMark, stopped).then(since),
        };
        let marks = self.marks_set(stopped, Direction::Read);
        chain.link_if(Reason::BytesReceived, filled).link_if(Reason::MarksSet, marks).end()
    }

    /// What came of what was taken since reading stopped. Below the mark nothing has to stop it any more: whoever takes so much
    /// lets reading go on within that very call, and a question can be asked in its midst.
    fn since_stopped(&self, taken: Option<u64>, at: u64) -> Vec<Because> {
        let Some(taken) = taken else { return Vec::new() };
        let compared = self.last_after(taken, at, |step| {
            matches!(step, Step::WatermarkChecked { mark: MarkName::ReadHigh, .. })
        });
        let below = match compared.and_then(|compared| self.step(compared)) {
            Some(Step::WatermarkChecked { reached, .. }) => !reached,
            _ => self.is_below_high_mark(taken),
        };
        let link = |reason, position| Because { reason, position: Some(position), decided: false };
        if !below {
            return vec![link(Reason::StillFull, taken)];
        }
        let compared = compared.map(|compared| link(Reason::BelowHighMark, compared));
        compared.into_iter().chain([link(Reason::Resuming, taken)]).collect()
    }

    /// Whether what was taken here left input below its high mark, as far as the records tell.
    fn is_below_high_mark(&self, taken: u64) -> bool {
        let marks = self.marks_set(taken, Direction::Read).and_then(|marks| self.step(marks));
        let left = match self.step(taken) {
            Some(Step::BufferDrained { len, .. }) => Some(*len),
            Some(Step::BufferEdited { payload, .. }) => Some(payload.len),
            _ => None,
        };
        matches!((marks, left), (Some(Step::WatermarksSet { high, .. }), Some(left)) if left < *high)
    }

    /// It is not enabled, and no failure did that.
    fn disabled(&self, direction: Direction) -> Vec<Because> {
        let call =
            |step: &Step| matches!(step, Step::Disabled { directions, .. } if directions.contains(direction));
        match self.last(self.at, call) {
            Some(disabled) => {
                let within = self.callback_around(disabled);
                Chain::default().decided(Reason::Disabled, disabled).link_if(Reason::Called, within).end()
            }
            None => Chain::default().decided_if(Reason::NeverEnabled, self.created()).end(),
        }
    }

    /// End of file, an error or a timeout ended the direction, at this position or before.
    pub(super) fn failed(&self, at: u64, direction: Direction) -> Vec<Because> {
        let event = event_of(direction);
        let failure = |step: &Step| match step {
            Step::EventRun { event: of, cause } => *of == event && *cause == EventFlags::TIMEOUT,
            step => is_end(step, direction),
        };
        let Some(failed) = self.last(at, failure) else { return Vec::new() };
        match self.step(failed) {
            Some(Step::EndOfFile { .. }) => {
                let ended =
                    self.last(failed, |step| matches!(step, Step::PeerShutdown | Step::PeerReset { .. }));
                Chain::default().decided(Reason::EndOfFile, failed).link_if(self.peer_end(ended), ended).end()
            }
            Some(Step::CallFailed { .. }) => {
                let cause = self.last(failed, |step| match step {
                    Step::PeerReset { .. } => true,
                    Step::Injected { call, .. } => *call == direction,
                    _ => false,
                });
                Chain::default()
                    .decided(Reason::CallFailed, failed)
                    .link_if(self.peer_end(cause), cause)
                    .end()
            }
            _ => self.timed_out(failed, direction),
        }
    }

    fn peer_end(&self, position: Option<u64>) -> Reason {
        match position.and_then(|position| self.step(position)) {
            Some(Step::PeerReset { .. }) => Reason::PeerReset,
            Some(Step::Injected { .. }) => Reason::Injected,
            _ => Reason::PeerEnded,
        }
    }

    pub(super) fn timed_out(&self, ran: u64, direction: Direction) -> Vec<Because> {
        let event = event_of(direction);
        let expired = self.last(ran, |step| matches!(step, Step::TimerExpired { event: of } if *of == event));
        let started = expired.and_then(|expired| {
            self.last(expired, |step| match step {
                Step::TimerSet { event: of, .. } | Step::TimerRestarted { event: of, .. } => *of == event,
                _ => false,
            })
        });
        let set = self.last(ran, |step| matches!(step, Step::TimeoutsSet { .. }));
        Chain::default()
            .decided_if(Reason::TimerExpired, expired)
            .link_if(Reason::TimerStarted, started)
            .link_if(Reason::TimeoutsSet, set)
            .end()
    }

    /// There is nothing to write.
    pub(super) fn idle(&self) -> Vec<Because> {
        let emptied = |step: &Step| match step {
            Step::Sent { output, .. } => *output == 0,
            Step::BufferEdited { buffer: BufferName::Output, payload } => payload.len == 0,
            _ => false,
        };
        match self.last(self.at, emptied) {
            Some(sent) => Chain::default().decided(Reason::LastByteSent, sent).end(),
            None => Chain::default().decided_if(Reason::NothingWritten, self.created()).end(),
        }
    }

    /// What waits in output goes on as soon as the other side of the pair, or what is under the filter, takes it.
    fn other_side(&self, picture: &ConnectionPicture) -> Vec<Because> {
        let paired = self.last(self.at, |step| matches!(step, Step::Paired { .. }));
        let (other, takes) = match paired.and_then(|paired| self.step(paired)) {
            Some(Step::Paired { partner }) => (Some(*partner), Direction::Read),
            _ => (picture.underlying, Direction::Write),
        };
        let stopped = other.and_then(|other| self.of(Some(other)).stopped(takes));
        let added =
            self.last(self.at, |step| matches!(step, Step::BufferAdded { buffer: BufferName::Output, .. }));
        Chain::default().decided(Reason::OtherSide, stopped).link_if(Reason::BytesAdded, added).end()
    }

    /// What keeps the direction from taking bytes of another bufferevent, where a record tells it.
    fn stopped(&self, direction: Direction) -> Option<u64> {
        let is = |wanted: fn(&Step) -> bool| move |at: &u64| self.step(*at).is_some_and(wanted);
        let freed = self.last(self.at, |step| matches!(step, Step::Freed { .. }));
        let suspending = |step: &Step| {
            direction == Direction::Read && matches!(step, Step::Suspended { .. } | Step::Unsuspended { .. })
        };
        let suspended =
            self.last(self.at, suspending).filter(is(|step| matches!(step, Step::Suspended { .. })));
        let enabling = |step: &Step| match step {
            Step::Enabled { directions, .. } | Step::Disabled { directions, .. } => {
                directions.contains(direction)
            }
            _ => false,
        };
        let disabled = self.last(self.at, enabling).filter(is(|step| matches!(step, Step::Disabled { .. })));
        freed.or(suspended).or(disabled)
    }

    /// Where the internal callback of a direction began to run, if it runs now.
    pub(super) fn run_under_way(&self, direction: Direction) -> Option<u64> {
        let event = event_of(direction);
        let boundary = self.last(self.at, |step| match step {
            Step::EventRun { event: of, .. } | Step::EventReturned { event: of } => *of == event,
            _ => false,
        })?;
        matches!(self.step(boundary), Some(Step::EventRun { .. })).then_some(boundary)
    }

    /// The internal callback runs since this position: what woke it.
    pub(super) fn runs(&self, run: u64, direction: Direction) -> Vec<Because> {
        let chain = Chain::default().link(Reason::EventRunning, run);
        match self.step(run) {
            Some(Step::EventRun { cause, .. }) if *cause == EventFlags::TIMEOUT => {
                chain.then(self.timed_out(run, direction)).end()
            }
            _ => {
                let ready = self.last(run, |step| matches!(step, Step::Ready { .. }));
                chain.decided_if(Reason::HandleReady, ready).then(self.enabled(direction)).end()
            }
        }
    }

    /// It is enabled, nothing ended it, and its event does not wait.
    fn not_waiting(&self, direction: Direction) -> Vec<Because> {
        let event = event_of(direction);
        let disarmed =
            self.last(self.at, |step| matches!(step, Step::EventDisarmed { event: of } if *of == event));
        match disarmed {
            Some(_) => {
                let chain = Chain::default().link(Reason::EventDisarmed, disarmed);
                chain.then(self.behind_disarming(disarmed, direction)).end()
            }
            None => Chain::default().decided_if(Reason::EventNeverAdded, self.created()).end(),
        }
    }

    pub(super) fn marks_set(&self, at: u64, of: Direction) -> Option<u64> {
        self.last(at, |step| matches!(step, Step::WatermarksSet { direction, .. } if *direction == of))
    }
}

pub(super) const fn side(picture: &ConnectionPicture, direction: Direction) -> &DirectionPicture {
    match direction {
        Direction::Read => &picture.read,
        Direction::Write => &picture.write,
    }
}

/// A call came to an end or failed.
pub(super) fn is_end(step: &Step, direction: Direction) -> bool {
    match step {
        Step::EndOfFile { call } => *call == direction,
        // Those two only mean "later".
        Step::CallFailed { call, errno, .. } => {
            *call == direction && !matches!(errno, Errno::Again | Errno::Interrupted)
        }
        _ => false,
    }
}

/// Input may have become shorter.
pub(super) const fn is_taken(step: &Step) -> bool {
    matches!(
        step,
        Step::BufferDrained { buffer: BufferName::Input, .. }
            | Step::BufferEdited { buffer: BufferName::Input, .. }
    )
}

/// Input became longer, or its mark lower.
const fn is_filled(step: &Step) -> bool {
    matches!(step, Step::Received { .. } | Step::BufferEdited { buffer: BufferName::Input, .. })
}
