//! Pairs: two bufferevents joined without a socket. The logs are what libevent 2.1.12 printed for the same calls.

use bufferevent::{
    BuffereventId, Callbacks, Dialect, Directions, Due, EventBase, FlushError, FlushMode, NoFunction, Time,
    Watermarks, What,
};
use std::time::Duration;

use crate::support::NoKernel;

struct Fixture {
    base: EventBase,
    a: BuffereventId,
    b: BuffereventId,
    log: Vec<String>,
    now: Time,
}

impl Fixture {
    fn new() -> Self {
        let mut base = EventBase::new(Dialect::V2_1);
        let [a, b] = base.bufferevent_pair_new([Callbacks::ALL; 2]).expect("2.1 has pairs");
        Self { base, a, b, log: Vec::new(), now: Time::ZERO }
    }

    /// One pass, broken off after so many callbacks.
    fn turn(&mut self, most: usize) -> Vec<String> {
        self.base.begin_pass(self.now);
        while let Some(due) = self.base.poll_callback(&mut NoKernel) {
            let (id, line) = match due {
                Due::Read(id) => (id, "R".to_owned()),
                Due::Write(id) => (id, "W".to_owned()),
                Due::Event(id, what) => (id, format!("E{:x}", what.bits())),
                Due::Buffer(..) | Due::Application(..) => unreachable!("there is none"),
            };
            let name = if id == self.a { "a" } else { "b" };
            let bufferevent = self.base.get(id).expect("it was not freed");
            let (input, output) = (bufferevent.input().len(), bufferevent.output().len());
            self.log.push(format!("{name} {line} in={input} out={output}"));
            if self.log.len() == most {
                self.base.loopbreak();
            }
        }
        std::mem::take(&mut self.log)
    }

    /// Lengths of a's output and b's input.
    fn lengths(&self) -> (usize, usize) {
        let output = self.base.get(self.a).map_or(0, |a| a.output().len());
        (output, self.base.get(self.b).map_or(0, |b| b.input().len()))
    }
}

#[test]
fn bytes_wait_until_the_other_side_reads() {
    let mut pair = Fixture::new();
    pair.base.get_mut(pair.a).unwrap().write(b"0123456789").unwrap();
    assert_eq!((pair.lengths(), pair.turn(9)), ((10, 0), vec![]));
    pair.base.get_mut(pair.b).unwrap().enable(Directions::READ).unwrap();
    assert_eq!(pair.lengths(), (0, 10));
    assert_eq!(pair.turn(9), ["b R in=10 out=0", "a W in=0 out=0"]);
    let mut bytes = [0; 10];
    assert_eq!(pair.base.get_mut(pair.b).unwrap().read(&mut bytes), Ok(10));
    assert_eq!(&bytes, b"0123456789");
}

#[test]
fn the_high_mark_holds_across_and_draining_pulls_more() {
    let mut pair = Fixture::new();
    pair.base.get_mut(pair.b).unwrap().setwatermark(Directions::READ, Watermarks::new(0, 4));
    pair.base.get_mut(pair.a).unwrap().write(b"0123456789").unwrap();
    pair.base.get_mut(pair.b).unwrap().enable(Directions::READ).unwrap();
    assert_eq!(pair.lengths(), (6, 4));
    assert_eq!(pair.turn(3), ["b R in=4 out=0"; 3], "a callback that does not drain spins");
    pair.base.get_mut(pair.b).unwrap().drain(2).unwrap();
    assert_eq!(pair.lengths(), (4, 4), "at once, inside the drain");
}

#[test]
fn flush_passes_the_high_mark_and_finished_ends_the_stream() {
    let mut pair = Fixture::new();
    pair.base.get_mut(pair.b).unwrap().setwatermark(Directions::READ, Watermarks::new(0, 4));
    pair.base.get_mut(pair.b).unwrap().enable(Directions::READ).unwrap();
    pair.base.get_mut(pair.a).unwrap().write(b"01234567").unwrap();
    assert_eq!(pair.base.get_mut(pair.a).unwrap().flush(Directions::WRITE, FlushMode::Normal), Ok(()));
    assert_eq!(pair.lengths(), (4, 4));
    assert_eq!(pair.base.get_mut(pair.a).unwrap().flush(Directions::WRITE, FlushMode::Flush), Ok(()));
    assert_eq!(pair.lengths(), (0, 8));
    assert_eq!(pair.base.get_mut(pair.a).unwrap().flush(Directions::WRITE, FlushMode::Finished), Ok(()));
    pair.base.get_mut(pair.b).unwrap().drain(8).unwrap();
    assert_eq!(pair.turn(9), ["b R in=0 out=0", "b E11 in=0 out=0", "a W in=0 out=0"]);
}

#[test]
fn freeing_one_side_leaves_the_other_without_a_partner() {
    let mut pair = Fixture::new();
    assert_eq!(pair.base.get(pair.a).unwrap().pair_get_partner(), Some(pair.b));
    pair.base.get_mut(pair.b).unwrap().free();
    assert_eq!(pair.turn(9), Vec::<String>::new(), "the other side is told nothing");
    assert_eq!(pair.base.get(pair.a).unwrap().pair_get_partner(), None);
    assert_eq!(
        pair.base.get_mut(pair.a).unwrap().flush(Directions::WRITE, FlushMode::Flush),
        Err(FlushError::NoPartner)
    );
    pair.base.get_mut(pair.a).unwrap().write(b"x").unwrap();
    assert_eq!(pair.lengths(), (1, 0));
}

#[test]
fn a_pair_times_out_and_disables_the_direction() {
    let mut pair = Fixture::new();
    pair.base.get_mut(pair.b).unwrap().set_timeouts(Some(Duration::from_millis(150)), None);
    pair.base.get_mut(pair.b).unwrap().enable(Directions::READ).unwrap();
    pair.now = Time::from_millis(149);
    assert_eq!(pair.turn(9), Vec::<String>::new());
    pair.now = Time::from_millis(150);
    let timed_out = format!("b E{:x} in=0 out=0", (What::READING | What::TIMEOUT).bits());
    assert_eq!(pair.turn(9), [timed_out]);
    assert!(!pair.base.get(pair.b).unwrap().enabled().read);
}

#[test]
fn a_low_mark_holds_the_callback_back_across_a_pair() {
    let mut pair = Fixture::new();
    pair.base.get_mut(pair.b).unwrap().setwatermark(Directions::READ, Watermarks::new(4, 0));
    pair.base.get_mut(pair.b).unwrap().enable(Directions::READ).unwrap();
    pair.base.get_mut(pair.a).unwrap().write(b"012").unwrap();
    assert_eq!(pair.turn(9), ["a W in=0 out=0"]);
    pair.base.get_mut(pair.a).unwrap().write(b"3").unwrap();
    assert_eq!(pair.turn(9), ["b R in=4 out=0", "a W in=0 out=0"]);
}

#[test]
fn libevent_1_4_has_no_pairs() {
    let mut base = EventBase::new(Dialect::V1_4);
    let none = NoFunction { dialect: Dialect::V1_4, function: "bufferevent_pair_new" };
    assert_eq!(base.bufferevent_pair_new([Callbacks::ALL; 2]), Err(none));
}
