//! Simulated sockets joined two by two, and connections that are answered when the test says so.

use std::collections::BTreeMap;
use std::io::{IoSlice, IoSliceMut};

use bufferevent::sim::{KernelSpec, SimKernel};
use bufferevent::{Errno, Handle, Kernel, Readiness, Transfer};

/// Each simulated socket has a peer in the test's hand; the hands of two are joined here.
#[derive(Default)]
pub(super) struct Wires {
    sim: SimKernel,
    joined: Vec<[Handle; 2]>,
    /// What was begun and not asked for: none while it is undecided.
    connecting: BTreeMap<Handle, Option<Result<(), Errno>>>,
    closed: Vec<Handle>,
}

impl Wires {
    /// `socketpair`.
    pub(super) fn pair(&mut self, spec: KernelSpec) -> [Handle; 2] {
        let ends = [(); 2].map(|()| self.sim.open(spec));
        self.joined.push(ends);
        ends
    }

    /// `socket` and `connect`, which answers EINPROGRESS.
    pub(super) fn begin_connecting(&mut self) -> Handle {
        let handle = self.sim.open(KernelSpec::default());
        self.connecting.insert(handle, None);
        handle
    }

    /// The listener accepts everything that was begun: the other ends.
    pub(super) fn accept_all(&mut self) -> Vec<Handle> {
        let undecided = self.connecting.iter_mut().filter(|(_, outcome)| outcome.is_none());
        let accepted = undecided.map(|(handle, outcome)| {
            *outcome = Some(Ok(()));
            let end = self.sim.open(KernelSpec::default());
            self.joined.push([*handle, end]);
            end
        });
        accepted.collect()
    }

    /// Nobody listens.
    pub(super) fn refuse_all(&mut self) {
        self.connecting.values_mut().for_each(|outcome| *outcome = Some(Err(Errno::ConnectionRefused)));
    }

    /// Moves what was sent to the other ends, and the end of what is closed; whether there was anything.
    pub(super) fn carry(&mut self) -> bool {
        let mut moved = false;
        for [one, other] in self.joined.clone() {
            for (from, to) in [(one, other), (other, one)] {
                let bytes = self.sim.peer_recv(from, usize::MAX);
                moved |= !bytes.is_empty();
                self.sim.peer_send(to, &bytes);
                if self.closed.contains(&from) {
                    self.sim.peer_shutdown(to);
                }
            }
        }
        moved
    }
}

impl Kernel for Wires {
    fn receive(&mut self, handle: Handle, into: &mut [IoSliceMut<'_>]) -> Result<Transfer, Errno> {
        self.sim.receive(handle, into)
    }

    fn send(&mut self, handle: Handle, from: &[IoSlice<'_>]) -> Result<Transfer, Errno> {
        self.sim.send(handle, from)
    }

    fn readable_bytes(&mut self, handle: Handle) -> Option<usize> {
        self.sim.readable_bytes(handle)
    }

    fn finished_connecting(&mut self, handle: Handle) -> Result<(), Errno> {
        match self.connecting.get(&handle) {
            Some(None) => Err(Errno::InProgress),
            Some(Some(outcome)) => *outcome,
            None => Ok(()),
        }
    }

    /// A socket that connects is ready for nothing, and once refused for everything.
    fn poll(&mut self, report: &mut dyn FnMut(Handle, Readiness)) {
        let connecting = &self.connecting;
        self.sim.poll(&mut |handle, ready| match connecting.get(&handle) {
            Some(None) => report(handle, Readiness::NONE),
            Some(Some(Err(_))) => report(handle, Readiness::BOTH),
            _ => report(handle, ready),
        });
    }

    fn close(&mut self, handle: Handle) {
        self.sim.close(handle);
        self.closed.push(handle);
    }
}
