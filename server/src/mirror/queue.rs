//! The one queue from the echo thread to the mirror. The echo thread never waits for room in it: what does not fit is
//! counted.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bufferevent::Record;
use bufferevent::recording::Picture;

/// How many records wait at most, unless somebody says otherwise.
const MAX_RECORDS: usize = 65_536;

/// How many bytes of payload wait at most.
const MAX_PAYLOAD: usize = 64 * 1024 * 1024;

/// A list keeps room for so many records, whatever is needed.
pub(super) const KEPT: usize = 1024;

/// What comes between two records.
#[derive(Debug)]
pub(super) enum Mark {
    /// Records that found no room, by connection.
    Lost(HashMap<Option<u64>, u64>),
    /// The engine's state at this point, as asked for, and how long it took to make.
    Snapshot { picture: Box<Picture>, took: Duration },
}

/// What the echo thread hands over, in the order in which it happened.
///
/// The records lie one behind the other in memory that goes back and forth between the two threads: the echo thread
/// allocates nothing for them but what their payload takes.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) records: Vec<Record>,
    /// Each with the number of records before it.
    pub(super) marks: Vec<(usize, Mark)>,
    payload: usize,
}

impl Batch {
    /// Empties it; its memory is for the next time.
    pub(super) fn clear(&mut self) {
        let needed = self.records.len();
        self.records.clear();
        keep_for_next(&mut self.records, needed);
        self.marks.clear();
        self.payload = 0;
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        bytes_held(&self.records) + self.marks.capacity() * size_of::<(usize, Mark)>()
    }
}

/// A list that is empty keeps its memory for the next time. Where that is far more than was needed now, half of it is given
/// back: what a burst took is gone after a few more times, and what is needed again and again stays.
pub(super) fn keep_for_next(records: &mut Vec<Record>, needed: usize) {
    if needed < records.capacity() / 4 {
        records.shrink_to((records.capacity() / 2).max(KEPT));
    }
}

/// What such a list holds, with the payload.
#[cfg(test)]
pub(super) fn bytes_held(records: &Vec<Record>) -> usize {
    records.capacity() * size_of::<Record>() + records.iter().map(payload_bytes).sum::<usize>()
}

#[derive(Debug)]
pub(super) struct Queue {
    waiting: Mutex<Batch>,
    /// How many records wait at most.
    most: usize,
}

impl Default for Queue {
    fn default() -> Self {
        Self::with_room(MAX_RECORDS)
    }
}

impl Queue {
    pub(super) fn with_room(most: usize) -> Self {
        Self { waiting: Mutex::default(), most }
    }

    fn lock(&self) -> MutexGuard<'_, Batch> {
        // Nothing in here can be left half done.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the records of one turn over; where there is no room for all of them they stay in `records`.
    pub(super) fn push_records(&self, records: &mut Vec<Record>) {
        let payload: usize = records.iter().map(payload_bytes).sum();
        let mut waiting = self.lock();
        if waiting.records.len() + records.len() <= self.most && waiting.payload + payload <= MAX_PAYLOAD {
            waiting.payload += payload;
            waiting.records.append(records);
        }
    }

    /// Whether records would be taken now.
    pub(super) fn has_room(&self) -> bool {
        let waiting = self.lock();
        waiting.records.len() < self.most.div_ceil(2) && waiting.payload < MAX_PAYLOAD / 2
    }

    /// These always fit: there is one snapshot at a time, and one count of losses for each, and for each time that there
    /// was room again.
    pub(super) fn push(&self, mark: Mark) {
        let mut waiting = self.lock();
        let at = waiting.records.len();
        waiting.marks.push((at, mark));
    }

    /// How many records wait.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.lock().records.len()
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.lock().held()
    }

    /// Everything that waits, leaving `into`'s memory in its place.
    pub(super) fn swap(&self, into: &mut Batch) {
        into.clear();
        std::mem::swap(&mut *self.lock(), into);
    }
}

fn payload_bytes(record: &Record) -> usize {
    record.step.payload().map_or(0, |payload| payload.bytes.len())
}
