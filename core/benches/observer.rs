//! What recording costs an engine that nobody watches. Count instructions, a clock is too coarse:
//!
//! ```text
//! cargo bench --package bufferevent --features sim --bench observer --no-run
//! for who in removed nobody refusing recording; do valgrind --tool=callgrind --callgrind-out-file=/dev/null PROGRAM $who; done
//! ```
//!
//! `removed` is `NoObserver`: recording is compiled away. `nobody` asks at each step whether somebody listens and
//! nobody does. `refusing` listens, and wants none of these connections. `recording` keeps every record.

use bufferevent::sim::{KernelSpec, SimKernel};
use bufferevent::{
    BuffereventId, BuffereventOptions, Callbacks, Dialect, Directions, Due, Evbuffer, EventBase, NoObserver,
    Observer, Record, Time, Watermarks,
};

const CONNECTIONS: usize = 50;
const ROUNDS: usize = 1000;

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
fn run_pass<O: Observer>(base: &mut EventBase<O>, kernel: &mut SimKernel) {
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
    let mut kernel = SimKernel::new();
    let mut base = EventBase::with_observer(Dialect::V1_4, observer);
    let handles: Vec<_> = (0..CONNECTIONS).map(|_| kernel.open(KernelSpec::default())).collect();
    for &handle in &handles {
        let id = base.bufferevent_new(Some(handle), Callbacks::ALL, BuffereventOptions::default());
        let mut bufferevent = base.get_mut(id).expect("it is new");
        bufferevent.setwatermark(Directions::READ, Watermarks::new(0, 10));
        bufferevent.enable(Directions::READ).expect("it has a handle");
    }
    let mut received = 0;
    for _ in 0..ROUNDS {
        for &handle in &handles {
            kernel.peer_send(handle, b"0123456789");
        }
        for _ in 0..2 {
            run_pass(&mut base, &mut kernel);
        }
        received += handles.iter().map(|&handle| kernel.peer_recv(handle, 99).len()).sum::<usize>();
        after_round(base.observer_mut());
    }
    received
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
