//! What pairs record, and when their timers run.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use bufferevent::{
    BuffereventId, Callbacks, Dialect, Direction, Directions, EventBase, FlushMode, Record, Step, Time,
    Watermarks,
};

const PAIRED: [Dialect; 2] = [Dialect::V2_1, Dialect::V2_2];
const SECOND: Option<Duration> = Some(Duration::from_secs(1));

struct Pair {
    base: EventBase<Vec<Record>>,
    a: BuffereventId,
    b: BuffereventId,
}

impl Pair {
    fn new(dialect: Dialect) -> Self {
        let mut base = EventBase::with_observer(dialect, Vec::new());
        let [a, b] = base.bufferevent_pair_new([Callbacks::NONE; 2]).unwrap();
        Self { base, a, b }
    }

    /// What moved since the last time: whose record, what it says, and its length afterwards.
    fn moved(&mut self) -> Vec<(&'static str, Vec<u8>, usize)> {
        let a = self.a.number();
        let records = std::mem::take(self.base.observer_mut()).into_iter();
        let moved = records.filter_map(|record| match record.step {
            Step::Sent { payload, output, .. } => Some((record.connection, payload, output)),
            Step::Received { payload, input, .. } => Some((record.connection, payload, input)),
            _ => None,
        });
        moved
            .map(|(about, payload, len)| {
                assert_eq!(payload.len, payload.bytes.len());
                (if about == Some(a) { "a" } else { "b" }, payload.bytes, len)
            })
            .collect()
    }

    fn deadlines(&self, id: BuffereventId) -> [Option<Time>; 2] {
        [Direction::Read, Direction::Write].map(|direction| self.base.deadline(id, direction))
    }
}

#[test]
fn both_sides_tell_what_moved_and_what_they_hold_then() {
    for dialect in PAIRED {
        let mut pair = Pair::new(dialect);
        let mut b = pair.base.get_mut(pair.b).unwrap();
        b.setwatermark(Directions::READ, Watermarks::new(0, 8));
        b.enable(Directions::READ).unwrap();
        pair.base.get_mut(pair.a).unwrap().write(b"hello").unwrap();
        let told = [("a", b"hello".to_vec(), 0), ("b", b"hello".to_vec(), 5)];
        assert_eq!(pair.moved(), told, "{dialect}");
        pair.base.get_mut(pair.a).unwrap().write(b", world").unwrap();
        let told = [("b", b", w".to_vec(), 8), ("a", b", w".to_vec(), 4)];
        assert_eq!(
            pair.moved(),
            told,
            "{dialect}: three fit below the mark, and the receiver hears of a part first"
        );
    }
}

#[test]
fn a_flush_of_nothing_moves_nothing_and_leaves_timers_alone() {
    for dialect in PAIRED {
        let mut pair = Pair::new(dialect);
        let mut b = pair.base.get_mut(pair.b).unwrap();
        b.enable(Directions::READ).unwrap();
        b.set_timeouts(SECOND, None);
        let before = pair.deadlines(pair.b);
        assert_eq!(before, [Some(Time::from_millis(1000)), None], "{dialect}");
        pair.base.set_now(Time::from_millis(300));
        pair.moved();
        pair.base.get_mut(pair.a).unwrap().flush(Directions::WRITE, FlushMode::Flush).unwrap();
        assert_eq!((pair.moved(), pair.deadlines(pair.b)), (vec![], before), "{dialect}");
        pair.base.get_mut(pair.a).unwrap().write(b"hello").unwrap();
        let restarted = [Some(Time::from_millis(1300)), None];
        assert_eq!(pair.deadlines(pair.b), restarted, "{dialect}: bytes restart the reader's timer");
    }
}

#[test]
fn setting_timeouts_starts_the_timers_of_what_is_enabled_and_has_something_to_wait_for() {
    for dialect in PAIRED {
        let mut pair = Pair::new(dialect);
        let end = Some(Time::from_millis(1000));
        pair.base.get_mut(pair.a).unwrap().set_timeouts(SECOND, SECOND);
        assert_eq!(pair.deadlines(pair.a), [None, None], "{dialect}: nothing to read or to write");
        pair.base.get_mut(pair.a).unwrap().write(b"waits").unwrap();
        pair.base.get_mut(pair.a).unwrap().set_timeouts(SECOND, SECOND);
        assert_eq!(pair.deadlines(pair.a), [None, end], "{dialect}: output waits");
        pair.base.get_mut(pair.a).unwrap().enable(Directions::READ).unwrap();
        assert_eq!(pair.deadlines(pair.a), [end, end], "{dialect}: reading, too");
        pair.base.get_mut(pair.a).unwrap().set_timeouts(None, SECOND);
        assert_eq!(pair.deadlines(pair.a), [None, end], "{dialect}: no timeout, no timer");
        pair.base.get_mut(pair.a).unwrap().disable(Directions::WRITE);
        pair.base.get_mut(pair.a).unwrap().set_timeouts(SECOND, SECOND);
        assert_eq!(pair.deadlines(pair.a), [end, None], "{dialect}: writing is disabled");
    }
}

#[test]
fn enabling_starts_a_write_timer_only_for_writing_and_only_while_output_waits() {
    for dialect in PAIRED {
        let mut pair = Pair::new(dialect);
        let mut a = pair.base.get_mut(pair.a).unwrap();
        a.set_timeouts(None, SECOND);
        a.enable(Directions::WRITE).unwrap();
        assert_eq!(pair.deadlines(pair.a), [None, None], "{dialect}: nothing waits");
        let mut a = pair.base.get_mut(pair.a).unwrap();
        a.disable(Directions::WRITE);
        a.write(b"waits").unwrap();
        a.enable(Directions::READ).unwrap();
        assert_eq!(pair.deadlines(pair.a), [None, None], "{dialect}: only reading was enabled");
        pair.base.get_mut(pair.a).unwrap().enable(Directions::WRITE).unwrap();
        assert_eq!(pair.deadlines(pair.a), [None, Some(Time::from_millis(1000))], "{dialect}");
        assert_eq!(pair.base.get(pair.a).unwrap().output().len(), 5, "{dialect}: nobody reads");
    }
}

#[test]
fn a_flush_tells_of_the_end_only_when_it_is_finished() {
    for (mode, told) in [(FlushMode::Normal, 0), (FlushMode::Flush, 0), (FlushMode::Finished, 1)] {
        let mut pair = Pair::new(Dialect::V2_1);
        pair.base.get_mut(pair.b).unwrap().setcb(Callbacks::ALL);
        pair.moved();
        pair.base.get_mut(pair.a).unwrap().flush(Directions::WRITE, mode).unwrap();
        let records = std::mem::take(pair.base.observer_mut());
        let ends = records.iter().filter(|record| {
            let Step::CallbackDeferred { callback } = record.step else { return false };
            matches!(callback, bufferevent::Callback::Event(_))
        });
        assert_eq!(ends.count(), told, "{mode:?}");
    }
}
