//! Follows how the bytes of buffers lie in libevent's memory, beside the records.

use std::collections::VecDeque;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use crate::bufferevent::{Probe, State};
use crate::recording::{BufferMemory, ChainPicture, Laid};
use crate::{BufferName, Bufferevent, BuffereventId, Chain, Evbuffer, EventBase, Observer};

/// How many chains of one buffer are told at most; of those behind, how many there are.
const MOST_CHAINS: usize = 16;

/// How many chains keep their numbers, the last ones that were made.
const MOST_NUMBERS: usize = 512;

/// What has changed since it was asked for last, in the order of the records.
#[derive(Debug, Clone, Default)]
pub(super) struct Followed(Arc<Mutex<Follower>>);

impl Followed {
    pub(super) fn take(&self) -> Vec<Laid> {
        mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).laid)
    }
}

impl<O: Observer> EventBase<O> {
    /// From now on notes after each record what has changed of the memory of buffers that are followed.
    pub(super) fn follow_memory(&mut self) -> Followed {
        let followed = Followed::default();
        let Followed(follower) = followed.clone();
        let probe = move |state: &State, seq| {
            follower.lock().unwrap_or_else(PoisonError::into_inner).look(state, seq);
        };
        self.engine.state.probe = Some(Probe(Box::new(probe)));
        followed
    }
}

#[derive(Debug, Default)]
struct Follower {
    laid: Vec<Laid>,
    /// The last change of any buffer's memory that was looked at.
    last_change: u64,
    /// What was told last, of each bufferevent in their order.
    told: Vec<ToldOf>,
    numbers: Numbers,
}

/// What was told of one bufferevent.
#[derive(Debug)]
struct ToldOf {
    connection: u64,
    /// The last change of input and of output that was looked at.
    changed: [u64; 2],
    told: [Told; 2],
}

/// The buffers of a bufferevent, in the order in which they are told of.
const BUFFERS: [BufferName; 2] = [BufferName::Input, BufferName::Output];

/// What was told of one buffer.
#[derive(Debug, Default)]
struct Told {
    /// The first of its chains.
    chains: Vec<Chain>,
    count: usize,
    copied: u64,
}

impl Told {
    fn is_of(&self, buffer: &Evbuffer) -> bool {
        let [front, back] = buffer.chain_slices();
        self.copied == buffer.copied()
            && self.count == front.len() + back.len()
            && front.iter().chain(back).zip(&self.chains).all(|(now, told)| now == told)
    }

    fn look_at(&mut self, buffer: &Evbuffer) {
        let [front, back] = buffer.chain_slices();
        self.chains.clear();
        self.chains.extend(front.iter().chain(back).take(MOST_CHAINS));
        (self.count, self.copied) = (front.len() + back.len(), buffer.copied());
    }
}

impl ToldOf {
    fn none(connection: u64) -> Self {
        Self { connection, changed: [0; 2], told: [Told::default(), Told::default()] }
    }

    fn is_of(&self, bufferevent: &Bufferevent) -> bool {
        BUFFERS.into_iter().zip(&self.told).all(|(name, told)| told.is_of(bufferevent.buffer(name)))
    }
}

impl Follower {
    /// Asked at each record: most change nothing here, and cost a comparison. What is made, to be followed, counts as changed.
    fn look(&mut self, state: &State, seq: u64) {
        let last_change = Evbuffer::last_change();
        if self.last_change != last_change {
            self.last_change = last_change;
            self.look_at_each(state, seq);
        }
        debug_assert!(self.is_of(state), "a change of memory was not counted");
    }

    fn is_of(&self, state: &State) -> bool {
        let told = |id: BuffereventId| self.told.iter().find(|told| told.connection == id.number());
        let mut live = state.live_bufferevents();
        live.all(|(id, bufferevent)| told(id).is_some_and(|told| told.is_of(bufferevent)))
    }

    /// Out of line, so that a record that changes nothing costs no more than the comparison.
    #[inline(never)]
    fn look_at_each(&mut self, state: &State, seq: u64) {
        for (at, (id, bufferevent)) in state.live_bufferevents().enumerate() {
            let connection = id.number();
            // They come in the same order each time, and of those that are freed nothing more is told.
            while self.told.get(at).is_some_and(|told| told.connection != connection) {
                self.told.remove(at);
            }
            if at == self.told.len() {
                self.told.push(ToldOf::none(connection));
            }
            let changed = [bufferevent.input.chains_changed(), bufferevent.output.chains_changed()];
            if self.told[at].changed != changed {
                self.told[at].changed = changed;
                self.tell(at, bufferevent, seq);
            }
        }
    }

    /// Not every change leaves something else than there was.
    fn tell(&mut self, at: usize, bufferevent: &Bufferevent, seq: u64) {
        let Self { laid, told, numbers, .. } = self;
        let ToldOf { connection, told, .. } = &mut told[at];
        for (buffer, told) in BUFFERS.into_iter().zip(told) {
            let now = bufferevent.buffer(buffer);
            if told.is_of(now) {
                continue;
            }
            told.look_at(now);
            let chains = told.chains.iter().map(|chain| numbers.picture(chain)).collect();
            let memory = BufferMemory { chains, count: told.count, copied: told.copied };
            laid.push(Laid { seq, connection: *connection, buffer, memory });
        }
    }
}

/// What chains are called in this run.
#[derive(Debug, Default)]
struct Numbers {
    /// The number that a chain has in this process and the one that it has in this run, for the last that were made.
    /// Invariant: the latter rise.
    known: VecDeque<(u64, u64)>,
    /// The highest of the former so far. Chains are numbered as they are made, so that one that is new here is mostly higher.
    highest: u64,
}

impl Numbers {
    fn picture(&mut self, &Chain { number, size, misalign, len }: &Chain) -> ChainPicture {
        ChainPicture { number: self.own(number), size, misalign, len }
    }

    fn own(&mut self, number: u64) -> u64 {
        if number <= self.highest
            && let Some(known) = self.known.iter().rev().find(|known| known.0 == number)
        {
            return known.1;
        }
        self.highest = self.highest.max(number);
        let own = self.known.back().map_or(0, |last| last.1) + 1;
        if self.known.len() == MOST_NUMBERS {
            self.known.pop_front();
        }
        self.known.push_back((number, own));
        own
    }
}
