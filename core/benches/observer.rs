//! What recording costs an engine that nobody watches. Count instructions, a clock is too coarse:
//!
//! ```text
//! cargo bench --package bufferevent --bench observer --no-run
//! for who in removed nobody refusing recording; do valgrind --tool=callgrind --callgrind-out-file=/dev/null PROGRAM $who; done
//! ```
//!
//! `removed` is `NoObserver`: recording is compiled away. `nobody` asks at each step whether somebody listens and
//! nobody does. `refusing` listens, and wants none of these connections. `recording` keeps every record.

use std::io::{IoSlice, IoSliceMut};

use bufferevent::{
    BuffereventId, BuffereventOptions, Callbacks, Dialect, Directions, Due, Errno, Evbuffer, EventBase,
    Handle, Kernel, NoObserver, Observer, Readiness, Record, Time, Transfer, Watermarks,
};

const CONNECTIONS: usize = 50;
const ROUNDS: usize = 1000;

const MESSAGE: &[u8] = b"0123456789";

/// Peers that each have sent one message and take every answer: hardly an instruction of its own, so that the engine's count.
struct Peers {
    has_sent: [bool; CONNECTIONS],
    received: usize,
}

impl Kernel for Peers {
    fn receive(&mut self, handle: Handle, into: &mut [IoSliceMut<'_>]) -> Result<Transfer, Errno> {
        if !std::mem::take(&mut self.has_sent[handle.0 as usize]) {
            return Err(Errno::Again);
        }
        into[0][..MESSAGE.len()].copy_from_slice(MESSAGE);
        Ok(Transfer { bytes: MESSAGE.len(), exhausted: true })
    }

    fn send(&mut self, _: Handle, from: &[IoSlice<'_>]) -> Result<Transfer, Errno> {
        let bytes = from.iter().map(|slice| slice.len()).sum();
        self.received += bytes;
        Ok(Transfer { bytes, exhausted: false })
    }

    fn readable_bytes(&mut self, handle: Handle) -> Option<usize> {
        Some(if self.has_sent[handle.0 as usize] { MESSAGE.len() } else { 0 })
    }

    fn poll(&mut self, report: &mut dyn FnMut(Handle, Readiness)) {
        for (handle, &readable) in (0..).map(Handle).zip(&self.has_sent) {
            report(handle, Readiness { readable, writable: true });
        }
    }
}

/// Somebody who watches other connections than these.
struct Refusing;

impl Observer for Refusing {
    fn wants(&self, connection: Option<BuffereventId>) -> bool {
        connection.is_none()
    }

    fn wants_idle_passes(&self) -> bool {
        false
    }

    fn record(&mut self, record: Record) {
        unreachable!("{record:?}");
    }
}

/// One pass, whose callbacks answer what came.
fn run_pass<O: Observer>(base: &mut EventBase<O>, kernel: &mut Peers) {
    base.begin_pass(Time::ZERO);
    while let Some(due) = base.poll_callback(kernel) {
        match due {
            Due::Read(id) => echo(base, id),
            Due::Write(_) => {}
            Due::Event(..) | Due::Buffer(..) | Due::Application(..) => unreachable!("{due:?}"),
        }
    }
}

fn echo<O: Observer>(base: &mut EventBase<O>, id: BuffereventId) {
    let mut reply = Evbuffer::from(&b"I have recvieced the msg: "[..]);
    let mut bufferevent = base.get_mut(id).expect("it is never freed");
    let echoed = bufferevent.read_buffer(&mut reply);
    let written = bufferevent.write_buffer(&mut reply);
    assert!(echoed.is_ok() && written.is_ok());
}

/// The tutorial's server with 50 connections that each send 10 bytes and take the answer, 1000 times.
fn run<O: Observer>(observer: O, after_round: impl Fn(&mut O)) -> usize {
    let mut kernel = Peers { has_sent: [false; CONNECTIONS], received: 0 };
    let mut base = EventBase::with_observer(Dialect::V1_4, observer);
    for handle in (0..).take(CONNECTIONS).map(Handle) {
        let id = base.bufferevent_new(Some(handle), Callbacks::ALL, BuffereventOptions::default());
        let mut bufferevent = base.get_mut(id).expect("it is new");
        bufferevent.setwatermark(Directions::READ, Watermarks::new(0, 10));
        bufferevent.enable(Directions::READ).expect("it has a handle");
    }
    for _ in 0..ROUNDS {
        kernel.has_sent.fill(true);
        for _ in 0..2 {
            run_pass(&mut base, &mut kernel);
        }
        after_round(base.observer_mut());
    }
    kernel.received
}

fn main() {
    let received = match std::env::args().nth(1).as_deref() {
        Some("nobody") => run(None::<Vec<Record>>, |_| {}),
        Some("refusing") => run(Refusing, |_| {}),
        Some("recording") => run(Vec::<Record>::new(), Vec::clear),
        _ => run(NoObserver, |_| {}),
    };
    assert_eq!(received, CONNECTIONS * ROUNDS * 36);
    println!("{} messages of 10 bytes answered", CONNECTIONS * ROUNDS);
}
