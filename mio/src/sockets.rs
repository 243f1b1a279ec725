//! All sockets of a loop, by the engine's handles.

use std::io::{self, IoSlice, IoSliceMut};
use std::net::SocketAddr;

use bufferevent::{Errno, Handle, Kernel, Received, Transfer};
use mio::event::Source;
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};

use crate::stream::{ROOM, Room, Stream};
use crate::{Native, System};

/// Memory for so many sockets is kept, however few are open.
const KEPT: usize = 64;

/// What a handle stands for.
#[derive(Debug)]
enum Slot<S> {
    Free,
    /// A connection, owned here.
    Stream(Stream<S>),
    /// Something that the application keeps and makes its own calls on.
    Watched,
}

/// The engine's kernel on real sockets. A handle's number is its place here and its token with the operating system.
#[derive(Debug)]
pub struct Sockets<S: System = Native> {
    registry: Registry,
    /// Invariant: the last slot is in use, so that memory goes back when what came last has gone.
    slots: Vec<Slot<S::Socket>>,
    /// Holds every free slot, and perhaps numbers of slots that are no more.
    free: Vec<u32>,
    closed: u64,
    /// For short reads.
    room: Box<Room>,
}

impl<S: System> Sockets<S> {
    pub(super) fn new(registry: Registry) -> Self {
        Self { registry, slots: Vec::new(), free: Vec::new(), closed: 0, room: Box::new(ROOM) }
    }

    /// Takes a non-blocking socket in that is connected or connects, for a bufferevent.
    ///
    /// # Errors
    /// What the operating system says when it is to be watched; the socket is closed then.
    pub fn open(&mut self, mut socket: S::Socket) -> io::Result<Handle> {
        let handle = self.watch(&mut socket, Interest::READABLE | Interest::WRITABLE)?;
        self.slots[handle.0 as usize] = Slot::Stream(Stream::new(socket));
        Ok(handle)
    }

    /// Watches something that the application keeps, for an event of its own. Edge-triggered: the application reports
    /// calls that would block with [`EventBase::note_would_block`](bufferevent::EventBase::note_would_block).
    ///
    /// # Errors
    /// What the operating system says: for a regular file, that it cannot be watched.
    pub fn watch(&mut self, source: &mut impl Source, interest: Interest) -> io::Result<Handle> {
        let handle = self.reserve();
        let watched = self.registry.register(source, Token(handle.0 as usize), interest);
        if let Err(error) = watched {
            self.give_back(handle);
            return Err(error);
        }
        Ok(handle)
    }

    /// A handle for something that the operating system does not watch, because it never makes one wait.
    pub fn reserve(&mut self) -> Handle {
        let handle = self.free_slot().map(Handle).unwrap_or_else(|| {
            self.slots.push(Slot::Free);
            Handle(u32::try_from(self.slots.len() - 1).expect("fewer than 2^32 descriptors exist"))
        });
        self.slots[handle.0 as usize] = Slot::Watched;
        handle
    }

    /// Ends a [`watch`](Self::watch). The base has to forget the handle.
    pub fn unwatch(&mut self, handle: Handle, source: &mut impl Source) {
        // It fails only for what was not watched.
        let _ = self.registry.deregister(source);
        self.give_back(handle);
    }

    /// Closes a connection. The base has to [forget](bufferevent::EventBase::forget_handle) the handle, as
    /// [`Driver::close`](crate::Driver::close) has it do. The operating system stops watching what is closed.
    pub fn close(&mut self, handle: Handle) {
        if self.stream(handle).is_ok() {
            self.give_back(handle);
            self.closed += 1;
        }
    }

    /// Ends our side of a connection: the peer reads the end of the stream, and can still send.
    pub fn shutdown_write(&self, handle: Handle) {
        if let Some(Slot::Stream(stream)) = self.slots.get(handle.0 as usize) {
            stream.shutdown_write();
        }
    }

    /// The peer will see a reset when this connection is closed, and no end of the stream.
    pub fn reset_on_close(&self, handle: Handle) {
        if let Some(Slot::Stream(stream)) = self.slots.get(handle.0 as usize) {
            stream.reset_on_close();
        }
    }

    /// The last error that a call on this connection gave, other than "later".
    #[must_use]
    pub fn last_error(&self, handle: Handle) -> Option<Errno> {
        match self.slots.get(handle.0 as usize)? {
            Slot::Stream(stream) => stream.last_error,
            Slot::Free | Slot::Watched => None,
        }
    }

    /// How many connections were closed so far: when it grows, descriptors are free again.
    #[must_use]
    pub const fn closed(&self) -> u64 {
        self.closed
    }

    /// The end of this connection's stream, or an error, waits to be read.
    pub(super) fn note_end(&mut self, handle: Handle) {
        if let Ok(stream) = self.stream(handle) {
            stream.note_end();
        }
    }

    fn stream(&mut self, handle: Handle) -> Result<&mut Stream<S::Socket>, Errno> {
        stream(&mut self.slots, handle)
    }

    fn give_back(&mut self, handle: Handle) {
        self.slots[handle.0 as usize] = Slot::Free;
        self.free.push(handle.0);
        while matches!(self.slots.last(), Some(Slot::Free)) {
            self.slots.pop();
        }
        let slots = self.slots.len();
        if self.slots.capacity() > KEPT.max(4 * slots) {
            self.slots.shrink_to(2 * slots);
            self.free.retain(|&slot| (slot as usize) < slots);
            self.free.shrink_to(slots);
        }
    }

    fn free_slot(&mut self) -> Option<u32> {
        while let Some(slot) = self.free.pop() {
            if (slot as usize) < self.slots.len() {
                return Some(slot);
            }
        }
        None
    }
}

impl Sockets {
    /// Begins a connection, for a bufferevent that [goes on](bufferevent::BuffereventMut::socket_connect) with it as
    /// pending. Does not wait: names are for the application to resolve.
    ///
    /// # Errors
    /// What the operating system says at once.
    pub fn connect(&mut self, address: SocketAddr) -> io::Result<Handle> {
        self.open(TcpStream::connect(address)?)
    }
}

impl<S: System> Kernel for Sockets<S> {
    fn receive(&mut self, handle: Handle, into: &mut [IoSliceMut<'_>]) -> Result<Transfer, Errno> {
        self.stream(handle)?.receive(into)
    }

    fn receive_own(&mut self, handle: Handle, most: usize) -> Option<Result<Received<'_>, Errno>> {
        match stream(&mut self.slots, handle) {
            Ok(stream) => stream.receive_few(most, &mut self.room),
            Err(errno) => Some(Err(errno)),
        }
    }

    fn send(&mut self, handle: Handle, from: &[IoSlice<'_>]) -> Result<Transfer, Errno> {
        self.stream(handle)?.send(from)
    }

    fn readable_bytes(&mut self, handle: Handle) -> Option<usize> {
        self.stream(handle).ok()?.readable_bytes()
    }

    fn finished_connecting(&mut self, handle: Handle) -> Result<(), Errno> {
        self.stream(handle)?.finished_connecting()
    }

    fn close(&mut self, handle: Handle) {
        Self::close(self, handle);
    }
}

fn stream<S>(slots: &mut [Slot<S>], handle: Handle) -> Result<&mut Stream<S>, Errno> {
    match slots.get_mut(handle.0 as usize) {
        Some(Slot::Stream(stream)) => Ok(stream),
        _ => Err(Errno::Other(rustix::io::Errno::BADF.raw_os_error())),
    }
}
