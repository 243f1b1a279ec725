//! The echo thread's end: collects the records that viewers want, and hands them over after each turn of the loop.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bufferevent::recording::{Numbers, PayloadPolicy, Picture, Watched};
use bufferevent::{BuffereventId, EventBase, NoObserver, Observer, Record};
use bufferevent_mio::{System, Waker};

#[cfg(test)]
use super::queue::bytes_held;
use super::queue::{Mark, Queue, keep_for_next};
use crate::echo::{EchoServer, LoopObserver};

/// What the viewers want, taken together.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) enum Interest {
    /// There is no viewer.
    #[default]
    Nothing,
    Everything,
    Some(Numbers),
}

impl Interest {
    /// What these viewers want together.
    pub(super) fn of<'a>(watched: impl IntoIterator<Item = &'a Watched>) -> Self {
        watched.into_iter().fold(Self::Nothing, |interest, watched| match (interest, watched) {
            (Self::Everything, _) | (_, Watched::All) => Self::Everything,
            (Self::Nothing, Watched::Some(numbers)) => Self::Some(numbers.clone()),
            (Self::Some(wanted), Watched::Some(numbers)) => Self::Some(wanted.union(numbers)),
        })
    }

    /// Whether everything that such a viewer watches is in it.
    pub(super) fn covers(&self, watched: &Watched) -> bool {
        match (self, watched) {
            (Self::Everything, _) => true,
            (_, Watched::All) | (Self::Nothing, _) => false,
            (Self::Some(_), Watched::Some(numbers)) => numbers.iter().all(|number| self.includes(number)),
        }
    }

    /// Asked for each connection in each turn of the loop: two comparisons, where one is watched.
    fn includes(&self, number: u64) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything => true,
            Self::Some(wanted) => wanted.contains(number),
        }
    }
}

/// What both threads see.
#[derive(Debug, Default)]
pub(super) struct Link {
    pub(super) queue: Queue,
    interest: Mutex<Interest>,
    /// Rises with each change of `interest` and each snapshot that is asked for.
    version: AtomicU64,
    /// The version that the echo thread has acted upon.
    heard: AtomicU64,
    snapshot_wanted: AtomicBool,
    pub(super) records: AtomicU64,
    pub(super) dropped: AtomicU64,
}

impl Link {
    #[cfg(test)]
    pub(super) fn new(queue: Queue) -> Self {
        Self { queue, ..Self::default() }
    }

    /// The echo thread's end: whether a snapshot was asked for since the last time.
    pub(super) fn takes_wish(&self) -> bool {
        self.snapshot_wanted.swap(false, Ordering::Relaxed)
    }

    /// The mirror's end: whether the echo thread knows what is wanted. Where that is nothing, nothing comes any more.
    pub(super) fn is_heard(&self) -> bool {
        self.heard.load(Ordering::Acquire) == self.version.load(Ordering::Acquire)
    }

    /// The mirror's end: from now on these are wanted, and perhaps a snapshot of the moment at which that holds.
    pub(super) fn ask(&self, interest: Interest, snapshot: bool, waker: &Waker) {
        *self.interest.lock().unwrap_or_else(PoisonError::into_inner) = interest;
        self.snapshot_wanted.fetch_or(snapshot, Ordering::Relaxed);
        self.version.fetch_add(1, Ordering::Release);
        waker.wake();
    }
}

/// Hands the echo loop's records to the mirror. With no viewer it wants none, and none is built.
#[derive(Debug)]
pub struct MirrorObserver {
    link: Arc<Link>,
    payload: PayloadPolicy,
    interest: Interest,
    version: u64,
    /// The records of this turn.
    records: Vec<Record>,
    /// What found no room in the queue since there was room last.
    lost: HashMap<Option<u64>, u64>,
}

impl MirrorObserver {
    pub(super) fn new(link: Arc<Link>, payload: PayloadPolicy) -> Self {
        Self {
            link,
            payload,
            interest: Interest::Nothing,
            version: 0,
            records: Vec::new(),
            lost: HashMap::new(),
        }
    }

    /// Whether there is a viewer.
    fn is_listening(&self) -> bool {
        self.interest != Interest::Nothing
    }

    /// Whether the mirror's end has asked for something that was not yet looked at.
    fn is_called(&self) -> bool {
        self.link.version.load(Ordering::Acquire) != self.version
    }

    /// Whether a record of this connection, or of the loop, is wanted.
    pub(super) fn is_for(&self, connection: Option<u64>) -> bool {
        connection.map_or_else(|| self.is_listening(), |number| self.interest.includes(number))
    }

    /// Hands over what a turn of the loop has brought and hears what is asked for from now on: whether a picture of this
    /// moment is.
    pub(super) fn hands_over(&mut self) -> bool {
        if self.is_listening() {
            self.flush();
        }
        let version = self.link.version.load(Ordering::Acquire);
        if version == self.version {
            return false;
        }
        self.version = version;
        self.interest = self.link.interest.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if !self.is_listening() {
            self.rest();
        }
        self.link.heard.store(version, Ordering::Release);
        self.link.takes_wish()
    }

    /// Hands that picture over, which took so long to make. What was lost before it is in it, and so told before.
    pub(super) fn show(&mut self, picture: Picture, took: Duration) {
        if !self.lost.is_empty() {
            self.link.queue.push(Mark::Lost(std::mem::take(&mut self.lost)));
        }
        self.link.queue.push(Mark::Snapshot { picture: Box::new(picture), took });
    }

    /// Nobody listens: what is counted is told now, and nothing kept for the next records.
    fn rest(&mut self) {
        self.records = Vec::new();
        if !self.lost.is_empty() {
            self.link.queue.push(Mark::Lost(std::mem::take(&mut self.lost)));
        }
    }

    fn flush(&mut self) {
        if self.records.is_empty() && self.lost.is_empty() {
            return;
        }
        if !self.lost.is_empty() && self.link.queue.has_room() {
            self.link.queue.push(Mark::Lost(std::mem::take(&mut self.lost)));
        }
        let count = self.records.len();
        self.link.records.fetch_add(count as u64, Ordering::Relaxed);
        if self.lost.is_empty() {
            self.link.queue.push_records(&mut self.records);
        }
        self.link.dropped.fetch_add(self.records.len() as u64, Ordering::Relaxed);
        for record in self.records.drain(..) {
            *self.lost.entry(record.connection).or_default() += 1;
        }
        keep_for_next(&mut self.records, count);
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        bytes_held(&self.records) + self.lost.capacity() * size_of::<(Option<u64>, u64)>()
    }
}

impl Observer for MirrorObserver {
    fn wants(&self, connection: Option<BuffereventId>) -> bool {
        self.is_for(connection.map(BuffereventId::number))
    }

    fn wants_idle_passes(&self) -> bool {
        false
    }

    fn payload_limit(&self) -> usize {
        self.payload.limit()
    }

    fn record(&mut self, record: Record) {
        self.records.push(record);
    }
}

impl LoopObserver for MirrorObserver {
    /// With no viewer the server runs in an engine that has no recording compiled in, and looks at one number after
    /// each turn.
    fn take_turns<S: System>(
        mut server: EchoServer<Self, S>,
        goes_on: impl Fn() -> bool,
    ) -> io::Result<EchoServer<Self, S>> {
        let mut serves = true;
        while serves && goes_on() {
            if server.base().observer().is_listening() {
                serves = server.turn()?;
                continue;
            }
            let (mut unwatched, observer) = server.replace_observer(NoObserver);
            while serves && !observer.is_called() && goes_on() {
                serves = unwatched.turn()?;
            }
            (server, _) = unwatched.replace_observer(observer);
            Self::after_turn(server.base_mut());
        }
        Ok(server)
    }

    fn after_turn(base: &mut EventBase<Self>) {
        if !base.observer_mut().hands_over() {
            return;
        }
        let began = Instant::now();
        let mut picture = base.snapshot();
        picture.limit_payload(base.observer().payload.limit());
        base.observer_mut().show(picture, began.elapsed());
    }
}
