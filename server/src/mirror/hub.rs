//! The mirror's centre: takes what the echo thread hands over and gives each viewer what it watches.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bufferevent::Record;
use bufferevent::recording::{Picture, Watched};
use tokio::sync::{Notify, mpsc};

use super::MirrorCounters;
use super::observer::{Interest, Link};
use super::queue::{Batch, Mark};
use super::viewer_queue::{Entry, ViewerQueue};
use crate::driver::wake::Waker;

/// How long records may wait for their viewers: the echo thread wakes nobody, so that it makes no system call for them.
const TICK: Duration = Duration::from_millis(25);

/// So many records are handed out before their viewers' tasks run.
const PORTION: usize = 1024;

/// A viewer's queue with the bell that says something is in it.
#[derive(Debug)]
pub(super) struct Outbox {
    queue: Mutex<ViewerQueue>,
    pub(super) bell: Notify,
}

impl Outbox {
    pub(super) fn new(limit: usize) -> Self {
        Self { queue: Mutex::new(ViewerQueue::new(limit)), bell: Notify::new() }
    }

    pub(super) fn with<T>(&self, act: impl FnOnce(&mut ViewerQueue) -> T) -> T {
        act(&mut self.queue.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn push(&self, entry: Entry) {
        self.with(|queue| queue.push(entry));
        self.bell.notify_one();
    }
}

/// What viewers' tasks tell the hub.
#[derive(Debug)]
pub(super) enum Call {
    /// A viewer came; it watches everything.
    Join(u64, Arc<Outbox>),
    /// It wants to watch these from now on.
    Watch(u64, Watched),
    /// It has sent everything and waits for a picture.
    Resync(u64),
    Leave(u64),
}

#[derive(Debug)]
struct Viewer {
    outbox: Arc<Outbox>,
    watched: Watched,
    /// What it watches from the next snapshot on.
    next: Option<Watched>,
}

/// All viewers.
#[derive(Debug)]
pub(super) struct Hub {
    link: Arc<Link>,
    waker: Waker,
    counters: Arc<MirrorCounters>,
    viewers: BTreeMap<u64, Viewer>,
    batch: Batch,
    /// Kept for its memory: a record's text.
    scratch: Vec<u8>,
}

impl Hub {
    pub(super) fn new(link: Arc<Link>, waker: Waker, counters: Arc<MirrorCounters>) -> Self {
        Self { link, waker, counters, viewers: BTreeMap::new(), batch: Batch::default(), scratch: Vec::new() }
    }

    /// Runs until nobody can call any more.
    pub(super) async fn run(mut self, mut calls: mpsc::Receiver<Call>) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                call = calls.recv() => match call {
                    Some(call) => self.answer(call),
                    None => return,
                },
                _ = tick.tick(), if !self.viewers.is_empty() => self.hand_out().await,
            }
        }
    }

    fn answer(&mut self, call: Call) {
        match call {
            Call::Join(number, outbox) => {
                self.viewers.insert(number, Viewer { outbox, watched: Watched::All, next: None });
                self.ask(1);
            }
            Call::Watch(number, watched) => {
                let Some(viewer) = self.viewers.get_mut(&number) else { return };
                viewer.next = Some(watched);
                viewer.outbox.with(ViewerQueue::expect_snapshot);
                self.ask(1);
            }
            Call::Resync(number) => {
                if self.viewers.contains_key(&number) {
                    self.ask(1);
                }
            }
            Call::Leave(number) => {
                self.viewers.remove(&number);
                self.ask(0);
            }
        }
        self.counters.viewers.store(self.viewers.len() as u64, Ordering::Relaxed);
    }

    fn ask(&self, snapshots: u64) {
        let watched = self.viewers.values().flat_map(|viewer| [Some(&viewer.watched), viewer.next.as_ref()]);
        self.link.ask(Interest::of(watched.flatten()), snapshots, &self.waker);
    }

    async fn hand_out(&mut self) {
        let mut batch = std::mem::take(&mut self.batch);
        self.link.queue.swap(&mut batch);
        let mut done = 0;
        for (at, mark) in batch.marks.drain(..) {
            self.hand_out_records(&batch.records[done..at]).await;
            done = at;
            match mark {
                Mark::Lost(lost) => self.hand_out_loss(&lost),
                Mark::Snapshot(picture) => self.hand_out_snapshot(&Arc::from(picture)),
            }
        }
        self.hand_out_records(&batch.records[done..]).await;
        self.batch = batch;
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

    fn hand_out_loss(&self, lost: &HashMap<Option<u64>, u64>) {
        for viewer in self.viewers.values() {
            let watched = lost.iter().filter(|(connection, _)| viewer.watched.includes(**connection));
            let records = watched.map(|(_, records)| records).sum();
            let lost = viewer.outbox.with(|queue| queue.note_lost(records));
            self.counters.lost.fetch_add(lost, Ordering::Relaxed);
            viewer.outbox.bell.notify_one();
        }
    }

    fn hand_out_snapshot(&mut self, picture: &Arc<Picture>) {
        let mut narrowed = false;
        for viewer in self.viewers.values_mut() {
            if !viewer.outbox.with(|queue| queue.awaits_snapshot()) {
                continue;
            }
            if let Some(next) = viewer.next.take() {
                viewer.watched = next;
                narrowed = true;
            }
            let watched = viewer.watched.clone();
            viewer.outbox.with(|queue| queue.push_snapshot(Arc::clone(picture), watched));
            viewer.outbox.bell.notify_one();
        }
        if narrowed {
            // What nobody watches any more need not be recorded.
            self.ask(0);
        }
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
mod tests {
    use bufferevent::sim::{Scenario, Simulation};

    use super::*;

    #[test]
    fn seq_is_the_first_key_of_a_record() {
        let simulation = Simulation::new(Scenario::tutorial(), Vec::<Record>::new());
        let record = &simulation.observer()[0];
        let json = format!("{{\"seq\":{},{}", record.seq, without_seq(record, &mut Vec::new()));
        assert_eq!(&serde_json::from_str::<Record>(&json).unwrap(), record);
    }
}
