//! Many simulated sockets behind the [`Kernel`] trait, and the peer's hand on each of them.

use std::io::{IoSlice, IoSliceMut};
use std::time::Duration;

use super::scenario::KernelSpec;
use super::socket::SimSocket;
use crate::{Closing, Connect, Direction, Errno, Handle, Kernel, Readiness, Tanks, Time, Transfer};

/// EBADF on every system worth simulating: the call names a handle that was never opened.
const BAD_HANDLE: Errno = Errno::Other(9);

/// A level-triggered kernel made of byte queues.
///
/// Handles count up from 0 and are never used again. The application's side is [`Kernel`]; the methods named
/// `peer_` are the other side of the connection. On a handle that was never opened they do nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SimKernel {
    clock: Time,
    /// Invariant: the socket of [`Handle`] n is at n.
    sockets: Vec<SimSocket>,
    /// Those that were closed and not yet told.
    closed: Vec<Handle>,
    habits: Habits,
}

/// What a kernel does in its own way, and a real one otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Habits {
    /// Of sockets that are ready at once, the one that was opened last comes first.
    pub(super) last_first: bool,
    /// A connect is never answered at once: it is pending, and refused by the next poll.
    pub(super) refuses_later: bool,
}

/// The highest handle of a kernel whose handles count down; beyond so many sockets they count up as ever.
const LAST_HANDLE: u32 = 255;

impl SimKernel {
    /// A kernel without sockets, at time 0.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A kernel without sockets, at this time.
    #[must_use]
    pub fn at(clock: Time) -> Self {
        Self { clock, ..Self::default() }
    }

    pub(super) fn with_habits(self, habits: Habits) -> Self {
        Self { habits, ..self }
    }

    /// Opens a connected socket with queues of these sizes.
    ///
    /// # Panics
    /// When there are 2^32 sockets already.
    pub fn open(&mut self, capacities: KernelSpec) -> Handle {
        self.insert(SimSocket::new(capacities))
    }

    /// Opens a socket with queues of these sizes and connects it; `connect` answers this.
    ///
    /// # Panics
    /// When there are 2^32 sockets already.
    pub fn open_connecting(&mut self, capacities: KernelSpec, outcome: Connect) -> Handle {
        let mut socket = SimSocket::connecting(capacities, outcome);
        if self.habits.refuses_later {
            socket.peer_refuse();
        }
        self.insert(socket)
    }

    fn insert(&mut self, socket: SimSocket) -> Handle {
        let number = u32::try_from(self.sockets.len()).expect("fewer than 2^32 sockets");
        self.sockets.push(socket);
        self.turned(Handle(number))
    }

    /// The handle of the socket with this number, and the number of the socket with this handle.
    fn turned(&self, Handle(number): Handle) -> Handle {
        let is_turned = self.habits.last_first && number <= LAST_HANDLE;
        Handle(if is_turned { LAST_HANDLE - number } else { number })
    }

    /// `connect` on a socket that is there: one that was refused begins anew.
    ///
    /// # Errors
    /// EALREADY while it connects, EISCONN once it is connected: nothing was changed.
    pub fn connect(&mut self, handle: Handle, outcome: Connect) -> Result<(), Errno> {
        let refuses_later = self.habits.refuses_later;
        let socket = self.socket_mut(handle).ok_or(BAD_HANDLE)?;
        socket.connect(outcome)?;
        if refuses_later {
            socket.peer_refuse();
        }
        Ok(())
    }

    /// The peer accepts a connection that is pending. Gives whether one was.
    pub fn peer_accept(&mut self, handle: Handle) -> bool {
        self.socket_mut(handle).is_some_and(SimSocket::peer_accept)
    }

    /// The peer refuses a connection that is pending. Gives whether one was.
    pub fn peer_refuse(&mut self, handle: Handle) -> bool {
        self.socket_mut(handle).is_some_and(SimSocket::peer_refuse)
    }

    /// What time it is.
    #[must_use]
    pub const fn clock(&self) -> Time {
        self.clock
    }

    /// Time goes by.
    pub fn advance(&mut self, by: Duration) {
        self.clock = self.clock + by;
    }

    /// The sockets that the application closed since this was last called, in order.
    pub fn take_closed(&mut self) -> Vec<Handle> {
        std::mem::take(&mut self.closed)
    }

    /// The peer sends. Gives how many bytes were not lost: all of them, or none once the peer has shut down or
    /// reset.
    pub fn peer_send(&mut self, handle: Handle, bytes: &[u8]) -> usize {
        self.socket_mut(handle).map_or(0, |socket| socket.peer_send(bytes))
    }

    /// The peer takes up to `limit` bytes of what the application wrote.
    pub fn peer_recv(&mut self, handle: Handle, limit: usize) -> Vec<u8> {
        self.socket_mut(handle).map_or_else(Vec::new, |socket| socket.peer_recv(limit))
    }

    /// The peer ends its sending side; it can still receive.
    pub fn peer_shutdown(&mut self, handle: Handle) {
        if let Some(socket) = self.socket_mut(handle) {
            socket.peer_shutdown();
        }
    }

    /// The peer resets the connection: every queue is dropped.
    pub fn peer_reset(&mut self, handle: Handle) {
        if let Some(socket) = self.socket_mut(handle) {
            socket.peer_reset();
        }
    }

    /// Makes the next `times` calls of `op` fail with `errno`, after the calls that were to fail already.
    pub fn inject(&mut self, handle: Handle, op: Direction, errno: Errno, times: u32) {
        if let Some(socket) = self.socket_mut(handle) {
            socket.inject(op, errno, times);
        }
    }

    /// Resizes the queues. No byte is lost: those beyond a smaller capacity stay until they are taken.
    pub fn set_capacities(&mut self, handle: Handle, capacities: KernelSpec) {
        if let Some(socket) = self.socket_mut(handle) {
            socket.set_capacities(capacities);
        }
    }

    /// The socket behind a handle, to look at.
    #[must_use]
    pub fn socket(&self, handle: Handle) -> Option<&SimSocket> {
        self.sockets.get(self.turned(handle).0 as usize)
    }

    /// How many bytes wait for the application.
    #[must_use]
    pub fn rx_len(&self, handle: Handle) -> usize {
        self.socket(handle).map_or(0, |socket| socket.rx().len())
    }

    /// How many bytes wait for the peer.
    #[must_use]
    pub fn tx_len(&self, handle: Handle) -> usize {
        self.socket(handle).map_or(0, |socket| socket.tx().len())
    }

    /// How many bytes wait until `rx` has room.
    #[must_use]
    pub fn backlog_len(&self, handle: Handle) -> usize {
        self.socket(handle).map_or(0, |socket| socket.backlog().len())
    }

    fn socket_mut(&mut self, handle: Handle) -> Option<&mut SimSocket> {
        let number = self.turned(handle).0;
        self.sockets.get_mut(number as usize)
    }
}

impl Kernel for SimKernel {
    fn receive(&mut self, handle: Handle, into: &mut [IoSliceMut<'_>]) -> Result<Transfer, Errno> {
        self.socket_mut(handle).ok_or(BAD_HANDLE)?.receive(into).map(level_triggered)
    }

    fn send(&mut self, handle: Handle, from: &[IoSlice<'_>]) -> Result<Transfer, Errno> {
        self.socket_mut(handle).ok_or(BAD_HANDLE)?.send(from).map(level_triggered)
    }

    fn readable_bytes(&mut self, handle: Handle) -> Option<usize> {
        self.socket(handle).map(|socket| socket.rx().len())
    }

    /// Sockets that the application closed are left out.
    fn poll(&mut self, report: &mut dyn FnMut(Handle, Readiness)) {
        for (number, socket) in (0..).map(Handle).zip(&self.sockets) {
            if !socket.is_closed() {
                report(self.turned(number), socket.readiness());
            }
        }
    }

    fn tanks(&self, handle: Handle) -> Option<Tanks> {
        self.socket(handle).map(SimSocket::tanks)
    }

    fn finished_connecting(&mut self, handle: Handle) -> Result<(), Errno> {
        self.socket_mut(handle).ok_or(BAD_HANDLE)?.take_error()
    }

    fn now(&self) -> Option<Time> {
        Some(self.clock)
    }

    /// Only noted: what is in the queues stays there, and what the peer sends still arrives.
    fn close(&mut self, handle: Handle) {
        if let Some(socket) = self.socket_mut(handle) {
            socket.close();
            self.closed.push(handle);
        }
    }

    fn seen_by_peer(&self, handle: Handle) -> Option<Closing> {
        self.socket(handle).and_then(SimSocket::seen_by_peer)
    }
}

/// The next poll says whether more can be done, so nothing is foretold here.
fn level_triggered(bytes: usize) -> Transfer {
    Transfer { bytes, exhausted: false }
}
