//! The loop's timers: when each fires, and which first of those that have one time.
#![cfg(feature = "sim")]
#![expect(clippy::unwrap_used, reason = "a test fails where something is missing")]

use std::time::Duration;

use bufferevent::{
    BuffereventId, BuffereventOptions, Callbacks, Dialect, Direction, Directions, Due, EventBase, EventFlags,
    EventName, FilterKind, Handle, Record, Step, Time,
};

use crate::support::{Lab, NoKernel};

#[test]
fn a_timer_fires_at_its_time_and_adding_it_again_restarts_it() {
    let mut lab = Lab::new(Dialect::V1_4);
    let timer = lab.base.event_new(None, EventFlags::NONE);
    lab.base.event_mut(timer).unwrap().add(Some(Duration::from_millis(100))).unwrap();
    lab.now = Time::from_millis(60);
    assert_eq!(lab.turn(), Vec::<String>::new());
    lab.base.event_mut(timer).unwrap().add(Some(Duration::from_millis(100))).unwrap();
    lab.now = Time::from_millis(159);
    assert_eq!(lab.turn(), Vec::<String>::new());
    assert_eq!(lab.base.next_wait(), Some(Duration::from_millis(1)));
    lab.now = Time::from_millis(160);
    assert_eq!(lab.turn(), ["A1"]);
    assert!(!lab.base.has_events());
}

#[test]
fn a_persistent_timer_repeats_in_2_1_without_drifting_and_not_in_1_4() {
    for (dialect, times) in [(Dialect::V1_4, 1), (Dialect::V2_1, 3), (Dialect::V2_2, 3)] {
        let mut lab = Lab::new(dialect);
        let timer = lab.base.event_new(None, EventFlags::PERSIST);
        lab.base.event_mut(timer).unwrap().add(Some(Duration::from_millis(10))).unwrap();
        let mut count = 0;
        for late in [12, 20, 31] {
            lab.now = Time::from_millis(late);
            count += lab.turn().len();
        }
        assert_eq!(count, times, "{dialect}");
    }
}

#[test]
fn timers_of_one_moment_fire_in_the_order_of_a_binary_heap() {
    let mut lab = Lab::new(Dialect::V1_4);
    let timers: Vec<_> = (0..5).map(|_| lab.base.event_new(None, EventFlags::NONE)).collect();
    for timer in timers.iter().rev() {
        lab.base.event_mut(*timer).unwrap().add(Some(Duration::from_millis(5))).unwrap();
    }
    lab.now = Time::from_millis(5);
    // The one that was set first is at the root; whenever it is taken, the last takes its place and stays there.
    assert_eq!(lab.turn(), ["A5", "A1", "A2", "A3", "A4"]);
}

#[test]
fn a_hundred_thousand_timers_fire_each_at_its_time() {
    let mut base = EventBase::new(Dialect::V1_4);
    let count = 100_000_u64;
    for n in 0..count {
        let timer = base.event_new(None, EventFlags::NONE);
        base.event_mut(timer).unwrap().add(Some(Duration::from_micros((n * 7919) % count))).unwrap();
    }
    // Debug builds check every event after each step: a few of them are enough to see the order.
    for micros in 0..3 {
        base.begin_pass(Time::from_micros(micros));
        let number = (1..=count).find(|number| ((number - 1) * 7919) % count == micros).unwrap();
        let due = base.poll_callback(&mut NoKernel);
        assert!(matches!(due, Some(Due::Application(event, _)) if event.number() == number), "{due:?}");
        assert_eq!(base.poll_callback(&mut NoKernel), None);
    }
}

/// A socket, a side of a pair and a filter.
fn one_of_each_kind(base: &mut EventBase<Vec<Record>>) -> [BuffereventId; 3] {
    let options = BuffereventOptions::default();
    let [socket, below] = [1, 2].map(|n| base.bufferevent_new(Some(Handle(n)), Callbacks::NONE, options));
    let [side, _] = base.bufferevent_pair_new([Callbacks::NONE; 2]).unwrap();
    let none = FilterKind::None;
    let filter = base.bufferevent_filter_new(below, none, none, Callbacks::NONE, options).unwrap();
    [socket, side, filter]
}

/// Which of others that have one time fires first hangs on it.
#[test]
fn a_filter_that_is_disabled_stops_its_write_timer_first_and_others_that_of_reading() {
    const READ_FIRST: [Direction; 2] = [Direction::Read, Direction::Write];
    const WRITE_FIRST: [Direction; 2] = [Direction::Write, Direction::Read];
    for dialect in [Dialect::V2_1, Dialect::V2_2] {
        let mut base = EventBase::with_observer(dialect, Vec::new());
        let kinds = one_of_each_kind(&mut base).into_iter().zip([READ_FIRST, READ_FIRST, WRITE_FIRST]);
        for (id, order) in kinds {
            let mut bufferevent = base.get_mut(id).unwrap();
            let second = Some(Duration::from_secs(1));
            bufferevent.set_timeouts(second, second);
            // That of a pair's writing runs while something waits to be written.
            bufferevent.edit_output(|output| output.add(b"waits")).unwrap();
            bufferevent.enable(Directions::BOTH).unwrap();
            base.observer_mut().clear();
            base.get_mut(id).unwrap().disable(Directions::BOTH);
            let stopped = base.observer_mut().iter().filter_map(|record| match record.step {
                Step::TimerCancelled { event: EventName::Read } => Some(Direction::Read),
                Step::TimerCancelled { event: EventName::Write } => Some(Direction::Write),
                _ => None,
            });
            assert_eq!(stopped.collect::<Vec<_>>(), order, "{dialect}, {id:?}");
        }
    }
}
