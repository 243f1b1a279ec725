//! Whose turn it is: the program's or the loop's, and what each station of the loop found.
//!
//! These are asked about no connection: whatever the record is about may be the one that decided.

use std::collections::BTreeSet;

use super::timer::{deadline_of, unmarked};
use super::trail::{Chain, Trail};
use super::{Because, Reason};
use crate::recording::{EventPicture, LoopPicture, Picture, Station};
use crate::{EventFlags, EventName, MarkName, PassEnd, Role, Step, Time};

/// So many queued events are named; the first of them runs next.
const QUEUED_NAMED: usize = 4;

/// The loop and what waits in it at the moment of the question.
pub(super) struct Turn {
    event_loop: LoopPicture,
    events: Vec<Event>,
}

/// An event, and whose it is; none for the application's own.
struct Event {
    connection: Option<u64>,
    name: EventName,
    state: EventPicture,
}

impl Turn {
    pub(super) fn of(picture: &Picture) -> Self {
        let connections = picture.connections.values().filter(|connection| !connection.freed);
        let theirs = connections.flat_map(|connection| {
            let deferred = EventPicture {
                active: connection.deferred_queued.then_some(EventFlags::NONE),
                ..EventPicture::default()
            };
            let sides =
                [(EventName::Read, connection.read.event), (EventName::Write, connection.write.event)];
            let all = sides.into_iter().chain([(EventName::Deferred, deferred)]);
            all.map(|(name, state)| Event { connection: Some(connection.number), name, state })
        });
        let own = picture.event_loop.application_events.values().map(|own| Event {
            connection: None,
            name: EventName::Application(own.number),
            state: own.event,
        });
        Self { event_loop: picture.event_loop.clone(), events: theirs.chain(own).collect() }
    }

    /// One of the application's own events.
    pub(super) fn own(&self, event: EventName) -> EventPicture {
        let own = self.events.iter().find(|own| own.connection.is_none() && own.name == event);
        own.map_or_else(EventPicture::default, |own| own.state)
    }

    /// A pass has begun, whether its record is there or not: what is live, cut off or long begins with a picture.
    const fn has_looped(&self) -> bool {
        self.event_loop.pass > 0
    }
}

impl Trail<'_> {
    /// What the program does outside of its callbacks.
    pub(super) fn program(&self, turn: &Turn) -> Vec<Because> {
        match self.last_pass(turn) {
            Pass::Unknown => Chain::default(),
            Pass::NotBegun => Chain::default()
                .decided_if(Reason::CalledByProgram, self.call(0))
                .link(Reason::LoopNotBegun, None),
            Pass::Runs(began) => {
                let chain = Chain::default().decided(Reason::InLoop, began);
                chain.then(self.under_way(&turn.event_loop))
            }
            Pass::Over(ended, reason) => {
                let chain = Chain::default().decided_if(Reason::CalledByProgram, self.call(ended));
                chain.then(self.over(ended, reason))
            }
        }
        .end()
    }

    /// Why the loop goes on, or has returned.
    pub(super) fn event_loop(&self, turn: &Turn) -> Vec<Because> {
        match self.last_pass(turn) {
            Pass::Unknown => Chain::default(),
            Pass::NotBegun => Chain::default().decided(Reason::LoopNotBegun, None),
            Pass::Runs(began) => {
                Chain::default().then(self.under_way(&turn.event_loop)).link(Reason::InLoop, began)
            }
            Pass::Over(ended, reason) => Chain::default().then(self.over(ended, reason)),
        }
        .end()
    }

    /// What a station of the loop found in the pass that runs, or in the last one.
    pub(super) fn station(&self, turn: &Turn, station: Station) -> Vec<Because> {
        let began = self.anyones_last(0, |step| matches!(step, Step::PassBegan { .. }));
        match (station, began) {
            (Station::Idle, _) => self.program(turn),
            (_, None) if turn.has_looped() => Vec::new(),
            (_, None) => Chain::default().decided(Reason::LoopNotBegun, None).end(),
            (Station::Poll, Some(began)) => self.poll(turn, began),
            (Station::Timers, Some(began)) => self.timers(turn, began),
            (Station::Active, Some(began)) => self.queue(turn, began),
            (Station::Callbacks, Some(began)) => self.callbacks(turn, began),
        }
    }

    fn poll(&self, turn: &Turn, began: u64) -> Vec<Because> {
        let ready = self.anyones_last(began, |step| matches!(step, Step::Ready { .. }));
        let Some(polled) = self.anyones_last(began, |step| matches!(step, Step::Polled { .. })) else {
            return Chain::default()
                .link_if(Reason::HandleReady, ready)
                .decided(Reason::PollAsks, began)
                .end();
        };
        if matches!(self.anyones_step(polled), Some(Step::Polled { active: 1.. })) {
            return Chain::default()
                .decided(Reason::PollFound, polled)
                .link_if(Reason::HandleReady, ready)
                .end();
        }
        let chain = Chain::default().decided(Reason::PollFoundNothing, polled);
        let waiting = turn.events.iter().filter(|event| event.state.armed);
        // Of many connections each has its own: the records are walked once for all.
        let waiting: BTreeSet<_> = waiting.map(|event| (event.connection, event.name)).collect();
        let armed = self.anyones_last_record(|record| match record.step {
            Step::EventArmed { event } => waiting.contains(&(record.connection, event)),
            _ => false,
        });
        chain.link_if(Reason::EventArmed, armed).end()
    }

    fn timers(&self, turn: &Turn, began: u64) -> Vec<Because> {
        let checked = self.anyones_last(began, |step| matches!(step, Step::TimersChecked { .. }));
        let expired = self.anyones_last(began, |step| matches!(step, Step::TimerExpired { .. }));
        let none_found = checked.filter(|_| expired.is_none());
        let chain = Chain::default().decided_if(Reason::TimerExpired, expired);
        let chain = chain.link_if(Reason::TimersFoundNone, none_found);
        let Some((connection, event, set)) = self.next_timer(turn) else {
            return chain.decided(Reason::NoTimer, None).end();
        };
        // It was set before the first record that is there, and goes back to nothing.
        let Some(set) = set else { return chain.end() };
        // Where it began is said first: what follows is about it.
        let rest = self.of(connection).timer(event);
        let rest = rest.into_iter().filter(|because| because.reason != Reason::TimerStarted).collect();
        chain.link(Reason::NextTimer, set).then(rest).end()
    }

    fn queue(&self, turn: &Turn, began: u64) -> Vec<Because> {
        let runs = turn.event_loop.running.and_then(|_| self.anyones_last(began, is_run));
        let chain = Chain::default().decided_if(Reason::EventRuns, runs);
        let queued = turn.events.iter().filter(|event| event.state.active.is_some());
        let mut queued = queued.filter_map(|event| self.activation(event)).collect::<Vec<_>>();
        if queued.is_empty() && runs.is_none() {
            return chain.decided(Reason::NothingActive, None).end();
        }
        queued.sort_unstable();
        let named = queued.into_iter().take(QUEUED_NAMED);
        named.fold(chain, |chain, activated| chain.decided(Reason::EventActive, activated)).end()
    }

    fn callbacks(&self, turn: &Turn, began: u64) -> Vec<Because> {
        let entered = self.anyones_last(began, |step| matches!(step, Step::CallbackEntered { .. }));
        if turn.event_loop.entered.is_some() {
            return self.under_way(&turn.event_loop);
        }
        if let Some(entered) = entered {
            let run = (began..entered).rev().find(|at| self.anyones_step(*at).is_some_and(is_run));
            return Chain::default().decided(Reason::Called, entered).link_if(Reason::EventRan, run).end();
        }
        let below = self.anyones_last(began, is_below_low_mark);
        let not_set = self.anyones_last(began, |step| matches!(step, Step::CallbackNotSet { .. }));
        let held_back =
            |chain: Chain| chain.decided_if(Reason::BelowLowMark, below).decided_if(Reason::NotSet, not_set);
        match self.last_pass(turn) {
            // One may come yet.
            Pass::Runs(_) => {
                let chain = held_back(Chain::default().link(Reason::NoCallbackYet, None));
                chain.then(self.under_way(&turn.event_loop)).end()
            }
            _ if below.or(not_set).is_some() => {
                held_back(Chain::default().link(Reason::NoCallbackInPass, None)).end()
            }
            _ => Chain::default().decided(Reason::NoCallbackInPass, None).end(),
        }
    }

    /// What the loop is at: a callback, an internal callback, or what it found before it came to one.
    fn under_way(&self, event_loop: &LoopPicture) -> Vec<Because> {
        let entered = event_loop.entered.and_then(|it| {
            let is_it =
                |step: &Step| matches!(step, Step::CallbackEntered { callback } if *callback == it.callback);
            self.of(it.connection).last(self.at, is_it)
        });
        let run = event_loop.running.and_then(|_| self.anyones_last(0, is_run));
        let chain = Chain::default().decided_if(Reason::CallbackRuns, entered);
        let found = self.anyones_last(0, |step| matches!(step, Step::Polled { .. }));
        let began = self.anyones_last(0, |step| matches!(step, Step::PassBegan { .. }));
        match run {
            Some(run) => chain.decided(Reason::EventRuns, run).end(),
            // A call of the program's own brought it: no pass did.
            None if entered.is_some() => chain.end(),
            None if found > began => match found.and_then(|at| self.anyones_step(at)) {
                Some(Step::Polled { active: 1.. }) => chain.decided(Reason::PollFound, found).end(),
                _ => chain.decided(Reason::PollFoundNothing, found).end(),
            },
            None => chain.decided(Reason::PollAsks, began).end(),
        }
    }

    /// Why this pass ended.
    fn over(&self, ended: u64, reason: PassEnd) -> Vec<Because> {
        let entered = || self.anyones_last(0, |step| matches!(step, Step::CallbackEntered { .. }));
        let disarmed = || self.anyones_last(0, |step| matches!(step, Step::EventDisarmed { .. }));
        let chain = Chain::default();
        match reason {
            PassEnd::Done => chain.decided(Reason::PassOver, ended),
            PassEnd::NoEvents => {
                chain.decided(Reason::NothingPending, ended).link_if(Reason::EventDisarmed, disarmed())
            }
            PassEnd::Broken => chain.decided(Reason::LoopBroken, ended).link_if(Reason::Called, entered()),
            PassEnd::Exited => {
                let exit = self.of(None).timer(EventName::LoopExit);
                chain.decided(Reason::LoopExited, ended).then(unmarked(exit))
            }
            PassEnd::Spinning => chain.decided(Reason::Spinning, ended),
        }
        .end()
    }

    /// The timer whose time comes first: whose, which, and where it was set, as far as that was recorded.
    fn next_timer(&self, turn: &Turn) -> Option<(Option<u64>, EventName, Option<u64>)> {
        let timed = turn
            .events
            .iter()
            .filter_map(|event| Some((event.state.deadline?, event.connection, event.name)));
        let (_, connection, event) = timed.chain(self.exit()).min_by_key(|(deadline, ..)| *deadline)?;
        let set = self.of(connection).last(self.at, |step| deadline_of(step, event).is_some());
        Some((connection, event, set))
    }

    /// `event_base_loopexit` has an event that no picture shows.
    fn exit(&self) -> Option<(Time, Option<u64>, EventName)> {
        let event = EventName::LoopExit;
        let set = self.of(None).last(self.at, |step| step.event() == Some(event))?;
        Some((deadline_of(self.anyones_step(set)?, event)?, None, event))
    }

    fn activation(&self, event: &Event) -> Option<u64> {
        let is_it = |step: &Step| matches!(step, Step::EventActivated { event: of, .. } if *of == event.name);
        self.of(event.connection).last(self.at, is_it)
    }

    /// The last that the program did itself after this position, outside of the loop.
    fn call(&self, after: u64) -> Option<u64> {
        self.anyones_last(after, |step| {
            matches!(step.role(), Role::Application | Role::ApplicationToBuffer | Role::BufferToApplication)
        })
    }

    /// Whether a pass runs, and where it began or ended.
    fn last_pass(&self, turn: &Turn) -> Pass {
        let edge = |step: &Step| matches!(step, Step::PassBegan { .. } | Step::PassEnded { .. });
        match self.anyones_last(0, edge).and_then(|at| Some((at, self.anyones_step(at)?))) {
            None if turn.has_looped() => Pass::Unknown,
            None => Pass::NotBegun,
            Some((ended, Step::PassEnded { reason, .. })) => Pass::Over(ended, *reason),
            Some((began, _)) => Pass::Runs(began),
        }
    }
}

#[derive(Clone, Copy)]
enum Pass {
    /// There was one, before the first record that is there.
    Unknown,
    NotBegun,
    Runs(u64),
    Over(u64, PassEnd),
}

const fn is_run(step: &Step) -> bool {
    matches!(step, Step::EventRun { .. })
}

const fn is_below_low_mark(step: &Step) -> bool {
    matches!(step, Step::WatermarkChecked { mark: MarkName::ReadLow, reached: false, .. })
}
