//! What an event base and its bufferevents answer when they are asked, and what they do that only an answer shows.
#![cfg(feature = "sim")]

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use bufferevent::sim::KernelSpec;
use bufferevent::{
    BuffereventOptions, Callbacks, ConnectError, Dialect, Direction, Directions, Due, Errno, EventBase,
    EventFlags, FilterError, FlushError, Frozen, Gone, MoveError, NoFunction, NoHandle, PassEnd, PrintfError,
    PriorityError, ReadBoundError, Readiness, Record, Rule, Step, Tanks, Time, Totals, Transfer,
    TriggerOptions, Watermarks,
};

use crate::support::Lab;

#[test]
fn a_dialect_says_whether_it_can_close_on_free() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::new(dialect);
        let options = BuffereventOptions { close_on_free: true, ..BuffereventOptions::default() };
        let (id, handle) = lab.connect_with(KernelSpec::default(), options);
        lab.base.get_mut(id).unwrap().free();
        lab.settle();
        lab.turn();
        let closed = lab.kernel.socket(handle).unwrap().is_closed();
        assert_eq!(dialect.can_close_on_free(), closed, "{dialect}");
    }
}

#[test]
fn a_bufferevent_says_what_handle_it_is_on() {
    let mut lab = Lab::new(Dialect::V2_1);
    let (id, handle) = lab.connect();
    assert_eq!(lab.base.get(id).unwrap().handle(), Some(handle));
    lab.base.get_mut(id).unwrap().setfd(None);
    assert_eq!(lab.base.get(id).unwrap().handle(), None);
}

#[test]
fn only_1_4_has_a_pressure_callback_and_only_while_input_is_full() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::new(dialect);
        let (id, handle) = lab.connect();
        lab.base.get_mut(id).unwrap().setwatermark(Directions::READ, Watermarks::new(0, 4));
        lab.base.get_mut(id).unwrap().enable(Directions::READ).unwrap();
        assert!(!lab.base.get(id).unwrap().has_pressure_callback(), "{dialect}");
        lab.kernel.peer_send(handle, b"full");
        lab.turn();
        let full = lab.base.get(id).unwrap().has_pressure_callback();
        assert_eq!(full, dialect == Dialect::V1_4, "{dialect}");
        lab.base.get_mut(id).unwrap().drain(1).unwrap();
        assert!(!lab.base.get(id).unwrap().has_pressure_callback(), "{dialect}");
    }
}

#[test]
fn a_more_urgent_bufferevent_is_called_first_and_a_priority_that_is_not_there_is_refused() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::new(dialect);
        lab.base.set_priorities(2).unwrap();
        let connections = [lab.connect(), lab.connect()];
        for (at, (id, handle)) in connections.into_iter().enumerate() {
            let mut bufferevent = lab.base.get_mut(id).unwrap();
            bufferevent.enable(Directions::READ).unwrap();
            assert_eq!(bufferevent.priority_set(2), Err(PriorityError::OutOfRange), "{dialect}");
            assert_eq!(bufferevent.priority_set(1 - at as u8), Ok(()), "{dialect}");
            lab.kernel.peer_send(handle, &b"sent"[at..]);
        }
        assert_eq!(lab.turn(), ["R3", "R4"], "{dialect}: the second is more urgent");
    }
}

#[test]
fn a_deferred_callback_takes_the_priority_that_its_bufferevent_is_given_later() {
    for dialect in [Dialect::V2_1, Dialect::V2_2] {
        let mut lab = Lab::new(dialect);
        lab.base.set_priorities(2).unwrap();
        let [(first, _), (second, _)] = [lab.connect(), lab.connect()];
        let called = Rc::new(RefCell::new(Vec::new()));
        let log = Rc::clone(&called);
        lab.on_callback(move |_, due| log.borrow_mut().push(due));
        let deferred = TriggerOptions { defer_callbacks: true, ..TriggerOptions::default() };
        for expected in [[first, second], [second, first]] {
            for id in [first, second] {
                let _deferred = lab.base.get_mut(id).unwrap().trigger(Directions::READ, deferred).unwrap();
            }
            lab.turn();
            assert_eq!(called.borrow_mut().split_off(0), expected.map(Due::Read), "{dialect}");
            lab.base.get_mut(second).unwrap().priority_set(0).unwrap();
        }
    }
}

#[test]
fn a_connection_in_the_making_is_waited_for_only_by_1_4_and_only_in_writing() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::new(dialect);
        let (id, handle) = lab.connect();
        lab.kernel.inject(handle, Direction::Write, Errno::InProgress, 1);
        lab.base.get_mut(id).unwrap().write(b"out").unwrap();
        let log = [lab.turn(), lab.turn()].concat();
        let expected = if dialect == Dialect::V1_4 { "W0" } else { "E22" };
        assert_eq!(log, [expected], "{dialect}: writing");

        let (id, handle) = lab.connect();
        lab.base.get_mut(id).unwrap().enable(Directions::READ).unwrap();
        lab.turn();
        lab.kernel.inject(handle, Direction::Read, Errno::InProgress, 1);
        lab.kernel.peer_send(handle, b"in");
        assert_eq!(lab.turn(), ["E21"], "{dialect}: reading");
    }
}

#[test]
fn an_event_is_pending_for_what_it_waits_for_for_its_timer_and_for_what_it_is_active_with() {
    let mut base = EventBase::new(Dialect::V2_1);
    let pending = |base: &EventBase, event| {
        [EventFlags::READ, EventFlags::WRITE, EventFlags::TIMEOUT]
            .map(|flags| base.event_pending(event, flags))
    };
    let event = base.event_new(Some(bufferevent::Handle(3)), EventFlags::READ);
    assert_eq!(pending(&base, event), [false, false, false]);
    base.event_mut(event).unwrap().add(None).unwrap();
    assert_eq!(pending(&base, event), [true, false, false]);
    base.event_mut(event).unwrap().add(Some(Duration::from_secs(1))).unwrap();
    assert_eq!(pending(&base, event), [true, false, true]);
    base.event_mut(event).unwrap().del();
    base.event_mut(event).unwrap().activate(EventFlags::WRITE);
    assert_eq!(pending(&base, event), [false, true, false]);
}

/// The steps of one pass in which nobody is called.
fn quiet_pass(base: &mut EventBase<Vec<Record>>, kernel: &mut bufferevent::sim::SimKernel) -> Vec<Step> {
    base.begin_pass(Time::ZERO);
    assert_eq!(base.poll_callback(kernel), None);
    std::mem::take(base.observer_mut()).into_iter().map(|record| record.step).collect()
}

#[test]
fn a_pass_says_how_many_events_became_active_and_why_it_ended() {
    for dialect in Dialect::ALL {
        let mut kernel = bufferevent::sim::SimKernel::new();
        let mut base = EventBase::with_observer(dialect, Vec::new());
        let steps = quiet_pass(&mut base, &mut kernel);
        let expected =
            [Step::PassBegan { pass: 1 }, Step::PassEnded { reason: PassEnd::NoEvents, callbacks: 0 }];
        assert_eq!(steps, expected, "{dialect}: nothing to wait for");

        for ready in [true, true, false] {
            let handle = kernel.open(KernelSpec::default());
            let id = base.bufferevent_new(Some(handle), Callbacks::NONE, BuffereventOptions::default());
            base.get_mut(id).unwrap().disable(Directions::WRITE);
            base.get_mut(id).unwrap().enable(Directions::READ).unwrap();
            if ready {
                kernel.peer_send(handle, b"in");
            }
        }
        base.observer_mut().clear();
        let steps = quiet_pass(&mut base, &mut kernel);
        assert!(steps.contains(&Step::Polled { active: 2 }), "{dialect}: {steps:?}");
        let end = Step::PassEnded { reason: PassEnd::Done, callbacks: 0 };
        assert_eq!(steps.last(), Some(&end), "{dialect}");
    }
}

#[test]
fn each_refusal_of_the_engine_has_words_of_its_own() {
    let none = NoFunction { dialect: Dialect::V1_4, function: "bufferevent_flush" };
    let words = [
        Gone.to_string(),
        MoveError::Frozen.to_string(),
        MoveError::OtherFrozen.to_string(),
        MoveError::Gone.to_string(),
        Frozen.to_string(),
        PrintfError::Value.to_string(),
        NoHandle.to_string(),
        FlushError::NoPartner.to_string(),
        none.to_string(),
        PriorityError::Active.to_string(),
        PriorityError::OutOfRange.to_string(),
        PriorityError::NoSocket.to_string(),
        ConnectError::NoSocket.to_string(),
        FilterError::Gone.to_string(),
        FilterError::Filtered.to_string(),
    ];
    for (at, one) in words.iter().enumerate() {
        assert!(!one.is_empty() && !words[at + 1..].contains(one), "{one:?}");
    }
    assert_eq!(PrintfError::Frozen.to_string(), Frozen.to_string());
    assert!(ReadBoundError::TooLarge { largest: 4096 }.to_string().contains("4096"));
    assert_eq!(none.to_string(), "libevent 1.4 has no bufferevent_flush");
    assert_eq!(FlushError::NoFunction(none).to_string(), none.to_string());
    assert_eq!(ConnectError::NoFunction(none).to_string(), none.to_string());
    assert_eq!(FilterError::NoFunction(none).to_string(), none.to_string());
}

#[test]
fn a_base_says_what_was_asked_of_its_loop_and_whether_a_pass_ran_anything() {
    let mut lab = Lab::new(Dialect::V2_1);
    lab.turn();
    assert!(!lab.base.exit_requested() && !lab.base.has_run_event());
    let event = lab.base.event_new(None, EventFlags::NONE);
    lab.base.event_mut(event).unwrap().activate(EventFlags::TIMEOUT);
    lab.turn();
    assert!(!lab.base.exit_requested() && lab.base.has_run_event());
    lab.turn();
    assert!(!lab.base.has_run_event());
    lab.base.loopexit();
    assert!(!lab.base.exit_requested(), "its event has yet to run");
    lab.turn();
    assert!(lab.base.exit_requested());
}

#[test]
fn with_fewer_priorities_an_event_gets_the_last_and_keeps_one_that_is_there() {
    let mut lab = Lab::new(Dialect::V2_1);
    lab.base.set_priorities(8).unwrap();
    let [first, last, kept] = [(); 3].map(|()| lab.base.event_new(None, EventFlags::NONE));
    for (event, priority) in [(first, 6), (last, 7), (kept, 1)] {
        lab.base.event_mut(event).unwrap().priority_set(priority).unwrap();
    }
    lab.base.set_priorities(3).unwrap();
    for event in [last, first, kept] {
        lab.base.event_mut(event).unwrap().activate(EventFlags::TIMEOUT);
    }
    assert_eq!(lab.turn(), ["A3", "A2", "A1"], "both of the last priority, in the order they became active");
}

#[test]
fn a_base_that_waits_for_nothing_any_more_has_no_events() {
    let mut base = EventBase::new(Dialect::V2_1);
    let handle = Some(bufferevent::Handle(3));
    let events = [(); 2].map(|()| base.event_new(handle, EventFlags::READ));
    for event in events {
        base.event_mut(event).unwrap().add(None).unwrap();
    }
    for (event, others) in events.into_iter().zip([true, false]) {
        assert!(base.has_events());
        base.event_mut(event).unwrap().del();
        assert_eq!(base.has_events(), others);
    }
}

const READABLE: Readiness = Readiness { readable: true, writable: false };
const WRITABLE: Readiness = Readiness { readable: false, writable: true };

#[test]
fn only_readiness_in_the_direction_that_is_waited_for_makes_a_pass_due() {
    for (interest, other, own) in
        [(EventFlags::READ, WRITABLE, READABLE), (EventFlags::WRITE, READABLE, WRITABLE)]
    {
        let mut base = EventBase::new(Dialect::V2_1);
        let handle = bufferevent::Handle(3);
        let event = base.event_new(Some(handle), interest);
        base.event_mut(event).unwrap().add(None).unwrap();
        base.note_ready(handle, other);
        assert_eq!(base.next_wait(), None);
        base.note_ready(handle, own);
        assert_eq!(base.next_wait(), Some(Duration::ZERO));
    }
}

/// It hears of readiness by edges: nothing is asked of it.
struct Edges;

impl bufferevent::Kernel for Edges {
    fn receive(
        &mut self,
        _: bufferevent::Handle,
        _: &mut [std::io::IoSliceMut<'_>],
    ) -> Result<Transfer, Errno> {
        Err(Errno::Again)
    }

    fn send(&mut self, _: bufferevent::Handle, _: &[std::io::IoSlice<'_>]) -> Result<Transfer, Errno> {
        Err(Errno::Again)
    }

    fn readable_bytes(&mut self, _: bufferevent::Handle) -> Option<usize> {
        None
    }
}

#[test]
fn readiness_that_nobody_waits_for_outlasts_a_pass() {
    let mut base = EventBase::new(Dialect::V2_1);
    let handle = bufferevent::Handle(3);
    let timer = base.event_new(None, EventFlags::NONE);
    base.event_mut(timer).unwrap().add(Some(Duration::from_secs(9))).unwrap();
    base.note_ready(handle, READABLE);
    base.begin_pass(Time::ZERO);
    assert_eq!(base.poll_callback(&mut Edges), None);
    let event = base.event_new(Some(handle), EventFlags::READ);
    base.event_mut(event).unwrap().add(None).unwrap();
    assert_eq!(base.next_wait(), Some(Duration::ZERO));
}

#[test]
fn a_handle_may_be_forgotten_while_the_loop_still_means_to_look_at_it() {
    let mut base = EventBase::new(Dialect::V2_1);
    let handle = bufferevent::Handle(3);
    let event = base.event_new(Some(handle), EventFlags::READ);
    base.event_mut(event).unwrap().add(None).unwrap();
    base.note_ready(handle, READABLE);
    base.event_mut(event).unwrap().del();
    base.forget_handle(handle);
    assert_eq!(base.next_wait(), None);
}

#[test]
fn a_base_shows_every_bufferevent_that_was_not_freed() {
    let mut lab = Lab::new(Dialect::V2_1);
    let [first, second] = [lab.connect().0, lab.connect().0];
    lab.base.get_mut(first).unwrap().free();
    let shown: Vec<_> = lab.base.bufferevents().map(|(id, _)| id).collect();
    assert_eq!(shown, [second], "the first is freed, and not yet released");
}

#[test]
fn a_read_that_would_block_ends_what_was_known_of_the_handle() {
    for dialect in Dialect::ALL {
        let mut base = EventBase::new(dialect);
        let handle = bufferevent::Handle(3);
        let id = base.bufferevent_new(Some(handle), Callbacks::ALL, BuffereventOptions::default());
        base.get_mut(id).unwrap().enable(Directions::READ).unwrap();
        base.note_ready(handle, READABLE);
        base.begin_pass(Time::ZERO);
        assert_eq!(base.poll_callback(&mut Edges), None, "{dialect}");
        assert_eq!(base.next_wait(), None, "{dialect}");
    }
}

#[test]
fn a_late_persistent_timer_keeps_its_beat_unless_its_next_time_is_past() {
    for dialect in [Dialect::V2_1, Dialect::V2_2] {
        for (late, wait) in [(19, 1), (20, 0), (25, 10)] {
            let mut lab = Lab::new(dialect);
            let timer = lab.base.event_new(None, EventFlags::PERSIST);
            lab.base.event_mut(timer).unwrap().add(Some(Duration::from_millis(10))).unwrap();
            lab.now = Time::from_millis(late);
            assert_eq!(lab.turn(), ["A1"], "{dialect}");
            assert_eq!(lab.base.next_wait(), Some(Duration::from_millis(wait)), "{dialect}: at {late} ms");
        }
    }
}

#[test]
fn a_trigger_call_inside_another_gives_only_its_own_callbacks() {
    let mut lab = Lab::new(Dialect::V2_1);
    let [(outer, _), (inner, _)] = [lab.connect(), lab.connect()];
    let options = TriggerOptions { ignore_watermarks: true, ..TriggerOptions::default() };
    let around = lab.base.get_mut(outer).unwrap().trigger(Directions::BOTH, options).unwrap();
    assert_eq!(lab.base.poll_triggered(around), Some(Due::Read(outer)));
    let within = lab.base.get_mut(inner).unwrap().trigger(Directions::WRITE, options).unwrap();
    assert_eq!(lab.base.poll_triggered(within), Some(Due::Write(inner)));
    assert_eq!(lab.base.poll_triggered(within), None, "the outer call has yet to go on");
    assert_eq!(lab.base.poll_triggered(around), Some(Due::Write(outer)));
    assert_eq!(lab.base.poll_triggered(around), None);
}

/// What is printed, hashed and compared by who writes a program, as the guidelines for Rust's interfaces ask.
#[test]
fn what_an_application_holds_can_be_shown_and_be_a_key() {
    fn key<T: std::hash::Hash + Eq + Copy + std::fmt::Debug + Send + Sync>() {}
    key::<Gone>();
    key::<Due>();
    key::<Watermarks>();
    key::<Callbacks>();
    key::<BuffereventOptions>();
    key::<TriggerOptions>();
    key::<Readiness>();
    key::<Transfer>();
    key::<Totals>();
    key::<Tanks>();
    key::<Direction>();
    key::<Time>();

    assert_eq!(Callbacks::default(), Callbacks::NONE);
    let mut base = EventBase::new(Dialect::V2_1);
    let id = base.bufferevent_new(None, Callbacks::NONE, BuffereventOptions::default());
    let event = base.event_new(None, EventFlags::NONE);
    assert_eq!((id.to_string(), event.to_string()), (id.number().to_string(), event.number().to_string()));
    assert_eq!(format!("{:>12}|", Time::from_micros(1_012_990)), " 1012.990 ms|");
    assert_eq!(Time::ZERO.to_string(), "0.000 ms");
    assert_eq!([Direction::Read, Direction::Write].map(|it| it.to_string()), ["read", "write"]);
    let sets = [Directions::NONE, Directions::READ, Directions::WRITE, Directions::BOTH];
    assert_eq!(sets.map(|it| it.to_string()), ["none", "read", "write", "read|write"]);
    for rule in Rule::between(Dialect::V1_4, Dialect::V2_1) {
        assert_eq!(serde_json::to_value(rule).ok(), Some(rule.to_string().into()), "JSON has the same name");
    }
}
