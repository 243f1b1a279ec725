//! The recorder: who wants which step, and what becomes a record of it.

use std::panic::Location;

use super::{Observer, Record, Step};
use crate::Time;
use crate::arena::Key;
use crate::ids::BuffereventId;

/// What a recorder asks of the engine that it records.
pub(crate) trait Recorded {
    /// The engine's time.
    fn now(&self) -> Time;

    /// The numbers of the two internal events of a bufferevent; zeros when it is not there.
    fn io_events(&self, id: BuffereventId) -> [u64; 2];

    /// The record with this number was taken: a moment to look at the engine.
    fn after_record(&self, seq: u64) {
        let _ = seq;
    }
}

/// A step that waits, with the function it stands for and the line that recorded it.
type Held = (&'static str, Step, &'static Location<'static>);

/// Makes records of steps, for an observer.
#[derive(Debug)]
pub(crate) struct Recorder<O> {
    observer: O,
    last_seq: u64,
    /// The connection whose records were refused last, if its number is not 0. Most steps in a row concern one: asking
    /// once is enough, until another pass or a change of the observer.
    unwanted: u64,
    /// The numbers of its two internal events.
    unwanted_events: [u64; 2],
    /// What is to be recorded of the pass as soon as anything else in it is: see [`Observer::wants_idle_passes`].
    held: Vec<Held>,
    /// Whether the pass has left a record.
    pass_recorded: bool,
}

impl<O: Observer> Recorder<O> {
    pub(crate) const fn new(observer: O) -> Self {
        Self {
            observer,
            last_seq: 0,
            unwanted: 0,
            unwanted_events: [0; 2],
            held: Vec::new(),
            pass_recorded: false,
        }
    }

    /// Goes on for another observer; gives the one there was.
    pub(crate) fn replace<P: Observer>(self, observer: P) -> (Recorder<P>, O) {
        let Self { last_seq, held, pass_recorded, .. } = self;
        (Recorder { last_seq, held, pass_recorded, ..Recorder::new(observer) }, self.observer)
    }

    pub(crate) const fn last_seq(&self) -> u64 {
        self.last_seq
    }

    pub(crate) const fn observer(&self) -> &O {
        &self.observer
    }

    pub(crate) const fn observer_mut(&mut self) -> &mut O {
        self.forget_unwanted();
        &mut self.observer
    }

    pub(crate) fn payload_limit(&self) -> usize {
        self.observer.payload_limit()
    }

    /// Whether a record about this bufferevent, or about the loop, would be taken now.
    #[inline]
    pub(crate) fn is_watched(&self, about: Option<BuffereventId>) -> bool {
        !self.is_unwanted(about) && self.observer.wants(about)
    }

    /// Whether records about this bufferevent were refused just now. This is all that a step costs which nobody wants.
    #[inline]
    pub(crate) fn is_unwanted(&self, about: Option<BuffereventId>) -> bool {
        !O::LISTENS || about.is_some_and(|id| id.number() == self.unwanted)
    }

    /// Whether this is an internal event of that bufferevent: found without a look at its owner.
    #[inline]
    pub(crate) fn is_unwanted_event(&self, event: Key) -> bool {
        let [read, write] = self.unwanted_events;
        !O::LISTENS || event.number == read || event.number == write
    }

    /// From here on the steps are about this one: whether they are wanted is asked before the first.
    #[inline]
    pub(crate) fn turn_to(&mut self, engine: &impl Recorded, about: Option<BuffereventId>) {
        if let Some(id) = about
            && !self.is_unwanted(about)
            && !self.observer.wants(about)
        {
            self.note_unwanted(engine, id);
        }
    }

    #[inline]
    fn note_unwanted(&mut self, engine: &impl Recorded, id: BuffereventId) {
        self.unwanted = id.number();
        self.unwanted_events = engine.io_events(id);
    }

    /// Everybody is asked about again.
    pub(crate) const fn forget_unwanted(&mut self) {
        self.unwanted = 0;
        self.unwanted_events = [0; 2];
    }

    /// A pass begins: what was held of the last one is not recorded any more.
    pub(crate) fn begin_pass(&mut self) {
        self.forget_unwanted();
        if self.is_watched(None) {
            self.pass_recorded = false;
            self.held.clear();
        }
    }

    /// Records how the pass goes on. Where idle passes are not wanted, it waits for something to happen in it.
    #[track_caller]
    #[inline]
    pub(crate) fn record_pass(
        &mut self,
        engine: &impl Recorded,
        function: &'static str,
        step: impl FnOnce() -> Step,
    ) {
        if !self.is_watched(None) {
            return;
        }
        if self.pass_recorded || self.observer.wants_idle_passes() {
            self.record_wanted(engine, None, function, step, Location::caller());
        } else {
            self.held.push((function, step(), Location::caller()));
        }
    }

    /// Out of line, so that a step which nobody wants costs a comparison.
    #[cold]
    #[inline(never)]
    pub(crate) fn record_wanted(
        &mut self,
        engine: &impl Recorded,
        about: Option<BuffereventId>,
        function: &'static str,
        step: impl FnOnce() -> Step,
        place: &'static Location<'static>,
    ) {
        if self.is_wanted(engine, about) {
            self.emit(engine, about, function, step(), place);
        }
    }

    /// Asks the observer. What was held comes first: something is going to be recorded. Not part of the caller, of which
    /// there is a copy for each step.
    #[inline(never)]
    fn is_wanted(&mut self, engine: &impl Recorded, about: Option<BuffereventId>) -> bool {
        if !self.observer.wants(about) {
            if let Some(id) = about {
                self.note_unwanted(engine, id);
            }
            return false;
        }
        self.pass_recorded = true;
        if !self.held.is_empty() {
            let mut held = std::mem::take(&mut self.held);
            for (function, step, place) in held.drain(..) {
                self.emit(engine, None, function, step, place);
            }
            self.held = held;
        }
        true
    }

    #[inline(never)]
    fn emit(
        &mut self,
        engine: &impl Recorded,
        about: Option<BuffereventId>,
        function: &'static str,
        step: Step,
        place: &'static Location<'static>,
    ) {
        self.last_seq += 1;
        self.observer.record(Record {
            seq: self.last_seq,
            time: engine.now(),
            connection: about.map(BuffereventId::number),
            step,
            function: function.into(),
            file: place.file().into(),
            line: place.line(),
        });
        engine.after_record(self.last_seq);
    }
}
