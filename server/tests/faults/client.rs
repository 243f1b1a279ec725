//! One client with the kernel's two queues between it and the server.

use std::collections::VecDeque;
use std::fmt;

use bufferevent::{Handle, Readiness};
use bufferevent_mio::Edge;

use super::excerpt::around;
use super::random::Random;

/// What a client does once it has sent all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Ends its side and waits for the server's end.
    Ends,
    /// Says no more and waits.
    Stays,
    /// Is gone, from one moment to the next.
    Vanishes,
}

/// How it ended for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It read the end of the stream.
    End,
    /// It was told of a reset.
    Reset,
    /// It vanished itself.
    Vanished,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Server {
    Absent,
    Open,
    /// Has ended its side.
    Shut,
    Closed,
}

pub(crate) struct Client {
    /// How many bytes it wants to send.
    pub(crate) plan: usize,
    pub(crate) sent: usize,
    /// How much of it was sent when the server ended its side: what has to be answered.
    pub(crate) owed: Option<usize>,
    pub(crate) got: Vec<u8>,
    pub(crate) outcome: Option<Outcome>,
    /// How many bytes the server's calls took from and gave to the kernel.
    pub(crate) read: usize,
    pub(crate) written: usize,
    manner: Manner,
    /// Takes nothing until the others are done.
    lazy: bool,
    /// Reads the server's end no sooner than that is gone.
    blind: bool,
    rx: VecDeque<u8>,
    tx: VecDeque<u8>,
    room: usize,
    ended: bool,
    server: Server,
    /// The next close resets.
    linger: bool,
    /// An error that no call of the server has given yet.
    error: bool,
    /// The server was told that there is no room.
    no_space: bool,
    handle: Option<Handle>,
    edge: Readiness,
    ends: bool,
}

impl fmt::Debug for Client {
    /// Of its bytes, the last of each kind.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = |bytes: Vec<u8>| around(&bytes, bytes.len());
        let [rx, tx] = [&self.rx, &self.tx].map(|queue| last(queue.iter().copied().collect()));
        f.debug_struct("Client")
            .field("plan", &self.plan)
            .field("sent", &self.sent)
            .field("owed", &self.owed)
            .field("got", &last(self.got.clone()))
            .field("outcome", &self.outcome)
            .field("read", &self.read)
            .field("written", &self.written)
            .field("manner", &self.manner)
            .field("rx", &rx)
            .field("tx", &tx)
            .field("server", &self.server)
            .field("edge", &self.edge)
            .finish_non_exhaustive()
    }
}

/// The bytes that a client sends: none of them is in the server's prefix.
pub(crate) fn payload(index: usize) -> u8 {
    b'0' + u8::try_from(index * 7 % 10).expect("a digit")
}

impl Client {
    pub(crate) fn new(random: &mut Random) -> Self {
        let room = random.of(&[1, 7, 64, 4096]);
        Self {
            // With little room much would take very many turns.
            plan: random.of(&[0, 1, 9, 10, 11, 40, 300]).min(room * 40),
            sent: 0,
            owed: None,
            got: Vec::new(),
            outcome: None,
            read: 0,
            written: 0,
            manner: random.of(&[Manner::Ends, Manner::Ends, Manner::Ends, Manner::Stays, Manner::Vanishes]),
            lazy: random.happens(200),
            blind: false,
            rx: VecDeque::new(),
            tx: VecDeque::new(),
            room,
            ended: false,
            server: Server::Absent,
            linger: false,
            error: false,
            no_space: false,
            handle: None,
            edge: Readiness::NONE,
            ends: false,
        }
    }

    /// One that sends a message, takes its answer and then does not even see that the server ends.
    pub(crate) fn that_stays(random: &mut Random) -> Self {
        let blind = true;
        Self { plan: 9, room: 4096, manner: Manner::Stays, lazy: false, blind, ..Self::new(random) }
    }

    /// Thousands of bytes wait to be read at once.
    pub(crate) fn sends_much(&mut self) {
        (self.plan, self.room) = (12_000, 20_000);
    }

    /// Nothing will come of it by itself any more.
    pub(crate) fn is_idle(&self) -> bool {
        self.outcome.is_some()
            || (self.manner == Manner::Stays
                && self.sent == self.plan
                && self.rx.is_empty()
                && self.tx.is_empty())
    }

    /// Does one thing, or has nothing to do.
    pub(crate) fn act(&mut self, random: &mut Random, hurried: bool) {
        if self.outcome.is_some() {
            return;
        }
        let takes = !self.tx.is_empty() && (hurried || !self.lazy);
        match random.below(3) {
            0 if takes => self.take(random),
            1 if self.sent < self.plan => self.send(random),
            _ if self.sent == self.plan && !self.ended => self.finish(random),
            _ if takes => self.take(random),
            _ => {}
        }
        self.look_for_the_end();
    }

    fn send(&mut self, random: &mut Random) {
        if self.server == Server::Closed {
            return self.end_with(Outcome::Reset);
        }
        let most = (self.room - self.rx.len()).min(self.plan - self.sent);
        let bytes = random.up_to(most);
        self.rx.extend((self.sent..self.sent + bytes).map(payload));
        self.sent += bytes;
        if bytes > 0 {
            self.edge.readable = true;
        }
    }

    fn take(&mut self, random: &mut Random) {
        let bytes = random.up_to(self.tx.len());
        self.got.extend(self.tx.drain(..bytes));
        if self.no_space {
            self.no_space = false;
            self.edge.writable = true;
        }
    }

    pub(crate) fn take_the_rest(&mut self) {
        self.got.extend(self.tx.drain(..));
        self.look_for_the_end();
    }

    fn finish(&mut self, random: &mut Random) {
        match self.manner {
            Manner::Ends => {
                self.ended = true;
                self.edge.readable = true;
                self.ends = true;
            }
            Manner::Vanishes if random.happens(200) => self.vanish(),
            Manner::Vanishes | Manner::Stays => {}
        }
    }

    pub(crate) fn vanish(&mut self) {
        self.end_with(Outcome::Vanished);
        self.error = true;
        self.edge = Readiness::BOTH;
        self.ends = true;
    }

    fn end_with(&mut self, outcome: Outcome) {
        self.outcome = self.outcome.or(Some(outcome));
        self.tx.clear();
    }

    /// The server's end comes after all that it wrote.
    fn look_for_the_end(&mut self) {
        let server_ended = self.server == Server::Closed || (self.server == Server::Shut && !self.blind);
        if server_ended && self.tx.is_empty() && self.outcome.is_none() {
            self.end_with(Outcome::End);
            // It closes too, with nothing unread.
            self.edge.readable = true;
            self.ends = true;
            self.ended = true;
        }
    }

    // What the server's calls find.

    pub(crate) fn accepted(&mut self) {
        self.server = Server::Open;
    }

    pub(crate) fn turned_away(&mut self) {
        self.server = Server::Closed;
        self.end_with(Outcome::Reset);
    }

    pub(crate) fn register(&mut self, handle: Handle) {
        self.handle = Some(handle);
        self.edge.writable = true;
        self.edge.readable |= !self.rx.is_empty() || self.ended || self.error;
    }

    pub(crate) fn waits_to_be_read(&self) -> usize {
        self.rx.len()
    }

    pub(crate) fn room_to_write(&self) -> usize {
        self.room - self.tx.len()
    }

    /// Whether its error is given now: each is given once.
    pub(crate) fn take_error(&mut self) -> bool {
        std::mem::take(&mut self.error)
    }

    /// What a receive finds where nothing waits: the end of the stream, or not yet.
    pub(crate) fn is_at_end(&self) -> bool {
        self.ended || self.outcome == Some(Outcome::Vanished)
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.outcome.is_some()
    }

    pub(crate) fn read_by_server(&mut self, bytes: usize) -> impl Iterator<Item = u8> {
        self.read += bytes;
        self.rx.drain(..bytes)
    }

    pub(crate) fn written_by_server(&mut self, bytes: impl Iterator<Item = u8>) {
        let before = self.tx.len();
        self.tx.extend(bytes);
        self.written += self.tx.len() - before;
    }

    pub(crate) fn edge_comes(&mut self, edge: Readiness) {
        self.edge.readable |= edge.readable;
        self.edge.writable |= edge.writable;
    }

    pub(crate) fn ran_out_of_space(&mut self) {
        self.no_space = true;
    }

    pub(crate) fn shut(&mut self) {
        if self.server == Server::Open {
            self.server = Server::Shut;
            self.owed = Some(self.sent);
        }
    }

    pub(crate) fn linger(&mut self) {
        self.linger = true;
    }

    pub(crate) fn closed(&mut self) {
        self.server = Server::Closed;
        self.handle = None;
        self.owed = self.owed.or(Some(self.sent));
        if self.linger || !self.rx.is_empty() {
            self.end_with(Outcome::Reset);
        }
        self.look_for_the_end();
    }

    pub(crate) fn is_open(&self) -> bool {
        matches!(self.server, Server::Open | Server::Shut)
    }

    /// The edge that is to be told of it now.
    pub(crate) fn tell(&mut self) -> Option<Edge> {
        let handle = self.handle?;
        let (ready, ends) = (std::mem::take(&mut self.edge), self.ends);
        (ready != Readiness::NONE).then_some(Edge { handle, ready, ends: ends && ready.readable })
    }

    pub(crate) fn handle(&self) -> Option<Handle> {
        self.handle
    }
}
