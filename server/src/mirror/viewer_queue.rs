//! What waits to be sent to one viewer, bounded in bytes.

use std::collections::VecDeque;
use std::sync::Arc;

use axum::extract::ws::Utf8Bytes;

use super::entry::{Entry, Records, SnapshotText};

/// A queue that was emptied keeps room for so many entries.
const KEPT: usize = 64;

/// Whether a viewer keeps up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It gets every record.
    Following,
    /// It has not had its first picture: what happens before that is in it.
    Joining,
    /// It fell behind: records are counted and not kept until a snapshot.
    Waiting { lost: u64, at_least: bool },
}

/// The queue of one viewer: the hub pushes, the viewer's task pops.
///
/// At most this waits: records up to the limit, one snapshot, one gap and one pong, however little is taken and whatever
/// is asked for.
#[derive(Debug)]
pub(super) struct ViewerQueue {
    entries: VecDeque<Entry>,
    /// What the records take. Invariant: the sum over the entries that are records.
    bytes: usize,
    limit: usize,
    state: State,
    /// How many records of what it watches there were since it follows, sent or lost.
    seq: u64,
    /// It wants to watch something else than it does.
    turning: bool,
    /// A snapshot was asked for on its behalf, and comes, whatever happens meanwhile.
    asked: bool,
    /// A pong is owed: one answers any number of pings that came before it.
    pong: bool,
}

impl ViewerQueue {
    /// It waits for a first snapshot.
    pub(super) const fn new(limit: usize) -> Self {
        Self {
            entries: VecDeque::new(),
            bytes: 0,
            limit,
            state: State::Joining,
            seq: 0,
            turning: false,
            asked: false,
            pong: false,
        }
    }

    /// One record that it watches, as JSON from behind its `seq` on: each viewer has a count of its own. Past the limit
    /// the records that wait are given up and counted: a fresh picture says more than old records. Gives how many it has
    /// lost by this.
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
            State::Waiting { lost, .. } => {
                *lost += records;
                records
            }
            _ => self.give_up(records),
        }
    }

    /// While it waits, records of what it watches are not even made.
    pub(super) fn note_unrecorded(&mut self) {
        if let State::Waiting { at_least, .. } = &mut self.state {
            *at_least = true;
        }
    }

    fn append(&mut self, rest: &str) {
        let has_room = |entry: &Entry| matches!(entry, Entry::Records(it) if it.has_room());
        if !self.entries.back().is_some_and(has_room) {
            self.push(Entry::Records(Records::new()));
        }
        if let Some(Entry::Records(records)) = self.entries.back_mut() {
            let before = records.held();
            records.push(self.seq, rest);
            self.bytes += records.held() - before;
        }
    }

    /// Gives up what was not sent, but for the rest of a picture of which a part was: who is slow sees at least that whole.
    fn give_up(&mut self, also: u64) -> u64 {
        let mut lost = also;
        let (mut earlier, mut unknown) = (0, false);
        let begun = matches!(self.entries.front(), Some(Entry::Part { .. }));
        self.entries.retain(|entry| match entry {
            Entry::Records(records) => {
                lost += records.count();
                false
            }
            // It is overtaken by what comes.
            Entry::Gap { lost, at_least } => {
                earlier += lost;
                unknown |= at_least;
                false
            }
            Entry::First(_) | Entry::Part { .. } => begun,
            Entry::Pong => true,
        });
        self.bytes = 0;
        self.state = State::Waiting { lost: lost + earlier, at_least: unknown };
        lost
    }

    /// It wants to watch something else; what, the hub knows.
    pub(super) fn turn(&mut self) {
        self.turning = true;
    }

    /// Whether a snapshot has to be asked for. Asking once is enough, and one at a time: the next is made when this one
    /// was taken.
    pub(super) fn wants_snapshot(&mut self) -> bool {
        let wants = self.turning
            || match self.state {
                State::Joining => true,
                State::Waiting { .. } => self.entries.is_empty(),
                State::Following => false,
            };
        let wants = wants && !self.asked && !self.entries.iter().any(Entry::is_of_snapshot);
        self.asked |= wants;
        wants
    }

    /// Whether it gets the records that there are. One that does not waits for a snapshot.
    pub(super) fn is_following(&self) -> bool {
        self.state == State::Following
    }

    /// How many records it has had or lost so far: the count of the next snapshot.
    pub(super) fn seq(&self) -> u64 {
        self.seq
    }

    /// The snapshot that was asked for: from here on it follows.
    pub(super) fn push_snapshot(&mut self, first: Utf8Bytes, rest: &Arc<SnapshotText>) {
        if let State::Waiting { lost, at_least } = self.state {
            self.push(Entry::Gap { lost, at_least });
        }
        self.push(Entry::First(first));
        for index in 0..rest.rest.len() {
            self.push(Entry::Part { of: Arc::clone(rest), index });
        }
        self.state = State::Following;
        (self.asked, self.turning) = (false, false);
    }

    pub(super) fn push_pong(&mut self) {
        self.pong = true;
    }

    fn push(&mut self, entry: Entry) {
        if let Entry::Records(_) = entry {
            self.bytes += entry.bytes();
        }
        self.entries.push_back(entry);
    }

    /// The next to be sent.
    pub(super) fn pop(&mut self) -> Option<Entry> {
        if std::mem::take(&mut self.pong) {
            return Some(Entry::Pong);
        }
        let entry = self.entries.pop_front()?;
        if let Entry::Records(_) = entry {
            self.bytes -= entry.bytes();
        }
        if self.entries.is_empty() {
            // A large picture has many parts.
            self.entries.shrink_to(KEPT);
        }
        Some(entry)
    }
}

#[cfg(test)]
impl ViewerQueue {
    /// What waits: the bytes that are not of a snapshot, and how many snapshots from their beginning on.
    pub(super) fn kept(&self) -> (usize, usize) {
        let other = self.entries.iter().filter(|entry| !entry.is_of_snapshot());
        let begins = self.entries.iter().filter(|entry| matches!(entry, Entry::First(_)));
        (other.map(Entry::bytes).sum(), begins.count())
    }

    /// Bytes of memory, those of snapshots left out that are shared.
    pub(super) fn held(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>() + self.kept().0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(queue: &mut ViewerQueue, parts: usize) {
        let rest = vec![Utf8Bytes::from_static("part"); parts];
        queue.push_snapshot("first".into(), &Arc::new(SnapshotText { rest }));
    }

    fn following(limit: usize) -> ViewerQueue {
        let mut queue = ViewerQueue::new(limit);
        assert!(queue.wants_snapshot());
        snapshot(&mut queue, 0);
        queue.pop();
        queue
    }

    /// What is popped, as words.
    fn taken(queue: &mut ViewerQueue) -> Vec<String> {
        let word = |entry| match entry {
            Entry::Records(records) => records.finish(),
            Entry::Gap { lost, at_least } => format!("{}{lost}", if at_least { "at least " } else { "" }),
            Entry::First(text) => text.to_string(),
            Entry::Part { of, index } => of.rest[index].to_string(),
            Entry::Pong => "pong".into(),
        };
        std::iter::from_fn(|| queue.pop()).map(word).collect()
    }

    #[test]
    fn who_falls_behind_while_a_snapshot_is_made_asks_for_no_second() {
        let mut queue = following(400);
        queue.turn();
        assert!(queue.wants_snapshot());
        for _ in 0..20 {
            queue.push_record(&"x".repeat(40));
        }
        assert!(!queue.wants_snapshot());
        snapshot(&mut queue, 0);
        assert!(!queue.wants_snapshot());
        assert_eq!(taken(&mut queue), ["20", "first"]);
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
        assert_eq!(queue.seq(), 11);
        snapshot(&mut queue, 0);
        assert_eq!(taken(&mut queue), ["11", "first"]);
        queue.push_record(r#""line":1}"#);
        assert_eq!(taken(&mut queue), [r#"{"kind":"records","records":[{"seq":12,"line":1}]}"#]);
    }

    #[test]
    fn records_that_wait_go_in_one_message_and_many_in_several() {
        let mut queue = following(usize::MAX);
        queue.push_record(r#""line":1}"#);
        queue.push_record(r#""line":2}"#);
        let both = r#"{"kind":"records","records":[{"seq":1,"line":1},{"seq":2,"line":2}]}"#;
        assert_eq!(taken(&mut queue), [both]);
        let record = format!("\"file\":\"{}\"}}", "x".repeat(1000));
        for _ in 0..1000 {
            queue.push_record(&record);
        }
        let messages: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(messages.len(), 4);
        assert_eq!(queue.bytes, 0, "what is taken is no longer counted");
    }

    #[test]
    fn memory_stays_within_the_limit_and_one_snapshot_whatever_is_asked_for() {
        let mut queue = following(10_000);
        for round in 0..1000 {
            queue.push_record(&"x".repeat(100));
            queue.push_pong();
            queue.turn();
            if queue.wants_snapshot() {
                snapshot(&mut queue, 100);
            }
            if round % 7 == 0 {
                queue.pop();
            }
            assert!(queue.kept().0 <= 2 * 10_000, "{:?}", queue.kept());
            assert!(queue.entries.len() < 110, "one snapshot");
        }
    }

    #[test]
    fn a_gap_that_was_not_sent_is_part_of_the_next() {
        let mut queue = following(100);
        queue.note_lost(5);
        assert!(queue.wants_snapshot());
        snapshot(&mut queue, 0);
        queue.note_lost(2);
        assert!(queue.wants_snapshot());
        snapshot(&mut queue, 0);
        assert_eq!((taken(&mut queue), queue.seq()), (vec!["7".into(), "first".into()], 7));
    }

    #[test]
    fn a_gap_says_when_more_happened_than_was_recorded() {
        let mut queue = following(100);
        queue.note_lost(5);
        queue.note_unrecorded();
        assert!(queue.wants_snapshot());
        snapshot(&mut queue, 0);
        assert_eq!(taken(&mut queue), ["at least 5", "first"]);
        queue.note_unrecorded();
        queue.note_lost(1);
        snapshot(&mut queue, 0);
        assert_eq!(taken(&mut queue), ["1", "first"], "while it follows everything is made");
    }

    #[test]
    fn a_snapshot_that_is_on_its_way_is_finished_before_the_gap() {
        let mut queue = following(100);
        queue.turn();
        assert!(queue.wants_snapshot());
        snapshot(&mut queue, 2);
        assert!(matches!(queue.pop(), Some(Entry::First(_))));
        queue.push_record(&"x".repeat(101));
        assert!(!queue.wants_snapshot(), "it has yet to take this one");
        assert_eq!(taken(&mut queue), ["part", "part"]);
        assert!(queue.wants_snapshot());
        snapshot(&mut queue, 2);
        queue.push_record(&"x".repeat(101));
        snapshot(&mut queue, 0);
        assert_eq!(taken(&mut queue), ["2", "first"], "one that was not begun is not sent");
    }

    #[test]
    fn any_number_of_pings_is_owed_one_pong() {
        let mut queue = following(100);
        (0..1000).for_each(|_| queue.push_pong());
        assert_eq!(taken(&mut queue), ["pong"]);
    }

    #[test]
    fn turning_to_something_else_asks_for_one_snapshot_at_a_time() {
        let mut queue = following(1000);
        queue.turn();
        queue.turn();
        assert!(queue.wants_snapshot());
        queue.turn();
        assert!(!queue.wants_snapshot());
        snapshot(&mut queue, 1);
        queue.turn();
        assert!(!queue.wants_snapshot(), "the last is not taken");
        taken(&mut queue);
        assert!(queue.wants_snapshot());
    }

    #[test]
    fn a_viewer_that_keeps_up_sees_no_gap() {
        let mut queue = following(1000);
        assert_eq!(queue.note_lost(0), 0);
        queue.turn();
        snapshot(&mut queue, 0);
        assert_eq!(taken(&mut queue), ["first"]);
    }
}
