//! What the sockets of a scenario meet: their peers, connections, errors that are injected.

use super::runner::Simulation;
use super::scenario::KindSpec;
use super::{Peer, TraceEvent};
use crate::{Connect, Errno, Handle, Kernel, Observer, Payload, Step, TanksAfter};

impl<O: Observer> Simulation<O> {
    /// It happens to this bufferevent's socket. Where there is none yet, nobody is there to do it.
    pub(super) fn peer(&mut self, at: usize, what: &Peer) {
        let Some(handle) = self.bufferevents[at].handle else {
            if let Peer::Recv(_) = what {
                self.say(Some(at), TraceEvent::PeerRecv { peer_recv: Vec::new().into() });
            }
            return;
        };
        match what {
            Peer::Send(data) => self.peer_send(at, handle, data.as_bytes()),
            Peer::Recv(limit) => self.peer_recv(at, handle, *limit as usize),
            Peer::Shutdown => {
                self.kernel.peer_shutdown(handle);
                self.note(at, handle, |_| Step::PeerShutdown);
            }
            Peer::Reset => {
                self.kernel.peer_reset(handle);
                self.note(at, handle, |tanks| Step::PeerReset { tanks });
            }
            Peer::Accept => {
                if self.kernel.peer_accept(handle) {
                    self.note(at, handle, |_| Step::PeerAccepted);
                }
            }
            Peer::Refuse => {
                if self.kernel.peer_refuse(handle) {
                    self.note(at, handle, |_| Step::PeerRefused);
                }
            }
            &Peer::Inject { op, errno, times } => {
                self.kernel.inject(handle, op, errno, times);
                self.note(at, handle, |_| Step::Injected { call: op, errno, times });
            }
        }
    }

    #[track_caller]
    fn note(&mut self, at: usize, handle: Handle, step: impl FnOnce(TanksAfter) -> Step) {
        let tanks = self.kernel.tanks(handle);
        self.base.record(Some(self.bufferevents[at].id), "", || step(tanks));
    }

    fn peer_send(&mut self, at: usize, handle: Handle, data: &[u8]) {
        let sent = self.kernel.peer_send(handle, data);
        let lost = sent < data.len();
        self.note(at, handle, |tanks| {
            let payload = Payload { len: data.len(), bytes: data.to_vec() };
            Step::PeerSent { payload, lost, tanks }
        });
    }

    fn peer_recv(&mut self, at: usize, handle: Handle, limit: usize) {
        let taken = self.kernel.peer_recv(handle, limit);
        self.say(Some(at), TraceEvent::PeerRecv { peer_recv: taken.clone().into() });
        let payload = Payload { len: taken.len(), bytes: taken };
        self.note(at, handle, |tanks| Step::PeerReceived { payload, tanks });
    }

    /// `bufferevent_socket_connect`: on the handle that the bufferevent has, or on a new one.
    pub(super) fn connect(&mut self, at: usize, outcome: Connect) -> Result<(), Errno> {
        let KindSpec::Socket { kernel, .. } = self.scenario.bufferevents[at].kind else { return Ok(()) };
        let Ok(bufferevent) = self.bufferevent(at) else { return Ok(()) };
        let handle = match bufferevent.handle() {
            Some(handle) => self.kernel.connect(handle, outcome).map(|()| handle)?,
            None => self.kernel.open_connecting(kernel, outcome),
        };
        self.bufferevents[at].handle = Some(handle);
        if let Ok(mut bufferevent) = self.bufferevent_mut(at) {
            // The dialect has it, and the bufferevent is on a socket.
            let _ = bufferevent.socket_connect(handle, outcome);
        }
        Ok(())
    }
}
