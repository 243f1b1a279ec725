//! Why a callback was called, or was not.

use super::trail::{Chain, Trail};
use super::valve::is_taken;
use super::{Because, Reason};
use crate::recording::ConnectionPicture;
use crate::recording::condition::CallbackKind;
use crate::{Callback, Direction, EventFlags, EventName, MarkName, Step};

impl Trail<'_> {
    pub(super) fn called(&self, picture: &ConnectionPicture, callback: CallbackKind) -> Vec<Because> {
        match self.last_call(0, callback) {
            Some(entered) => self.behind_call(entered, callback),
            None => self.not_called(picture, callback, 0),
        }
    }

    pub(super) fn not_called(
        &self,
        picture: &ConnectionPicture,
        callback: CallbackKind,
        since: u64,
    ) -> Vec<Because> {
        if let Some(entered) = self.last_call(since, callback) {
            return self.behind_call(entered, callback);
        }
        if picture.freed {
            return self.freed();
        }
        let set = match callback {
            CallbackKind::Read => picture.on_read,
            CallbackKind::Write => picture.on_write,
            CallbackKind::Event => picture.on_event,
        };
        if !set {
            let unset = self.last(self.at, |step| matches!(step, Step::CallbacksSet { .. }));
            let would = self.last_after(since, self.at, |step| match step {
                Step::CallbackNotSet { callback: due } => callback.is(*due),
                _ => false,
            });
            return Chain::default().link_if(Reason::NotSet, would).decided(Reason::NotSet, unset).end();
        }
        if let Some(deferred) = self.last_deferral(self.at, callback)
            && self.last_after(deferred, self.at, |step| is_due(step, callback)).is_none()
        {
            return Chain::default().decided(Reason::Deferred, deferred).end();
        }
        match callback {
            CallbackKind::Read => self.no_read_callback(picture),
            CallbackKind::Write => self.no_write_callback(picture),
            CallbackKind::Event => self.no_event_callback(picture),
        }
    }

    pub(super) fn last_call(&self, after: u64, callback: CallbackKind) -> Option<u64> {
        self.last_after(after, self.at, |step| match step {
            Step::CallbackEntered { callback: entered } => callback.is(*entered),
            _ => false,
        })
    }

    fn last_deferral(&self, from: u64, callback: CallbackKind) -> Option<u64> {
        self.last(from, |step| match step {
            Step::CallbackDeferred { callback: deferred } => callback.is(*deferred),
            _ => false,
        })
    }

    /// The callback was entered here.
    fn behind_call(&self, entered: u64, callback: CallbackKind) -> Vec<Because> {
        let chain = Chain::default().link(Reason::Called, entered);
        let run =
            self.last(entered, |step| matches!(step, Step::EventRun { .. } | Step::EventReturned { .. }));
        let is_queued_call = matches!(
            run.and_then(|run| self.step(run)),
            Some(Step::EventRun { event: EventName::Deferred, .. })
        );
        if is_queued_call && let Some(deferred) = self.last_deferral(entered, callback) {
            return chain
                .link(Reason::Deferred, deferred)
                .then(self.behind_deferral(deferred, callback))
                .end();
        }
        chain.then(self.behind_due(entered, callback)).end()
    }

    /// The callback was put off here.
    fn behind_deferral(&self, deferred: u64, callback: CallbackKind) -> Vec<Because> {
        // Right after a read callback: input was still full, which brings another.
        let left = deferred - 1;
        let after_read = matches!(self.step(left), Some(Step::CallbackLeft { callback: Callback::Read }));
        if callback == CallbackKind::Read && after_read {
            let taken = self.last(left, is_taken);
            let within = self.callback_around(left - 1);
            let taken = taken.filter(|taken| within.is_some_and(|within| *taken > within));
            return Chain::default()
                .decided(Reason::LeftFull, left)
                .link_if(Reason::BytesTaken, taken)
                .link_if(Reason::MarksSet, self.marks_set(left, Direction::Read))
                .end();
        }
        self.behind_due(deferred, callback)
    }

    /// What made the callback due at this position, or shortly before.
    fn behind_due(&self, due: u64, callback: CallbackKind) -> Vec<Because> {
        let run = self.last(due, |step| matches!(step, Step::EventRun { .. } | Step::EventReturned { .. }));
        let ran = run.and_then(|run| match self.step(run) {
            Some(Step::EventRun { event, cause }) => Some((run, *event, *cause)),
            _ => None,
        });
        let Some((run, event @ (EventName::Read | EventName::Write), cause)) = ran else {
            return self.brought_from_outside(due, callback);
        };
        let chain = match (callback, event) {
            (CallbackKind::Event, EventName::Read) => self.failed(due, Direction::Read),
            (CallbackKind::Event, _) => {
                self.connection_decided(run, due).unwrap_or_else(|| self.failed(due, Direction::Write))
            }
            (CallbackKind::Read, _) => self.input_grew(run, due),
            (CallbackKind::Write, _) => self.output_shrank(run, due),
        };
        let chain = Chain::default().then(chain).link(Reason::EventRan, run);
        if cause == EventFlags::TIMEOUT {
            return chain.end();
        }
        let ready = self.last(run, |step| matches!(step, Step::Ready { .. }));
        let sent = self.last(run, |step| matches!(step, Step::PeerSent { lost: false, .. }));
        let chain = chain.link_if(Reason::HandleReady, ready);
        if callback == CallbackKind::Read { chain.link_if(Reason::PeerSent, sent).end() } else { chain.end() }
    }

    /// By hand, or by the other side of a pair: no event of this connection ran.
    fn brought_from_outside(&self, due: u64, callback: CallbackKind) -> Vec<Because> {
        let moved = self.last(due, |step| match (callback, step) {
            (CallbackKind::Read, Step::Received { .. }) | (CallbackKind::Write, Step::Sent { .. }) => true,
            (_, Step::CallbackEntered { .. } | Step::EventRun { .. }) => false,
            _ => false,
        });
        let reason = match callback {
            CallbackKind::Read => Reason::BytesReceived,
            _ => Reason::BytesSent,
        };
        Chain::default().decided(Reason::CalledFromOutside, due).link_if(reason, moved).end()
    }

    /// The connection that was begun was made or failed in this run.
    pub(super) fn connection_decided(&self, run: u64, due: u64) -> Option<Vec<Because>> {
        let decided =
            self.last_after(run, due, |step| matches!(step, Step::Connected | Step::ConnectFailed { .. }))?;
        let reason = match self.step(decided) {
            Some(Step::Connected) => Reason::Connected,
            _ => Reason::ConnectFailed,
        };
        let began = self.connect_started(run);
        let chain = Chain::default().decided(reason, decided);
        let chain = match self.peers_decision(began, run) {
            Some((reason, peer)) => chain.link(reason, peer),
            None => chain,
        };
        Some(chain.link_if(Reason::ConnectStarted, began).end())
    }

    /// What the peer did with the connection that was begun here.
    pub(super) fn peers_decision(&self, began: Option<u64>, at: u64) -> Option<(Reason, u64)> {
        let decides = |step: &Step| matches!(step, Step::PeerAccepted | Step::PeerRefused);
        let peer = self.last_after(began.unwrap_or(0), at, decides)?;
        match self.step(peer) {
            Some(Step::PeerAccepted) => Some((Reason::PeerAccepted, peer)),
            _ => Some((Reason::PeerRefused, peer)),
        }
    }

    pub(super) fn connect_started(&self, at: u64) -> Option<u64> {
        self.last(at, |step| matches!(step, Step::ConnectStarted { .. }))
    }

    fn input_grew(&self, run: u64, due: u64) -> Vec<Because> {
        let check = self.last_after(run, due, |step| is_checked(step, MarkName::ReadLow, true));
        let received = self.last_after(run, due, |step| matches!(step, Step::Received { .. }));
        Chain::default()
            .decided_if(Reason::LowMarkReached, check)
            .decided_if(Reason::BytesReceived, received)
            .end()
    }

    fn output_shrank(&self, run: u64, due: u64) -> Vec<Because> {
        let check = self.last_after(run, due, |step| is_checked(step, MarkName::WriteLow, true));
        let sent = self.last_after(run, due, |step| matches!(step, Step::Sent { .. }));
        let chain = Chain::default().decided_if(Reason::LowMarkReached, check);
        if sent.is_some() {
            return chain.link(Reason::BytesSent, sent).end();
        }
        let enabled = self.last(
            run,
            |step| matches!(step, Step::Enabled { directions, .. } if directions.contains(Direction::Write)),
        );
        chain.link(Reason::NothingToSend, run).link_if(Reason::Enabled, enabled).end()
    }
}

fn is_due(step: &Step, callback: CallbackKind) -> bool {
    matches!(step, Step::CallbackDue { callback: due, .. } if callback.is(*due))
}

pub(super) fn is_checked(step: &Step, of: MarkName, whether: bool) -> bool {
    matches!(step, Step::WatermarkChecked { mark, reached, .. } if *mark == of && *reached == whether)
}
