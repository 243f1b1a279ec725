//! Follows how the bytes of buffers lie in libevent's memory, beside the records.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use crate::bufferevent::{Probe, State};
use crate::recording::{BufferMemory, ChainPicture, Laid};
use crate::{BufferName, Chain, Evbuffer, EventBase, Observer};

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
    /// What was told last of each buffer, by the number of its connection.
    told: Vec<(u64, BufferName, Told)>,
    /// The number that a chain has in this process and the one that it has in this run, for the last that were made.
    /// Invariant: the latter rise.
    numbers: Vec<(u64, u64)>,
}

/// What was told of one buffer.
#[derive(Debug, Default)]
struct Told {
    /// The first of its chains.
    chains: Vec<Chain>,
    count: usize,
    copied: u64,
}

impl Told {
    /// Asked at each record.
    fn is_of(&self, buffer: &Evbuffer) -> bool {
        let [front, back] = buffer.chain_slices();
        self.copied == buffer.copied()
            && self.count == front.len() + back.len()
            && front.iter().chain(back).zip(&self.chains).all(|(now, told)| now == told)
    }

    fn of(buffer: &Evbuffer) -> Self {
        let chains = || buffer.chains().into_iter().flatten();
        Self {
            chains: chains().take(MOST_CHAINS).collect(),
            count: chains().count(),
            copied: buffer.copied(),
        }
    }
}

impl Follower {
    /// Most records change nothing here, and cost next to nothing.
    fn look(&mut self, state: &State, seq: u64) {
        let mut at = 0;
        for (id, bufferevent) in state.live_bufferevents() {
            for name in [BufferName::Input, BufferName::Output] {
                let (connection, buffer) = (id.number(), bufferevent.buffer(name));
                // They come in the same order each time, and of those that are freed nothing more is told.
                while self.told.get(at).is_some_and(|told| (told.0, told.1) != (connection, name)) {
                    self.told.remove(at);
                }
                if at == self.told.len() {
                    self.told.push((connection, name, Told::default()));
                }
                if !self.told[at].2.is_of(buffer) {
                    let told = Told::of(buffer);
                    let memory = self.memory(&told);
                    self.told[at].2 = told;
                    self.laid.push(Laid { seq, connection, buffer: name, memory });
                }
                at += 1;
            }
        }
    }

    fn memory(&mut self, told: &Told) -> BufferMemory {
        let chain = |&Chain { number, size, misalign, len }: &Chain| {
            let number = self.number(number);
            ChainPicture { number, size, misalign, len }
        };
        let chains = told.chains.iter().map(chain).collect();
        BufferMemory { chains, count: told.count, copied: told.copied }
    }

    fn number(&mut self, number: u64) -> u64 {
        if let Some(known) = self.numbers.iter().rev().find(|known| known.0 == number) {
            return known.1;
        }
        let own = self.numbers.last().map_or(0, |last| last.1) + 1;
        if self.numbers.len() == MOST_NUMBERS {
            self.numbers.remove(0);
        }
        self.numbers.push((number, own));
        own
    }
}
