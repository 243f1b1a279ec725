//! Watching the engine: every internal step becomes a [`Record`], if somebody listens.
//!
//! A step is a fact in the past tense, recorded after the change. Folding the steps of a bufferevent from its
//! creation on rebuilds all of its visible state.
//!
//! - `step` - the vocabulary: each kind of step is declared there once; `declare` - what is derived from that.
//! - `role` - what a kind is to whoever watches.
//! - `recorder` - who wants which step, and what becomes a record of it.
//! - `json`, `field` - a record as one flat JSON object.
//!
//! A new kind of step takes its declaration, its emission, and a sentence in each language of the page. Where its role
//! changes the picture, the compiler asks for an arm in the fold; where it changes lengths, for one in the series.

#[macro_use]
mod declare;
#[cfg(feature = "serde")]
mod field;
#[cfg(feature = "serde")]
mod json;
mod recorder;
mod role;
mod step;

use std::borrow::Cow;
use std::collections::VecDeque;

use crate::Time;
use crate::ids::BuffereventId;

#[cfg(feature = "serde")]
pub(crate) use declare::of_roles;
pub(crate) use recorder::{Recorded, Recorder};
pub use role::Role;
pub(crate) use step::micros;
#[cfg(feature = "serde")]
pub(crate) use step::of_role;
pub use step::{BufferName, Callback, EventName, MarkName, PassEnd, Payload, ReadBound, Step, TanksAfter};

/// One internal step of the engine, with where in libevent and where in this crate it happened.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "StepRecord"))]
pub struct Record {
    /// Counts the records of one event base, from 1.
    pub seq: u64,
    /// The engine's time when it happened, in microseconds.
    #[cfg_attr(feature = "ts", ts(rename = "time_us"))]
    pub time: Time,
    /// The [number](BuffereventId::number) of the bufferevent that it concerns; none for the loop itself.
    #[cfg_attr(feature = "ts", ts(optional))]
    pub connection: Option<u64>,
    /// What happened.
    #[cfg_attr(feature = "ts", ts(flatten))]
    pub step: Step,
    /// The libevent function that this step stands for; empty where libevent has none (the peer, the clock).
    pub function: Cow<'static, str>,
    /// The Rust file whose line recorded it, from the workspace's root.
    pub file: Cow<'static, str>,
    /// The line in that file.
    pub line: u32,
}

/// Somebody who may want the records of an event base.
pub trait Observer {
    /// False removes all recording at compile time.
    const LISTENS: bool = true;

    /// Whether a record about this bufferevent (or, with none, about the loop) is wanted now. A step that
    /// nobody wants is not even built. A refusal may hold without being asked again, until the next pass or until
    /// [`EventBase::observer_mut`](crate::EventBase::observer_mut) is called.
    fn wants(&self, connection: Option<BuffereventId>) -> bool {
        let _ = connection;
        true
    }

    /// Whether a pass in which nothing else is recorded leaves records.
    fn wants_idle_passes(&self) -> bool {
        true
    }

    /// How many bytes of a payload a record may carry; its full length is always given.
    fn payload_limit(&self) -> usize {
        usize::MAX
    }

    /// Takes one record.
    fn record(&mut self, record: Record);
}

/// Nobody: every trace of recording is removed at compile time.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoObserver;

impl Observer for NoObserver {
    const LISTENS: bool = false;

    fn wants(&self, _: Option<BuffereventId>) -> bool {
        false
    }

    fn record(&mut self, _: Record) {}
}

/// Keeps every record.
impl Observer for Vec<Record> {
    fn record(&mut self, record: Record) {
        self.push(record);
    }
}

/// The same, where the oldest can be given up.
impl Observer for VecDeque<Record> {
    fn record(&mut self, record: Record) {
        self.push_back(record);
    }
}

/// Somebody who comes and goes: with `None` nothing is built.
impl<O: Observer> Observer for Option<O> {
    const LISTENS: bool = O::LISTENS;

    fn wants(&self, connection: Option<BuffereventId>) -> bool {
        self.as_ref().is_some_and(|observer| observer.wants(connection))
    }

    fn wants_idle_passes(&self) -> bool {
        self.as_ref().is_some_and(Observer::wants_idle_passes)
    }

    fn payload_limit(&self) -> usize {
        self.as_ref().map_or(0, Observer::payload_limit)
    }

    fn record(&mut self, record: Record) {
        if let Some(observer) = self {
            observer.record(record);
        }
    }
}
