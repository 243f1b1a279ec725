//! What becomes of a timer: who set it, whether its time has come, and what kept the loop from seeing that.

use std::time::Duration;

use super::trail::{Chain, Trail};
use super::{Because, Reason};
use crate::recording::{ConnectionPicture, EventPicture};
use crate::{EventFlags, EventName, Step, Time};

/// A poll counts in whole milliseconds: what comes within one of them is in time.
const IN_TIME: Duration = Duration::from_millis(1);

impl Trail<'_> {
    /// Of a connection's own event.
    pub(super) fn timer_of(&self, picture: &ConnectionPicture, event: EventName) -> Vec<Because> {
        let state = match event {
            EventName::Read => picture.read.event,
            EventName::Write => picture.write.event,
            _ => EventPicture::default(),
        };
        if picture.freed { self.freed() } else { self.timer_as(state, event) }
    }

    /// Of an event that the picture has so. One whose timer runs since before the first record is not said to have none.
    pub(super) fn timer_as(&self, state: EventPicture, event: EventName) -> Vec<Because> {
        let reasons = self.timer(event);
        let unseen = reasons.first().is_some_and(|first| first.reason == Reason::NoTimer);
        if unseen && state.deadline.is_some() { Vec::new() } else { reasons }
    }

    pub(super) fn timer(&self, event: EventName) -> Vec<Because> {
        let turn = self.last(self.at, |step| is_turn(step, event));
        if let Some(activated) = self.activated_by_hand(turn.unwrap_or(0), event) {
            return Chain::default()
                .decided(Reason::ActivatedByHand, activated)
                .then(self.setter(activated, event))
                .end();
        }
        match turn.and_then(|at| Some((at, self.step(at)?))) {
            Some((set, Step::TimerSet { deadline, .. } | Step::TimerRestarted { deadline, .. })) => {
                self.running(event, set, *deadline)
            }
            Some((cancelled, Step::TimerCancelled { .. })) => {
                let chain = Chain::default().decided(Reason::TimerCancelled, cancelled);
                chain.then(self.setter(cancelled, event)).then(self.start_before(cancelled, event)).end()
            }
            Some((expired, _)) => self.fired(event, expired),
            None => {
                let set = self.last(self.at, |step| matches!(step, Step::TimeoutsSet { .. }));
                Chain::default().decided(Reason::NoTimer, None).link_if(Reason::TimeoutsSet, set).end()
            }
        }
    }

    /// It was set here and runs until then.
    fn running(&self, event: EventName, set: u64, deadline: Time) -> Vec<Because> {
        let chain = match self.passed(set, self.at, deadline) {
            None => Chain::default().decided(Reason::TimeNotCome, None),
            Some(passed) => match self.anyones_callback(passed) {
                Some(entered) => {
                    Chain::default().decided(Reason::HeldUp, entered).link(Reason::ClockPassed, passed)
                }
                None => Chain::default().decided(Reason::NoPassSince, None).link(Reason::ClockPassed, passed),
            },
        };
        chain.then(self.start(set, event)).end()
    }

    /// The loop saw here that its time had come.
    fn fired(&self, event: EventName, expired: u64) -> Vec<Because> {
        let chain = Chain::default();
        let started = self.last(expired, |step| deadline_of(step, event).is_some());
        let deadline = started.and_then(|set| deadline_of(self.step(set)?, event));
        let seen = self.time(expired);
        let late = deadline.zip(seen).filter(|(deadline, seen)| *seen > *deadline + IN_TIME);
        let passed = late.zip(started).and_then(|((due, _), set)| self.passed(set, expired, due));
        let chain = match passed.map(|passed| (passed, self.anyones_callback(passed))) {
            Some((passed, Some(entered))) => chain
                .link(Reason::TimerExpired, expired)
                .decided(Reason::HeldUp, entered)
                .link(Reason::ClockPassed, passed),
            // It was the last thing before the loop looked: in time after all, as far as anybody can tell.
            Some((passed, None)) if passed < expired => {
                chain.link(Reason::TimerExpired, expired).decided(Reason::ClockPassed, passed)
            }
            _ => chain.decided(Reason::TimerExpired, expired),
        };
        chain.then(self.start_before(expired, event)).end()
    }

    fn start_before(&self, at: u64, event: EventName) -> Vec<Because> {
        let started = self.last(at, |step| deadline_of(step, event).is_some());
        started.map_or_else(Vec::new, |set| self.start(set, event))
    }

    /// Where it was set, by whom, and to how long.
    fn start(&self, set: u64, event: EventName) -> Vec<Because> {
        let timeouts = self.last(set, |step| matches!(step, Step::TimeoutsSet { .. }));
        let chain = Chain::default().link(Reason::TimerStarted, set).then(self.setter(set, event));
        unmarked(chain.link_if(Reason::TimeoutsSet, timeouts).end())
    }

    /// Whose doing it was: a callback's, or that of the event's own run. `main` leaves no record of its own.
    fn setter(&self, at: u64, event: EventName) -> Vec<Because> {
        let Some(within) = self.nearest_boundary(at) else { return Vec::new() };
        let chain = match self.anyones_step(within) {
            Some(Step::CallbackEntered { .. }) => Chain::default().link(Reason::Called, within),
            Some(Step::EventRun { event: ran, .. }) if *ran == event => {
                Chain::default().link(Reason::EventRan, within)
            }
            _ => return Vec::new(),
        };
        unmarked(chain.end())
    }

    /// It was made active after this position, and not since its time came.
    fn activated_by_hand(&self, after: u64, event: EventName) -> Option<u64> {
        let of_application = matches!(event, EventName::Application(_));
        let activated = |step: &Step| matches!(step, Step::EventActivated { event: of, cause } if *of == event && *cause == EventFlags::TIMEOUT);
        let at = self.last_after(after, self.at, activated).filter(|_| of_application)?;
        let before = self.last(at - 1, |step| step.event() == Some(event));
        let expired = before.and_then(|before| self.step(before));
        (!matches!(expired, Some(Step::TimerExpired { .. }))).then_some(at)
    }

    /// Where the clock came to be past this, after one position and up to another.
    fn passed(&self, after: u64, to: u64, deadline: Time) -> Option<u64> {
        (after + 1..=to).find(|position| self.time(*position).is_some_and(|time| time >= deadline))
    }

    /// What the clock shows after a record. Inside a callback records have the time of the loop's last poll, which a
    /// callback that takes long leaves behind.
    fn time(&self, position: u64) -> Option<Time> {
        let (time, step) = self.timed(position)?;
        let slept = match step {
            Step::ClockAdvanced { by_us } if self.anyones_callback(position).is_some() => *by_us,
            _ => 0,
        };
        Some(time + Duration::from_micros(slept))
    }

    /// The user callback of whatever connection that was under way right before this position.
    fn anyones_callback(&self, position: u64) -> Option<u64> {
        let nearest = self.nearest_boundary(position - 1)?;
        matches!(self.anyones_step(nearest), Some(Step::CallbackEntered { .. })).then_some(nearest)
    }
}

/// What decided stands before this.
pub(super) fn unmarked(mut reasons: Vec<Because>) -> Vec<Because> {
    for because in &mut reasons {
        because.decided = false;
    }
    reasons
}

/// The timer began, ran out, or was taken away.
fn is_turn(step: &Step, event: EventName) -> bool {
    deadline_of(step, event).is_some()
        || matches!(step, Step::TimerCancelled { event: of } | Step::TimerExpired { event: of } if *of == event)
}

pub(super) fn deadline_of(step: &Step, event: EventName) -> Option<Time> {
    match step {
        Step::TimerSet { event: of, deadline } | Step::TimerRestarted { event: of, deadline }
            if *of == event =>
        {
            Some(*deadline)
        }
        _ => None,
    }
}
