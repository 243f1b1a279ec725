//! One simulated socket: the byte queues between the application and its peer, and what the peer did to it.

use std::collections::VecDeque;
use std::io::{IoSlice, IoSliceMut, Read};

use super::scenario::KernelSpec;
use crate::{Closing, Connect, Direction, Errno, Readiness, Tanks};

/// A connected stream socket with the peer at the other end.
///
/// Invariant: the backlog is empty unless `rx` is full. After a reset all three queues are empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimSocket {
    capacities: KernelSpec,
    rx: VecDeque<u8>,
    tx: VecDeque<u8>,
    backlog: VecDeque<u8>,
    peer: Peer,
    read_errors: Injections,
    write_errors: Injections,
    /// Whether the application has closed its end, and what the peer saw of that.
    closed: Option<Option<Closing>>,
}

/// What the peer still does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Peer {
    /// Sends and receives.
    Open,
    /// Only receives.
    Shutdown,
    /// Nothing: the connection is reset.
    Reset {
        /// The one ECONNRESET has been handed to a read.
        reported: bool,
    },
    /// It is there, and has not decided about the connection.
    Undecided,
    /// It has refused the connection.
    Refused {
        /// The one ECONNREFUSED has been told.
        reported: bool,
    },
}

/// EALREADY and EISCONN of Linux, which nobody looks at.
const ALREADY_CONNECTING: Errno = Errno::Other(114);
const IS_CONNECTED: Errno = Errno::Other(106);

impl SimSocket {
    /// A connection on which nothing has happened.
    pub(super) fn new(capacities: KernelSpec) -> Self {
        Self {
            capacities,
            rx: VecDeque::new(),
            tx: VecDeque::new(),
            backlog: VecDeque::new(),
            peer: Peer::Open,
            read_errors: Injections::default(),
            write_errors: Injections::default(),
            closed: None,
        }
    }

    /// A socket on which `connect` answered this.
    pub(super) fn connecting(capacities: KernelSpec, outcome: Connect) -> Self {
        let peer = match outcome {
            Connect::Pending => Peer::Undecided,
            Connect::Accepted => Peer::Open,
            // `connect` has told.
            Connect::Refused => Peer::Refused { reported: true },
        };
        Self { peer, ..Self::new(capacities) }
    }

    /// `connect`: one that was refused begins anew.
    pub(super) fn connect(&mut self, outcome: Connect) -> Result<(), Errno> {
        match self.peer {
            Peer::Undecided => Err(ALREADY_CONNECTING),
            Peer::Open | Peer::Shutdown | Peer::Reset { .. } => Err(IS_CONNECTED),
            Peer::Refused { .. } => {
                self.peer = Self::connecting(self.capacities, outcome).peer;
                Ok(())
            }
        }
    }

    /// `getsockopt(SO_ERROR)`, which forgets what it tells.
    pub(super) fn take_error(&mut self) -> Result<(), Errno> {
        match &mut self.peer {
            Peer::Undecided => Err(Errno::InProgress),
            Peer::Refused { reported: reported @ false } => {
                *reported = true;
                Err(Errno::ConnectionRefused)
            }
            Peer::Reset { reported: reported @ false } => {
                *reported = true;
                Err(Errno::ConnectionReset)
            }
            _ => Ok(()),
        }
    }

    /// Gives whether a connection was pending.
    pub(super) fn peer_accept(&mut self) -> bool {
        let pending = self.peer == Peer::Undecided;
        if pending {
            self.peer = Peer::Open;
        }
        pending
    }

    /// Gives whether a connection was pending.
    pub(super) fn peer_refuse(&mut self) -> bool {
        let pending = self.peer == Peer::Undecided;
        if pending {
            self.peer = Peer::Refused { reported: false };
        }
        pending
    }

    /// `readv`: an injected error first, then bytes, then what the peer left behind.
    pub(super) fn receive(&mut self, into: &mut [IoSliceMut<'_>]) -> Result<usize, Errno> {
        if let Some(errno) = self.read_errors.next() {
            return Err(errno);
        }
        if self.rx.is_empty() {
            return self.receive_nothing();
        }
        let taken = into.iter_mut().map(|slice| drain_into(&mut self.rx, slice)).sum();
        self.refill();
        Ok(taken)
    }

    fn receive_nothing(&mut self) -> Result<usize, Errno> {
        match self.peer {
            Peer::Open | Peer::Undecided => Err(Errno::Again),
            Peer::Shutdown => Ok(0),
            Peer::Reset { .. } | Peer::Refused { .. } => self.take_error().map(|()| 0),
        }
    }

    /// `writev`: an injected error first, then as much as there is room for.
    pub(super) fn send(&mut self, from: &[IoSlice<'_>]) -> Result<usize, Errno> {
        if let Some(errno) = self.write_errors.next() {
            return Err(errno);
        }
        match self.peer {
            Peer::Reset { .. } => return Err(Errno::BrokenPipe),
            Peer::Refused { .. } => return Err(self.take_error().err().unwrap_or(Errno::BrokenPipe)),
            Peer::Undecided => return Err(Errno::Again),
            Peer::Open | Peer::Shutdown => {}
        }
        let room = self.tx_room();
        if room == 0 {
            return Err(Errno::Again);
        }
        let before = self.tx.len();
        let mut left = room;
        for slice in from {
            // A slice at a time is copied, not moved byte by byte.
            let taken = slice.len().min(left);
            self.tx.extend(&slice[..taken]);
            left -= taken;
        }
        Ok(self.tx.len() - before)
    }

    /// The peer sends. Gives how many bytes were not lost: all, or none after a shutdown or a reset.
    pub(super) fn peer_send(&mut self, bytes: &[u8]) -> usize {
        if self.peer != Peer::Open {
            return 0;
        }
        self.backlog.extend(bytes);
        self.refill();
        bytes.len()
    }

    /// The peer takes up to `limit` bytes.
    pub(super) fn peer_recv(&mut self, limit: usize) -> Vec<u8> {
        let mut bytes = vec![0; limit.min(self.tx.len())];
        drain_into(&mut self.tx, &mut bytes);
        bytes
    }

    /// The peer ends its sending side. What it sent before still arrives.
    pub(super) fn peer_shutdown(&mut self) {
        if self.peer == Peer::Open {
            self.peer = Peer::Shutdown;
        }
    }

    /// The connection is reset. A second reset changes nothing: the error is still given only once. One that is pending is
    /// refused that way.
    pub(super) fn peer_reset(&mut self) {
        match self.peer {
            Peer::Open | Peer::Shutdown => self.peer = Peer::Reset { reported: false },
            Peer::Undecided => self.peer = Peer::Refused { reported: false },
            Peer::Reset { .. } | Peer::Refused { .. } => {}
        }
        for queue in [&mut self.rx, &mut self.tx, &mut self.backlog] {
            queue.clear();
        }
    }

    /// Makes the next `times` calls of `op` fail, after those injected before.
    pub(super) fn inject(&mut self, op: Direction, errno: Errno, times: u32) {
        match op {
            Direction::Read => self.read_errors.add(errno, times),
            Direction::Write => self.write_errors.add(errno, times),
        }
    }

    /// Resizes the queues. Bytes beyond a smaller capacity stay; there is just no room until they are gone.
    pub(super) fn set_capacities(&mut self, capacities: KernelSpec) {
        self.capacities = capacities;
        self.refill();
    }

    pub(super) fn close(&mut self) {
        let seen = if self.rx.is_empty() { Closing::End } else { Closing::Reset };
        let seen = matches!(self.peer, Peer::Open | Peer::Shutdown).then_some(seen);
        self.closed.get_or_insert(seen);
    }

    /// Bytes that the peer sent and the application has not read.
    #[must_use]
    pub fn rx(&self) -> &VecDeque<u8> {
        &self.rx
    }

    /// Bytes that the application wrote and the peer has not taken.
    #[must_use]
    pub fn tx(&self) -> &VecDeque<u8> {
        &self.tx
    }

    /// Bytes that the peer sent and that `rx` has no room for.
    #[must_use]
    pub fn backlog(&self) -> &VecDeque<u8> {
        &self.backlog
    }

    /// The lengths of the three queues.
    #[must_use]
    pub fn tanks(&self) -> Tanks {
        Tanks { rx: self.rx.len(), tx: self.tx.len(), backlog: self.backlog.len() }
    }

    /// The sizes of `rx` and `tx`.
    #[must_use]
    pub fn capacities(&self) -> KernelSpec {
        self.capacities
    }

    /// What the application could do now. Injected errors do not show: a call finds them.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        Readiness {
            readable: !self.rx.is_empty() || !matches!(self.peer, Peer::Open | Peer::Undecided),
            writable: match self.peer {
                Peer::Open | Peer::Shutdown => self.tx_room() > 0,
                Peer::Undecided => false,
                Peer::Reset { .. } | Peer::Refused { .. } => true,
            },
        }
    }

    /// The errors that calls of `op` will give, in order, each with the number of calls.
    pub fn pending_errors(&self, op: Direction) -> impl Iterator<Item = (Errno, u32)> + '_ {
        let errors = match op {
            Direction::Read => &self.read_errors,
            Direction::Write => &self.write_errors,
        };
        errors.queue.iter().copied()
    }

    /// The peer does not send: it has shut down its side or reset the connection, or there is none.
    #[must_use]
    pub fn is_peer_silent(&self) -> bool {
        self.peer != Peer::Open
    }

    /// The peer has reset the connection.
    #[must_use]
    pub fn is_reset(&self) -> bool {
        matches!(self.peer, Peer::Reset { .. })
    }

    /// The application has closed its end. The queues go on as before, so that the peer can take the rest.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed.is_some()
    }

    /// What the peer sees of the close: a reset where bytes had arrived that nobody read, as TCP has it. None before the
    /// close, and where the peer had reset the connection itself.
    #[must_use]
    pub fn seen_by_peer(&self) -> Option<Closing> {
        self.closed.flatten()
    }

    fn tx_room(&self) -> usize {
        (self.capacities.tx_capacity as usize).saturating_sub(self.tx.len())
    }

    fn refill(&mut self) {
        let room = (self.capacities.rx_capacity as usize).saturating_sub(self.rx.len());
        let (first, second) = self.backlog.as_slices();
        let taken = room.min(self.backlog.len());
        self.rx.extend(&first[..taken.min(first.len())]);
        self.rx.extend(&second[..taken.saturating_sub(first.len())]);
        self.backlog.drain(..taken);
        self.assert_invariants();
    }

    fn assert_invariants(&self) {
        debug_assert!(self.backlog.is_empty() || self.rx.len() >= self.capacities.rx_capacity as usize);
        debug_assert!(!self.is_reset() || self.tanks() == Tanks { rx: 0, tx: 0, backlog: 0 });
    }
}

/// Moves bytes from the front of the queue to the start of the slice; as many as both allow.
fn drain_into(queue: &mut VecDeque<u8>, slice: &mut [u8]) -> usize {
    let taken = slice.len().min(queue.len());
    // It is there: this cannot fail.
    let _ = queue.read_exact(&mut slice[..taken]);
    taken
}

/// Errors for calls to come, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Injections {
    /// Invariant: no count is 0.
    queue: VecDeque<(Errno, u32)>,
}

impl Injections {
    fn add(&mut self, errno: Errno, times: u32) {
        if times > 0 {
            self.queue.push_back((errno, times));
        }
    }

    /// The error of the next call, if one is due.
    fn next(&mut self) -> Option<Errno> {
        let (errno, left) = self.queue.front_mut()?;
        let errno = *errno;
        *left -= 1;
        if *left == 0 {
            self.queue.pop_front();
        }
        Some(errno)
    }
}
