//! What waits to be sent to one viewer, bounded in bytes.

use std::collections::VecDeque;
use std::fmt::Write;
use std::sync::Arc;

use bufferevent::recording::{Picture, Watched};

/// The largest message of records, in bytes, or a little more.
const MAX_MESSAGE: usize = 256 * 1024;

/// What one queued entry takes besides its text, in bytes.
const ENTRY_BYTES: usize = 64;

/// Something to be sent.
#[derive(Debug)]
pub(super) enum Entry {
    Records(Records),
    /// So many records are missing here.
    Gap(u64),
    /// The picture of what is watched, at this point of the viewer's count.
    Snapshot {
        picture: Arc<Picture>,
        watched: Watched,
        seq: u64,
    },
    Pong,
}

impl Entry {
    fn bytes(&self) -> usize {
        ENTRY_BYTES
            + match self {
                Self::Records(records) => records.text.capacity(),
                _ => 0,
            }
    }
}

/// Records as one message. It is written when they come, so that nothing is kept of them but what is sent.
#[derive(Debug)]
pub(super) struct Records {
    text: String,
    count: u64,
}

impl Records {
    fn new() -> Self {
        Self { text: r#"{"kind":"records","records":["#.into(), count: 0 }
    }

    fn push(&mut self, seq: u64, rest: &str) {
        let comma = if self.count > 0 { "," } else { "" };
        // A string takes everything.
        let _ = write!(self.text, "{comma}{{\"seq\":{seq},");
        self.text.push_str(rest);
        self.count += 1;
    }

    /// The message.
    pub(super) fn finish(mut self) -> String {
        self.text.push_str("]}");
        self.text
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
    /// How many records of what it watches there were since it follows, sent or lost.
    seq: u64,
    /// A snapshot was asked for on its behalf.
    asked: bool,
}

impl ViewerQueue {
    /// It waits for a first snapshot, which is asked for already.
    pub(super) const fn new(limit: usize) -> Self {
        Self { entries: VecDeque::new(), bytes: 0, limit, state: State::Joining, seq: 0, asked: true }
    }

    /// One record that it watches, as JSON from behind its `seq` on: each viewer has a count of its own. Past the limit
    /// everything queued is given up and counted: a fresh picture says more than old records.
    pub(super) fn push_record(&mut self, rest: &str) -> u64 {
        match self.state {
            State::Following if self.bytes + rest.len() <= self.limit => {
                self.seq += 1;
                self.append(rest);
                0
            }
            _ => self.note_lost(1),
        }
    }

    /// Records that it watches were lost before they came here; gives how many it has lost by this.
    pub(super) fn note_lost(&mut self, records: u64) -> u64 {
        if records == 0 || self.state == State::Joining {
            return 0;
        }
        self.seq += records;
        match &mut self.state {
            State::Waiting { lost } => {
                *lost += records;
                records
            }
            _ => self.give_up(records),
        }
    }

    fn append(&mut self, rest: &str) {
        let has_room = |entry: &Entry| matches!(entry, Entry::Records(it) if it.text.len() < MAX_MESSAGE);
        if !self.entries.back().is_some_and(has_room) {
            self.push(Entry::Records(Records::new()));
        }
        if let Some(Entry::Records(records)) = self.entries.back_mut() {
            let before = records.text.capacity();
            records.push(self.seq, rest);
            self.bytes += records.text.capacity() - before;
        }
    }

    fn give_up(&mut self, also: u64) -> u64 {
        let mut lost = also;
        let mut earlier = 0;
        self.entries.retain(|entry| match entry {
            Entry::Records(records) => {
                lost += records.count;
                false
            }
            // A gap or a picture that was not sent is overtaken by what comes.
            Entry::Gap(records) => {
                earlier += records;
                false
            }
            Entry::Snapshot { .. } => false,
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
        self.push(Entry::Snapshot { picture, watched, seq: self.seq });
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
        let mut queue = following(400);
        let record = "x".repeat(40);
        for _ in 0..10 {
            queue.push_record(&record);
        }
        assert!(queue.wants_snapshot() && !queue.wants_snapshot(), "asked once");
        queue.push_record(&record);
        queue.push_snapshot(Arc::default(), Watched::All);
        assert!(matches!(queue.pop(), Some(Entry::Gap(11))));
        assert!(matches!(queue.pop(), Some(Entry::Snapshot { seq: 11, .. })));
        assert!(queue.pop().is_none());
        queue.push_record(r#""line":1}"#);
        assert_eq!(popped(&mut queue), r#"{"kind":"records","records":[{"seq":12,"line":1}]}"#);
    }

    #[test]
    fn records_that_wait_go_in_one_message_and_many_in_several() {
        let mut queue = following(usize::MAX);
        queue.push_record(r#""line":1}"#);
        queue.push_record(r#""line":2}"#);
        let both = r#"{"kind":"records","records":[{"seq":1,"line":1},{"seq":2,"line":2}]}"#;
        assert_eq!(popped(&mut queue), both);
        let record = format!("\"file\":\"{}\"}}", "x".repeat(1000));
        for _ in 0..1000 {
            queue.push_record(&record);
        }
        let messages: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(messages.len(), 4);
        assert_eq!(queue.bytes, 0, "what is taken is no longer counted");
    }

    #[test]
    fn memory_stays_within_the_limit() {
        let mut queue = following(10_000);
        for _ in 0..1000 {
            queue.push_record(&"x".repeat(100));
            let kept: usize = queue.entries.iter().map(Entry::bytes).sum();
            assert_eq!(kept, queue.bytes);
            assert!(kept <= 2 * 10_000, "{kept}");
        }
    }

    fn popped(queue: &mut ViewerQueue) -> String {
        match queue.pop() {
            Some(Entry::Records(records)) => records.finish(),
            other => panic!("{other:?}"),
        }
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
        assert!(matches!(queue.pop(), Some(Entry::Snapshot { seq: 7, .. })));
    }

    #[test]
    fn a_viewer_that_keeps_up_sees_no_gap() {
        let mut queue = following(1000);
        assert_eq!(queue.note_lost(0), 0);
        queue.expect_snapshot();
        queue.push_snapshot(Arc::default(), Watched::Some(vec![1]));
        assert!(matches!(queue.pop(), Some(Entry::Snapshot { .. })));
    }
}
