//! What running a scenario may cost: nobody should be able to write one that runs for ever or takes all memory.

use std::fmt;
use std::ops::{Deref, DerefMut};

use super::Limits;
use crate::said::{Said, phrase, said};
use crate::{Observer, Record};

/// What running a scenario may cost at most.
///
/// Nothing of it depends on who watches: a run that keeps no records counts those that it would have kept, so that the
/// same scenario stops at the same place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Records.
    pub records: u64,
    /// Bytes that are buffered at one time: in input and output, and in the kernel's queues with the backlog.
    pub bytes: u64,
    /// Bytes of payload in records that are kept, as an [`Experiment`](super::Experiment) keeps them.
    pub payload: u64,
    /// Bytes that functions of filters have given in all: a record of one costs as much time as it gives bytes.
    pub filtered: u64,
}

const MIB: u64 = 1024 * 1024;

impl Budget {
    /// As much as a page should hold.
    pub const PAGE: Self = Self { records: 200_000, filtered: 8 * MIB, ..Self::RUN };

    const RUN: Self = Self { records: 1_000_000, bytes: 64 * MIB, payload: 64 * MIB, filtered: 64 * MIB };
}

impl Budget {
    /// No more than a scenario allows itself.
    pub(super) fn within(self, limits: Limits) -> Self {
        Self {
            records: limits.records.map_or(self.records, |records| records.min(self.records)),
            bytes: limits.bytes.map_or(self.bytes, |bytes| bytes.min(self.bytes)),
            ..self
        }
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::RUN
    }
}

/// The budget was used up before the script was at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Truncation {
    /// The step of the script in which it stopped, from 1; 0 is the set-up.
    pub step: usize,
    /// What was used up.
    pub what: Limit,
    /// How many there may be.
    pub limit: u64,
}

/// Which part of a [`Budget`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// [`Budget::records`].
    Records,
    /// [`Budget::bytes`].
    Bytes,
    /// [`Budget::payload`].
    Payload,
    /// [`Budget::filtered`].
    Filtered,
}

impl From<&Truncation> for Said {
    fn from(Truncation { step, what, limit }: &Truncation) -> Self {
        let what = match what {
            Limit::Records => phrase!("records"),
            Limit::Bytes => phrase!("buffered bytes"),
            Limit::Payload => phrase!("bytes of payload"),
            Limit::Filtered => phrase!("bytes out of filters"),
        };
        said!("stopped in step {} of the script: more than {} {}", step, limit, what)
    }
}

impl fmt::Display for Truncation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Said::from(self).fmt(f)
    }
}

/// The observer of a [`Simulation`](super::Simulation): it counts every record, and hands on those within the budget.
#[derive(Debug)]
pub struct Metered<O> {
    inner: O,
    records: u64,
    limit: u64,
}

impl<O> Metered<O> {
    pub(super) const fn new(inner: O, limit: u64) -> Self {
        Self { inner, records: 0, limit }
    }

    /// The records so far, those beyond the budget included.
    pub(super) const fn count(&self) -> u64 {
        self.records
    }

    pub(super) const fn is_used_up(&self) -> bool {
        self.records > self.limit
    }
}

impl<O> Deref for Metered<O> {
    type Target = O;

    fn deref(&self) -> &O {
        &self.inner
    }
}

impl<O> DerefMut for Metered<O> {
    fn deref_mut(&mut self) -> &mut O {
        &mut self.inner
    }
}

impl<O: Observer> Observer for Metered<O> {
    fn payload_limit(&self) -> usize {
        if O::LISTENS { self.inner.payload_limit() } else { 0 }
    }

    fn record(&mut self, record: Record) {
        self.records += 1;
        if O::LISTENS && !self.is_used_up() {
            self.inner.record(record);
        }
    }
}
