//! How a connection turns out, by what the kernel answers on the way.
#![expect(clippy::unwrap_used, reason = "a test fails where something is missing")]

use std::collections::VecDeque;
use std::io::{IoSlice, IoSliceMut};

use bufferevent::{
    BuffereventId, BuffereventOptions, Callbacks, Connect, Dialect, Directions, Due, Errno, EventBase,
    Handle, Kernel, Readiness, Time, Transfer, What,
};

const HANDLE: Handle = Handle(0);

/// One socket. A read finds the connection refused.
#[derive(Default)]
struct Socket {
    ready: Readiness,
    answers: VecDeque<Result<(), Errno>>,
    sent: Vec<u8>,
}

impl Kernel for Socket {
    fn receive(&mut self, _: Handle, _: &mut [IoSliceMut<'_>]) -> Result<Transfer, Errno> {
        Err(Errno::ConnectionRefused)
    }

    fn send(&mut self, _: Handle, from: &[IoSlice<'_>]) -> Result<Transfer, Errno> {
        let before = self.sent.len();
        from.iter().for_each(|slice| self.sent.extend_from_slice(slice));
        Ok(Transfer { bytes: self.sent.len() - before, exhausted: false })
    }

    fn readable_bytes(&mut self, _: Handle) -> Option<usize> {
        None
    }

    fn poll(&mut self, report: &mut dyn FnMut(Handle, Readiness)) {
        report(HANDLE, self.ready);
    }

    fn finished_connecting(&mut self, _: Handle) -> Result<(), Errno> {
        self.answers.pop_front().expect("it is not asked again")
    }
}

struct Connecting {
    base: EventBase,
    id: BuffereventId,
    socket: Socket,
}

impl Connecting {
    fn new(dialect: Dialect, answers: impl Into<VecDeque<Result<(), Errno>>>) -> Self {
        let mut base = EventBase::new(dialect);
        let id = base.bufferevent_new(None, Callbacks::ALL, BuffereventOptions::default());
        base.get_mut(id).unwrap().socket_connect(HANDLE, Connect::Pending).unwrap();
        Self { base, id, socket: Socket { answers: answers.into(), ..Socket::default() } }
    }

    /// The callbacks of one pass in which the socket can do this.
    fn pass(&mut self, ready: Readiness) -> Vec<Due> {
        self.socket.ready = ready;
        self.base.begin_pass(Time::ZERO);
        std::iter::from_fn(|| self.base.poll_callback(&mut self.socket)).collect()
    }
}

#[test]
fn what_is_undecided_is_asked_about_again() {
    for dialect in [Dialect::V2_1, Dialect::V2_2] {
        let undecided = [Err(Errno::InProgress), Err(Errno::Interrupted), Ok(())];
        let mut connecting = Connecting::new(dialect, undecided);
        let id = connecting.id;
        connecting.base.get_mut(id).unwrap().write(b"hello").unwrap();
        for _ in 0..2 {
            assert_eq!(connecting.pass(Readiness::WRITABLE), [], "{dialect}");
            assert!(connecting.base.get(id).unwrap().is_connecting(), "{dialect}");
            assert_eq!(connecting.socket.sent, b"", "{dialect}");
        }
        let told = [Due::Event(id, What::CONNECTED), Due::Write(id)];
        assert_eq!(connecting.pass(Readiness::WRITABLE), told, "{dialect}");
        assert!(!connecting.base.get(id).unwrap().is_connecting(), "{dialect}");
        assert_eq!(connecting.socket.sent, b"hello", "{dialect}");
    }
}

/// The socket tells it once, to the read: when it is writable, nothing is wrong with it.
#[test]
fn a_refusal_that_a_read_finds_is_told_when_the_socket_is_writable() {
    for dialect in [Dialect::V2_1, Dialect::V2_2] {
        let mut connecting = Connecting::new(dialect, [Ok(())]);
        let id = connecting.id;
        connecting.base.get_mut(id).unwrap().enable(Directions::READ).unwrap();
        assert_eq!(connecting.pass(Readiness::READABLE), [], "{dialect}");
        assert_eq!(connecting.pass(Readiness::WRITABLE), [Due::Event(id, What::ERROR)], "{dialect}");
        assert_eq!(connecting.pass(Readiness::NONE), [], "{dialect}");
    }
}
