//! What waits to be sent to one viewer, bounded in bytes.

use std::collections::VecDeque;
use std::sync::Arc;

use bufferevent::recording::{Picture, Watched};

/// What one queued entry takes besides its text, in bytes.
const ENTRY_BYTES: usize = 48;

/// Something to be sent.
#[derive(Debug, Clone)]
pub(super) enum Entry {
    /// A record as JSON, without its `seq` and the brace before it: each viewer has a count of its own.
    Record(Arc<str>),
    /// So many records are missing here.
    Gap(u64),
    /// The picture of what is watched.
    Snapshot(Arc<Picture>, Watched),
    Pong,
}

impl Entry {
    fn bytes(&self) -> usize {
        ENTRY_BYTES
            + match self {
                Self::Record(text) => text.len(),
                _ => 0,
            }
    }
}

/// Whether a viewer keeps up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It gets every record.
    Following,
    /// It has not had its first picture: what happens before that is in it.
    Joining,
    /// It fell behind: records are counted and not kept until a snapshot.
    Waiting { lost: u64 },
}

/// The queue of one viewer: the hub pushes, the viewer's task pops.
#[derive(Debug)]
pub(super) struct ViewerQueue {
    entries: VecDeque<Entry>,
    bytes: usize,
    limit: usize,
    state: State,
    /// A snapshot was asked for on its behalf.
    asked: bool,
}

impl ViewerQueue {
    /// It waits for a first snapshot, which is asked for already.
    pub(super) const fn new(limit: usize) -> Self {
        Self { entries: VecDeque::new(), bytes: 0, limit, state: State::Joining, asked: true }
    }

    /// One record that it watches. Past the limit everything queued is given up and counted: a fresh picture says
    /// more than old records.
    pub(super) fn push_record(&mut self, record: &Arc<str>) -> u64 {
        match &mut self.state {
            State::Joining => 0,
            State::Waiting { lost } => {
                *lost += 1;
                1
            }
            State::Following => {
                let entry = Entry::Record(Arc::clone(record));
                if self.bytes + entry.bytes() > self.limit {
                    return self.give_up(1);
                }
                self.bytes += entry.bytes();
                self.entries.push_back(entry);
                0
            }
        }
    }

    /// Records that it watches were lost before they came here; gives how many it has lost by this.
    pub(super) fn note_lost(&mut self, records: u64) -> u64 {
        match &mut self.state {
            State::Joining => 0,
            State::Waiting { lost } => {
                *lost += records;
                records
            }
            State::Following if records > 0 => self.give_up(records),
            State::Following => 0,
        }
    }

    fn give_up(&mut self, also: u64) -> u64 {
        let mut lost = also;
        let mut earlier = 0;
        self.entries.retain(|entry| match entry {
            Entry::Record(_) => {
                lost += 1;
                false
            }
            // A gap or a picture that was not sent is overtaken by what comes.
            Entry::Gap(records) => {
                earlier += records;
                false
            }
            Entry::Snapshot(..) => false,
            Entry::Pong => true,
        });
        self.bytes = self.entries.iter().map(Entry::bytes).sum();
        self.state = State::Waiting { lost: lost + earlier };
        self.asked = false;
        lost
    }

    /// Everything before was sent and it waits: whether a snapshot has to be asked for. Asking once is enough.
    pub(super) fn wants_snapshot(&mut self) -> bool {
        let wants = self.entries.is_empty() && matches!(self.state, State::Waiting { .. }) && !self.asked;
        self.asked |= wants;
        wants
    }

    /// Whether the next snapshot is for it.
    pub(super) fn awaits_snapshot(&self) -> bool {
        self.asked
    }

    /// A snapshot was asked for on behalf of a viewer that follows: it watches something else from there on.
    pub(super) fn expect_snapshot(&mut self) {
        self.asked = true;
    }

    /// The snapshot that was asked for: from here on it follows.
    pub(super) fn push_snapshot(&mut self, picture: Arc<Picture>, watched: Watched) {
        if let State::Waiting { lost } = self.state {
            self.push(Entry::Gap(lost));
        }
        self.push(Entry::Snapshot(picture, watched));
        self.state = State::Following;
        self.asked = false;
    }

    pub(super) fn push(&mut self, entry: Entry) {
        self.bytes += entry.bytes();
        self.entries.push_back(entry);
    }

    pub(super) fn pop(&mut self) -> Option<Entry> {
        let entry = self.entries.pop_front()?;
        self.bytes -= entry.bytes();
        Some(entry)
    }

    /// What is in it, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether the next to be popped is a record.
    pub(super) fn starts_with_record(&self) -> bool {
        matches!(self.entries.front(), Some(Entry::Record(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn following(limit: usize) -> ViewerQueue {
        let mut queue = ViewerQueue::new(limit);
        queue.push_snapshot(Arc::default(), Watched::All);
        queue.pop();
        queue
    }

    #[test]
    fn records_past_the_limit_become_a_gap_of_their_exact_number() {
        let mut queue = following(200);
        let record: Arc<str> = "x".repeat(20).into();
        for _ in 0..10 {
            queue.push_record(&record);
        }
        assert!(queue.wants_snapshot() && !queue.wants_snapshot(), "asked once");
        queue.push_record(&record);
        queue.push_snapshot(Arc::default(), Watched::All);
        assert!(matches!(queue.pop(), Some(Entry::Gap(11))));
        assert!(matches!(queue.pop(), Some(Entry::Snapshot(..))));
        assert!(queue.pop().is_none());
        queue.push_record(&record);
        assert!(matches!(queue.pop(), Some(Entry::Record(_))));
    }

    #[test]
    fn a_gap_that_was_not_sent_is_part_of_the_next() {
        let mut queue = following(100);
        queue.note_lost(5);
        assert!(queue.wants_snapshot());
        queue.push_snapshot(Arc::default(), Watched::All);
        queue.note_lost(2);
        assert!(queue.wants_snapshot());
        queue.push_snapshot(Arc::default(), Watched::All);
        assert!(matches!(queue.pop(), Some(Entry::Gap(7))));
    }

    #[test]
    fn a_viewer_that_keeps_up_sees_no_gap() {
        let mut queue = following(1000);
        assert_eq!(queue.note_lost(0), 0);
        queue.expect_snapshot();
        queue.push_snapshot(Arc::default(), Watched::Some(vec![1]));
        assert!(matches!(queue.pop(), Some(Entry::Snapshot(..))));
    }
}
