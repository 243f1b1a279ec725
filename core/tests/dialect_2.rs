//! What only libevent 2.x has: deferred callbacks, triggers, single-call bounds, frozen ends, the delayed release.
#![cfg(feature = "sim")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use bufferevent::sim::KernelSpec;
use bufferevent::{
    BuffereventId, BuffereventOptions, Callbacks, Dialect, Direction, Directions, FilterKind, Frozen, Gone,
    Handle, ReadBoundError, Time, TriggerOptions, Watermarks, What,
};

use crate::support::Lab;

/// Makes a test for each dialect of 2.x of each function named.
macro_rules! in_every_2 {
    ($($test:ident,)*) => {
        mod dialect_2_1 {
            $(#[test] fn $test() { super::$test(bufferevent::Dialect::V2_1); })*
        }
        mod dialect_2_2 {
            $(#[test] fn $test() { super::$test(bufferevent::Dialect::V2_2); })*
        }
    };
}

in_every_2! {
    deferred_callbacks_run_read_then_write_then_event,
    several_happenings_collapse_into_one_deferred_call,
    taking_the_callbacks_away_stops_a_deferred_call_and_disabling_does_not,
    one_write_takes_max_single_write,
    the_application_cannot_touch_the_bufferevents_own_ends,
    the_handle_is_closed_by_the_loop_and_not_by_free,
    enabling_while_suspended_keeps_reading_stopped,
    the_watermarks_can_be_read_back,
    a_filter_has_the_handle_of_what_is_below,
}

fn connect(lab: &mut Lab, defer_callbacks: bool) -> (BuffereventId, Handle) {
    let options = BuffereventOptions { close_on_free: true, defer_callbacks };
    let (id, handle) = lab.connect_with(KernelSpec::default(), options);
    lab.base.get_mut(id).expect("it is there").enable(Directions::READ).expect("it has a handle");
    (id, handle)
}

fn deferred_callbacks_run_read_then_write_then_event(dialect: Dialect) {
    for (defer, order) in [(true, ["R5", "W0", "E11"]), (false, ["W0", "R5", "E11"])] {
        let mut lab = Lab::new(dialect);
        let (id, handle) = connect(&mut lab, defer);
        lab.base.get_mut(id).unwrap().write(b"out").unwrap();
        lab.kernel.peer_send(handle, b"hello");
        lab.kernel.peer_shutdown(handle);
        assert_eq!(lab.settle(), order, "deferred: {defer}");
    }
}

fn several_happenings_collapse_into_one_deferred_call(dialect: Dialect) {
    let mut lab = Lab::new(dialect);
    let (id, _) = connect(&mut lab, true);
    for what in [What::EOF, What::ERROR | What::READING] {
        let call = lab.base.get_mut(id).unwrap().trigger_event(what, TriggerOptions::default()).unwrap();
        assert_eq!(lab.base.poll_triggered(call), None);
    }
    assert_eq!(lab.settle(), ["E31"]);
}

fn taking_the_callbacks_away_stops_a_deferred_call_and_disabling_does_not(dialect: Dialect) {
    for (taken_away, log) in [(true, &[][..]), (false, &["R5".to_owned()][..])] {
        let mut lab = Lab::new(dialect);
        let (id, _) = connect(&mut lab, true);
        lab.base.get_mut(id).unwrap().edit_input(|input| input.prepend(b"hello")).unwrap();
        let call =
            lab.base.get_mut(id).unwrap().trigger(Directions::READ, TriggerOptions::default()).unwrap();
        assert_eq!(lab.base.poll_triggered(call), None);
        if taken_away {
            lab.base.get_mut(id).unwrap().setcb(Callbacks::NONE);
        } else {
            lab.base.get_mut(id).unwrap().disable(Directions::BOTH);
        }
        assert_eq!(lab.settle(), log);
    }
}

#[test]
fn one_read_takes_max_single_read_which_in_2_1_is_never_more_than_4096() {
    let whole: &[_] = &["R65536", "R4464"];
    for (dialect, bound, incoming, log) in [
        (Dialect::V2_1, 7, 20, &["R7", "R7", "R6"][..]),
        (Dialect::V2_1, 16384, 10_000, &["R4096", "R4096", "R1808"]),
        (Dialect::V2_1, 0, 10, &["R10"]),
        (Dialect::V2_1, i32::MAX as usize + 1, 5000, &["R4096", "R904"]),
        (Dialect::V2_2, 7, 20, &["R7", "R7", "R6"]),
        (Dialect::V2_2, 10_000, 20_001, &["R10000", "R10000", "R1"]),
        (Dialect::V2_2, 0, 20_000, &["R16384", "R3616"]),
        (Dialect::V2_2, usize::MAX, 20_000, &["R16384", "R3616"]),
        (Dialect::V2_2, 100_000, 70_000, whole),
    ] {
        let mut lab = Lab::new(dialect);
        let (id, handle) = connect(&mut lab, false);
        lab.base.get_mut(id).unwrap().set_max_single_read(bound).unwrap();
        lab.on_callback(move |base, _| assert!(base.get_mut(id).unwrap().drain(usize::MAX).is_ok()));
        lab.kernel.peer_send(handle, &vec![b'x'; incoming]);
        assert_eq!(lab.settle(), log, "{dialect}: {bound}");
    }
}

#[test]
fn a_bound_that_2_2_refuses_leaves_reads_as_they_were() {
    let mut lab = Lab::new(Dialect::V2_2);
    let (id, handle) = connect(&mut lab, false);
    lab.base.get_mut(id).unwrap().set_max_single_read(5).unwrap();
    let largest = i32::MAX as usize;
    let refused = lab.base.get_mut(id).unwrap().set_max_single_read(largest + 1);
    assert_eq!(refused, Err(ReadBoundError::TooLarge { largest }));
    let refused = lab.base.get_mut(id).unwrap().set_max_single_read(isize::MAX as usize);
    assert_eq!(refused, Err(ReadBoundError::TooLarge { largest }), "only beyond this it is the default");
    lab.kernel.peer_send(handle, b"hello world");
    assert_eq!(lab.turn(), ["R5"]);
    assert_eq!(lab.base.get_mut(id).unwrap().set_max_single_read(largest), Ok(()));
}

fn one_write_takes_max_single_write(dialect: Dialect) {
    let mut lab = Lab::new(dialect);
    let (id, _) = connect(&mut lab, false);
    lab.base.get_mut(id).unwrap().set_max_single_write(7).unwrap();
    lab.base.get_mut(id).unwrap().setwatermark(Directions::WRITE, Watermarks::new(100, 0));
    lab.base.get_mut(id).unwrap().write(&[b'x'; 20]).unwrap();
    assert_eq!(lab.settle(), ["W13", "W6", "W0"]);
}

#[test]
fn setting_no_timeout_takes_a_running_timer_away() {
    for (dialect, log) in
        [(Dialect::V2_1, &[][..]), (Dialect::V2_2, &[]), (Dialect::V1_4, &["E41".to_owned()][..])]
    {
        let mut lab = Lab::new(dialect);
        let (id, _) = lab.connect();
        lab.base.get_mut(id).unwrap().set_timeouts(Some(Duration::from_secs(1)), None);
        lab.base.get_mut(id).unwrap().enable(Directions::READ).unwrap();
        lab.base.get_mut(id).unwrap().set_timeouts(None, None);
        lab.now = Time::from_millis(1000);
        assert_eq!(lab.settle(), log, "{dialect}");
    }
}

fn the_application_cannot_touch_the_bufferevents_own_ends(dialect: Dialect) {
    let mut lab = Lab::new(dialect);
    let (id, _) = connect(&mut lab, false);
    lab.base.get_mut(id).unwrap().write(b"out").unwrap();
    assert_eq!(lab.base.get_mut(id).unwrap().edit_input(|input| input.add(b"x")), Err(Frozen));
    assert_eq!(lab.base.get_mut(id).unwrap().edit_output(|output| output.drain(1)), Err(Frozen));
    assert_eq!(lab.base.get_mut(id).unwrap().edit_input(|input| input.prepend(b"x")), Ok(()));
}

fn the_handle_is_closed_by_the_loop_and_not_by_free(dialect: Dialect) {
    let mut lab = Lab::new(dialect);
    let (id, handle) = connect(&mut lab, false);
    let closed = |lab: &Lab| lab.kernel.socket(handle).unwrap().is_closed();
    lab.base.get_mut(id).unwrap().free();
    assert!(!closed(&lab) && lab.base.get(id).is_err());
    lab.turn();
    assert!(closed(&lab));
}

#[test]
fn free_in_a_callback_closes_the_handle_in_the_same_pass_and_1_4_never_does() {
    for (dialect, closes) in [(Dialect::V2_1, true), (Dialect::V2_2, true), (Dialect::V1_4, false)] {
        let mut lab = Lab::new(dialect);
        let (id, handle) = connect(&mut lab, false);
        lab.kernel.peer_send(handle, b"hello");
        lab.on_callback(move |base, _| base.get_mut(id).unwrap().free());
        assert_eq!(lab.turn(), ["R5"]);
        assert_eq!(lab.kernel.socket(handle).unwrap().is_closed(), closes, "{dialect}");
    }
}

#[test]
fn writing_and_freeing_sends_nothing() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::new(dialect);
        let (id, handle) = lab.connect();
        lab.base.get_mut(id).unwrap().write(b"lost").unwrap();
        lab.base.get_mut(id).unwrap().free();
        lab.settle();
        assert_eq!(lab.kernel.peer_recv(handle, 9), b"", "{dialect}");
    }
}

fn enabling_while_suspended_keeps_reading_stopped(dialect: Dialect) {
    let mut lab = Lab::new(dialect);
    let (id, handle) = connect(&mut lab, false);
    lab.base.get_mut(id).unwrap().setcb(Callbacks { read: false, ..Callbacks::ALL });
    lab.base.get_mut(id).unwrap().setwatermark(Directions::READ, Watermarks::new(0, 4));
    lab.kernel.peer_send(handle, b"hello");
    lab.settle();
    lab.base.get_mut(id).unwrap().disable(Directions::READ);
    lab.base.get_mut(id).unwrap().enable(Directions::READ).unwrap();
    assert!(!lab.is_reading(id));
    lab.base.get_mut(id).unwrap().setwatermark(Directions::READ, Watermarks::new(0, 0));
    assert!(lab.is_reading(id));
}

#[test]
fn an_error_disables_its_direction_in_2_x_and_nothing_in_1_4() {
    let disables = [Dialect::V2_1, Dialect::V2_2].map(|dialect| (dialect, Directions::WRITE));
    for (dialect, enabled) in disables.into_iter().chain([(Dialect::V1_4, Directions::BOTH)]) {
        let mut lab = Lab::new(dialect);
        let (id, handle) = lab.connect();
        lab.base.get_mut(id).unwrap().enable(Directions::READ).unwrap();
        lab.kernel.peer_shutdown(handle);
        assert_eq!(lab.settle(), ["E11"]);
        assert_eq!(lab.base.get(id).unwrap().enabled(), enabled, "{dialect}");
        assert!(!lab.base.is_armed(id, Direction::Read), "{dialect}");
    }
}

fn the_watermarks_can_be_read_back(dialect: Dialect) {
    let mut lab = Lab::new(dialect);
    let (id, _) = connect(&mut lab, false);
    assert_eq!(lab.base.get(id).unwrap().watermarks(Direction::Read), Watermarks::new(0, 0));
    lab.base.get_mut(id).unwrap().setwatermark(Directions::WRITE, Watermarks::new(100, 2000));
    assert_eq!(lab.base.get(id).unwrap().watermarks(Direction::Write), Watermarks::new(100, 2000));
}

fn a_filter_has_the_handle_of_what_is_below(dialect: Dialect) {
    let mut lab = Lab::new(dialect);
    let (below, handle) = connect(&mut lab, false);
    let options = BuffereventOptions::default();
    let filters = [FilterKind::Rot13, FilterKind::None].into_iter().scan(below, |under, kind| {
        *under = lab.base.bufferevent_filter_new(*under, kind, kind, Callbacks::ALL, options).unwrap();
        Some(*under)
    });
    let filters: Vec<_> = filters.collect();
    let [middle, top] = filters[..] else { panic!("there are two") };
    let everywhere = |lab: &Lab| [below, middle, top].map(|id| lab.base.getfd(id).unwrap());
    assert_eq!(everywhere(&lab), [Some(handle); 3]);

    let other = lab.kernel.open(KernelSpec::default());
    lab.base.get_mut(top).unwrap().setfd(Some(other));
    assert_eq!(everywhere(&lab), [Some(other); 3]);
    assert_eq!(lab.base.get(top).unwrap().handle(), None);

    lab.base.get_mut(below).unwrap().free();
    assert_eq!((lab.base.getfd(below), lab.base.getfd(top)), (Err(Gone), Ok(Some(other))));

    let [one, _] = lab.base.bufferevent_pair_new([Callbacks::ALL; 2]).unwrap();
    assert_eq!(lab.base.getfd(one), Ok(None));
}
