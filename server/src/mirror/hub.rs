//! The mirror's centre: takes what the echo thread hands over and gives each viewer what it watches.
//!
//! What viewers ask for is paced here, so that no number of them and nothing they say takes the echo thread's time:
//! snapshots are made one at a time, for all who wait together, and take at most a twentieth of it.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use axum::extract::ws::Utf8Bytes;
use bufferevent::Record;
use bufferevent::recording::{Picture, Watched};
use bufferevent_mio::Waker;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::MirrorCounters;
use super::entry::SnapshotText;
use super::observer::{Interest, Link};
use super::outbox::{Call, Outbox};
use super::queue::{Batch, Mark};
use super::snapshot_text;
use super::viewer_queue::ViewerQueue;

/// How long records may wait for their viewers: the echo thread wakes nobody, so that it makes no system call for them.
const TICK: Duration = Duration::from_millis(25);

/// So many records are handed out before their viewers' tasks run.
const PORTION: usize = 1024;

/// The time between two snapshots for one viewer.
const SNAPSHOT_EVERY: Duration = Duration::from_millis(250);

/// Making snapshots takes the echo thread one part of so many of its time.
const SNAPSHOT_SHARE: u32 = 20;

/// Once the snapshots that viewers have yet to take have so many bytes, no other is made.
const MAX_SNAPSHOTS: usize = 64 * 1024 * 1024;

#[derive(Debug)]
struct Viewer {
    outbox: Arc<Outbox>,
    watched: Watched,
    /// What it wishes to watch. The newest counts.
    next: Option<Watched>,
    /// What it watches from the snapshot on that was asked for: this is recorded from then on, and no later wish.
    turns_to: Option<Watched>,
    wish: Wish,
    /// When it may have its next snapshot.
    not_before: Instant,
}

/// How far a viewer's wish for a snapshot is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    None,
    Waiting,
    /// The snapshot that the echo thread was asked for is for it too.
    Asked,
}

/// All viewers.
#[derive(Debug)]
pub(super) struct Hub {
    link: Arc<Link>,
    waker: Waker,
    counters: Arc<MirrorCounters>,
    viewers: BTreeMap<u64, Viewer>,
    interest: Interest,
    /// The echo thread was asked for a snapshot and has not yet handed it over.
    asked: bool,
    /// When the echo thread may be asked for the next.
    not_before: Instant,
    /// Those that viewers have yet to take.
    snapshots: Vec<Weak<SnapshotText>>,
    batch: Batch,
    /// Kept for its memory: a record's text.
    scratch: Vec<u8>,
    /// There is no viewer, nothing comes any more, and nothing is kept.
    rests: bool,
    /// The echo loop has ended.
    over: bool,
}

impl Hub {
    /// A hub without viewers. To be called in a runtime, whose clock it uses.
    pub(super) fn new(link: Arc<Link>, waker: Waker, counters: Arc<MirrorCounters>) -> Self {
        Self {
            link,
            waker,
            counters,
            viewers: BTreeMap::new(),
            interest: Interest::Nothing,
            asked: false,
            not_before: Instant::now(),
            snapshots: Vec::new(),
            batch: Batch::default(),
            scratch: Vec::new(),
            rests: true,
            over: false,
        }
    }

    /// Runs until nobody can call any more.
    pub(super) async fn run(mut self, mut calls: mpsc::Receiver<Call>) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            // In this order, so that a run of the tests is the same each time; a tick comes too seldom to keep calls waiting.
            tokio::select! {
                biased;
                _ = tick.tick(), if !self.rests => self.tick().await,
                call = calls.recv() => match call {
                    Some(Call::End) => self.end().await,
                    Some(call) => self.answer(call),
                    None => return,
                },
            }
        }
    }

    async fn tick(&mut self) {
        // What the echo thread did before it heard that nobody listens is in the queue.
        let is_last = self.viewers.is_empty() && !self.asked && self.link.is_heard();
        self.hand_out().await;
        self.ask_when_due();
        if is_last {
            self.rest();
        }
    }

    /// Hands out what the echo loop did last, and says that nothing follows.
    async fn end(&mut self) {
        self.over = true;
        self.hand_out().await;
        self.viewers.values().for_each(|viewer| viewer.outbox.end());
    }

    /// Gives back what was kept for the next records.
    fn rest(&mut self) {
        self.rests = true;
        self.batch = Batch::default();
        self.link.queue.swap(&mut Batch::default());
        self.snapshots = Vec::new();
        self.scratch = Vec::new();
    }

    fn answer(&mut self, call: Call) {
        match call {
            Call::Join(number, outbox) => {
                if self.over {
                    outbox.end();
                }
                let (watched, not_before) = (Watched::All, Instant::now());
                let viewer =
                    Viewer { outbox, watched, next: None, turns_to: None, wish: Wish::None, not_before };
                self.viewers.insert(number, viewer);
                self.rests = false;
            }
            Call::Watch(number, watched) => {
                let Some(viewer) = self.viewers.get_mut(&number) else { return };
                viewer.next = Some(watched);
                viewer.outbox.ring(ViewerQueue::turn);
            }
            Call::Snapshot(number) => {
                let Some(viewer) = self.viewers.get_mut(&number) else { return };
                viewer.wish = Wish::Waiting;
                self.ask_when_due();
            }
            Call::Leave(number) => {
                self.viewers.remove(&number);
                self.want(false);
            }
            // Not answered here: what was handed over last may take its time.
            Call::End => {}
        }
        self.counters.viewers.store(self.viewers.len() as u64, Ordering::Relaxed);
    }

    /// Asks the echo thread for a snapshot, if somebody waits for one and it is time.
    fn ask_when_due(&mut self) {
        let now = Instant::now();
        if self.asked || now < self.not_before || self.snapshot_bytes() > MAX_SNAPSHOTS {
            return;
        }
        for viewer in self.viewers.values_mut() {
            if viewer.wish == Wish::Waiting && now >= viewer.not_before {
                viewer.wish = Wish::Asked;
                if let Some(next) = viewer.next.take() {
                    viewer.turns_to = Some(next);
                }
                viewer.not_before = now + SNAPSHOT_EVERY;
                self.asked = true;
            }
        }
        if self.asked {
            self.want(true);
        }
    }

    fn snapshot_bytes(&mut self) -> usize {
        self.snapshots.retain(|snapshot| snapshot.strong_count() > 0);
        self.snapshots.iter().filter_map(Weak::upgrade).map(|snapshot| snapshot.bytes()).sum()
    }

    /// Tells the echo thread what is wanted now: what the viewers watch that get it. Who waits for a snapshot needs
    /// no records until then, so none are made that nobody else wants.
    fn want(&mut self, snapshot: bool) {
        let wanted = self.viewers.values().flat_map(|viewer| {
            let follows = viewer.outbox.with(|queue| queue.is_following()).then_some(&viewer.watched);
            let turns =
                (viewer.wish == Wish::Asked).then(|| viewer.turns_to.as_ref().unwrap_or(&viewer.watched));
            [follows, turns]
        });
        let interest = Interest::of(wanted.flatten());
        for viewer in self.viewers.values() {
            if !interest.covers(&viewer.watched) {
                viewer.outbox.with(ViewerQueue::note_unrecorded);
            }
        }
        if snapshot || interest != self.interest {
            self.interest = interest.clone();
            self.link.ask(interest, snapshot, &self.waker);
        }
    }

    async fn hand_out(&mut self) {
        let mut batch = std::mem::take(&mut self.batch);
        self.link.queue.swap(&mut batch);
        let before = self.counters.lost.load(Ordering::Relaxed);
        let mut done = 0;
        let mut fell_behind = false;
        for (at, mark) in batch.marks.drain(..) {
            self.hand_out_records(&batch.records[done..at]).await;
            done = at;
            match mark {
                Mark::Lost(lost) => {
                    self.hand_out_loss(&lost);
                    fell_behind = true;
                }
                Mark::Snapshot { picture, took } => self.hand_out_snapshot(&picture, took),
            }
        }
        self.hand_out_records(&batch.records[done..]).await;
        batch.clear();
        self.batch = batch;
        if fell_behind || self.counters.lost.load(Ordering::Relaxed) != before {
            self.want(false);
        }
    }

    /// In portions: the viewers' tasks send each while it is still in the processor's cache.
    async fn hand_out_records(&mut self, records: &[Record]) {
        for portion in records.chunks(PORTION) {
            self.hand_out_portion(portion);
            tokio::task::yield_now().await;
        }
    }

    fn hand_out_portion(&mut self, records: &[Record]) {
        for record in records {
            let mut watching =
                self.viewers.values().filter(|viewer| viewer.watched.includes(record.connection)).peekable();
            if watching.peek().is_none() {
                continue;
            }
            // Written once for all of them.
            let rest = without_seq(record, &mut self.scratch);
            for viewer in watching {
                let lost = viewer.outbox.with(|queue| queue.push_record(rest));
                self.counters.lost.fetch_add(lost, Ordering::Relaxed);
            }
        }
        // One ring for all of them: their tasks run when this one rests.
        self.viewers.values().for_each(|viewer| viewer.outbox.bell.notify_one());
    }

    /// They are counted where they were lost; what a viewer loses besides is counted here.
    fn hand_out_loss(&self, lost: &HashMap<Option<u64>, u64>) {
        for viewer in self.viewers.values() {
            let watched = lost.iter().filter(|(connection, _)| viewer.watched.includes(**connection));
            let records = watched.map(|(_, records)| records).sum();
            let lost = viewer.outbox.ring(|queue| queue.note_lost(records));
            self.counters.lost.fetch_add(lost.saturating_sub(records), Ordering::Relaxed);
        }
    }

    fn hand_out_snapshot(&mut self, picture: &Picture, took: Duration) {
        self.asked = false;
        self.not_before = Instant::now() + took * SNAPSHOT_SHARE;
        // Viewers of everything share one text.
        let mut of_all: Option<Arc<SnapshotText>> = None;
        for viewer in self.viewers.values_mut().filter(|viewer| viewer.wish == Wish::Asked) {
            viewer.wish = Wish::None;
            if let Some(watched) = viewer.turns_to.take() {
                viewer.watched = watched;
            }
            let seq = viewer.outbox.with(|queue| queue.seq());
            let seen: Vec<_> = snapshot_text::seen(picture, &viewer.watched).collect();
            let first = Utf8Bytes::from(snapshot_text::first(picture, &seen, seq));
            // Each text is counted once, however many share it.
            let mut rest = || {
                let text = Arc::new(SnapshotText { rest: snapshot_text::rest(&seen) });
                self.snapshots.push(Arc::downgrade(&text));
                text
            };
            let text = match viewer.watched {
                Watched::All => Arc::clone(of_all.get_or_insert_with(rest)),
                Watched::Some(_) => rest(),
            };
            viewer.outbox.ring(|queue| {
                queue.push_snapshot(first, &text);
                if viewer.next.is_some() {
                    queue.turn();
                }
            });
        }
        // What nobody watches any more need not be recorded.
        self.want(false);
    }
}

#[cfg(test)]
impl Hub {
    /// Bytes of memory that are kept.
    fn held(&self) -> usize {
        self.batch.held()
            + self.scratch.capacity()
            + self.snapshots.capacity() * size_of::<Weak<SnapshotText>>()
    }
}

/// The record as JSON from behind its `seq` on.
fn without_seq<'a>(record: &Record, scratch: &'a mut Vec<u8>) -> &'a str {
    scratch.clear();
    // Memory takes every byte, and a record has no key that is not text.
    let _ = serde_json::to_writer(&mut *scratch, record);
    let json = str::from_utf8(scratch).unwrap_or_default();
    json.split_once(',').unwrap_or_default().1
}

#[cfg(test)]
mod memory;
#[cfg(test)]
mod tests;
