//! What happens in virtual time around a kernel that fails wherever one may: the clients behind it, and how often what goes wrong.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use bufferevent::{Handle, Readiness};
use bufferevent_mio::Edge;
use rustix::io::Errno;

use super::client::Client;
use super::random::Random;

/// How often in a thousand calls each thing goes wrong.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Faults {
    /// A signal comes first.
    pub(crate) interrupted: usize,
    /// Fewer bytes are moved than could be; the rest is announced by another edge.
    pub(crate) short: usize,
    /// "Later", although it could be done now; another edge comes.
    pub(crate) later: usize,
    /// The connection is reset.
    pub(crate) reset: usize,
    /// No memory or no buffers.
    pub(crate) no_memory: usize,
    /// No descriptor is left.
    pub(crate) no_descriptor: usize,
    /// Who waited at the door is gone.
    pub(crate) aborted: usize,
    /// An edge without anything behind it.
    spurious: usize,
    /// An edge is told later than it came, together with those that come meanwhile.
    late: usize,
}

impl Faults {
    pub(crate) fn drawn(random: &mut Random) -> Self {
        let mut rate = |choices: &[usize]| random.of(choices);
        let (often, seldom) = (&[0, 0, 10, 100, 400], &[0, 0, 0, 2, 20]);
        Self {
            interrupted: rate(often),
            short: rate(often),
            later: rate(often),
            reset: rate(seldom),
            no_memory: rate(seldom),
            no_descriptor: rate(often),
            aborted: rate(often),
            spurious: rate(often),
            late: rate(often),
        }
    }
}

/// For so many waits a lazy client stays lazy.
const PATIENCE: usize = 500;

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) random: Random,
    faults: Faults,
    pub(crate) now: Duration,
    pub(crate) clients: Vec<Client>,
    /// How many of the clients have not come yet: the last ones.
    pub(crate) to_come: usize,
    pub(crate) at_the_door: VecDeque<usize>,
    pub(crate) door: Option<Handle>,
    pub(crate) door_edge: bool,
    /// After many, nobody is lazy any more.
    pub(crate) waits: usize,
    /// How many connections the server was given.
    pub(crate) accepted: usize,
}

impl World {
    pub(crate) fn new(mut random: Random, clients: usize) -> Rc<RefCell<Self>> {
        let faults = Faults::drawn(&mut random);
        let clients = (0..clients).map(|_| Client::new(&mut random)).collect();
        Self::with(random, faults, clients)
    }

    /// Nothing goes wrong, and nobody ends by itself.
    pub(crate) fn of_guests_that_stay(mut random: Random, clients: usize) -> Rc<RefCell<Self>> {
        let clients = (0..clients).map(|_| Client::that_stays(&mut random)).collect();
        Self::with(random, Faults::default(), clients)
    }

    fn with(random: Random, faults: Faults, clients: Vec<Client>) -> Rc<RefCell<Self>> {
        Rc::new(RefCell::new(Self {
            random,
            faults,
            now: Duration::ZERO,
            to_come: clients.len(),
            clients,
            at_the_door: VecDeque::new(),
            door: None,
            door_edge: false,
            waits: 0,
            accepted: 0,
        }))
    }

    /// Nothing happens any more unless the server does something by itself.
    pub(crate) fn is_quiet(&self) -> bool {
        self.to_come == 0 && self.at_the_door.is_empty() && self.clients.iter().all(Client::is_idle)
    }

    /// How many bytes have moved so far.
    pub(crate) fn moved(&self) -> usize {
        self.clients.iter().map(|it| it.read + it.written).sum()
    }

    /// The server is gone; what it sent is taken.
    pub(crate) fn take_the_rest(&mut self) {
        for client in &mut self.clients {
            client.take_the_rest();
        }
    }

    pub(crate) fn act(&mut self) {
        let here = self.clients.len() - self.to_come;
        let someone = self.random.below(here + 1);
        if someone < here {
            self.clients[someone].act(&mut self.random, self.waits > PATIENCE);
        } else if self.to_come > 0 {
            self.at_the_door.push_back(here);
            self.to_come -= 1;
            self.door_edge = true;
        }
    }

    pub(crate) fn happens(&mut self, fault: impl Fn(&Faults) -> usize) -> bool {
        let permille = fault(&self.faults);
        self.random.happens(permille)
    }

    /// What can happen to any call.
    pub(crate) fn disturb(&mut self) -> io::Result<()> {
        // Others go on while the server is at work.
        if self.random.happens(100) {
            self.act();
        }
        self.now += Duration::from_micros(1);
        if self.happens(|faults| faults.interrupted) {
            return Err(Errno::INTR.into());
        }
        if self.happens(|faults| faults.no_memory) {
            return Err(self.random.of(&[Errno::NOMEM, Errno::NOBUFS]).into());
        }
        Ok(())
    }

    pub(crate) fn edges(&mut self, tell: &mut impl FnMut(Edge)) -> usize {
        let mut told = 0;
        let mut told_of = |edge| {
            tell(edge);
            told += 1;
        };
        for client in &mut self.clients {
            if self.random.happens(self.faults.late) {
                continue;
            }
            if self.random.happens(self.faults.spurious) && client.handle().is_some() {
                client.edge_comes(self.random.of(&[
                    Readiness::READABLE,
                    Readiness::WRITABLE,
                    Readiness::BOTH,
                ]));
            }
            client.tell().map(&mut told_of);
        }
        if let Some(handle) = self.door
            && (std::mem::take(&mut self.door_edge) || self.random.happens(self.faults.spurious))
        {
            told_of(Edge { handle, ready: Readiness::READABLE, ends: false });
        }
        told
    }
}
