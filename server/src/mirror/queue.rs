//! The one queue from the echo thread to the mirror. The echo thread never waits for room in it: what does not fit is
//! counted.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bufferevent::recording::Picture;
use bufferevent::{Record, Step};

/// How many records wait at most.
const MAX_RECORDS: usize = 65_536;

/// How many bytes of payload wait at most.
const MAX_PAYLOAD: usize = 64 * 1024 * 1024;

/// What the echo thread hands over, in the order in which it happened.
#[derive(Debug)]
pub(super) enum Item {
    Record(Box<Record>),
    /// Records that found no room, by connection.
    Lost(HashMap<Option<u64>, u64>),
    /// The engine's state at this point, as asked for.
    Snapshot(Box<Picture>),
}

#[derive(Debug, Default)]
struct Waiting {
    items: Vec<Item>,
    records: usize,
    payload: usize,
}

#[derive(Debug, Default)]
pub(super) struct Queue(Mutex<Waiting>);

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Nothing in here can be left half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the records over, as many as there is room for; those left in `records` found none.
    pub(super) fn push_records(&self, records: &mut Vec<Record>) {
        let mut waiting = self.lock();
        let mut taken = 0;
        for record in records.iter() {
            let payload = payload_bytes(&record.step);
            if waiting.records == MAX_RECORDS || waiting.payload + payload > MAX_PAYLOAD {
                break;
            }
            waiting.records += 1;
            waiting.payload += payload;
            taken += 1;
        }
        waiting.items.extend(records.drain(..taken).map(|record| Item::Record(Box::new(record))));
    }

    /// Whether records would be taken now.
    pub(super) fn has_room(&self) -> bool {
        let waiting = self.lock();
        waiting.records < MAX_RECORDS / 2 && waiting.payload < MAX_PAYLOAD / 2
    }

    /// Snapshots and counts always fit: there is one for each time that it was asked for.
    pub(super) fn push(&self, item: Item) {
        self.lock().items.push(item);
    }

    /// Everything that waits, leaving `into`'s memory in its place.
    pub(super) fn swap(&self, into: &mut Vec<Item>) {
        into.clear();
        let mut waiting = self.lock();
        std::mem::swap(&mut waiting.items, into);
        waiting.records = 0;
        waiting.payload = 0;
    }
}

fn payload_bytes(step: &Step) -> usize {
    match step {
        Step::Received { payload, .. }
        | Step::Sent { payload, .. }
        | Step::BufferAdded { payload, .. }
        | Step::BufferEdited { payload, .. } => payload.bytes.len(),
        _ => 0,
    }
}
