//! The engine beyond what one scenario can say: several bufferevents, the application's own events, stale ids.
#![cfg(feature = "sim")]
#![expect(clippy::unwrap_used, reason = "a test fails where something is missing")]

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use bufferevent::sim::KernelSpec;
use bufferevent::{
    BuffereventOptions, Callbacks, Dialect, Direction, Directions, Due, Evbuffer, EventBase, EventFlags,
    EventId, Gone, Handle, NoHandle, PriorityError, Readiness, Time, Watermarks, What,
};

use crate::support::{Lab, NoKernel};

#[test]
fn a_freed_bufferevent_or_event_is_gone() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::new(dialect);
        let (id, _) = lab.connect();
        let event = lab.base.event_new(None, EventFlags::NONE);
        lab.base.get_mut(id).unwrap().free();
        lab.base.event_mut(event).unwrap().free();
        assert_eq!(lab.base.get(id).err(), Some(Gone), "{dialect}");
        assert_eq!(lab.base.get_mut(id).err(), Some(Gone), "{dialect}");
        assert_eq!(lab.base.event_mut(event).err(), Some(Gone), "{dialect}");
    }
}

#[test]
fn a_stale_id_never_reaches_the_bufferevent_that_took_its_place() {
    let mut lab = Lab::new(Dialect::V1_4);
    let (old, _) = lab.connect();
    lab.base.get_mut(old).unwrap().free();
    let (new, _) = lab.connect();
    assert_eq!(lab.base.get_mut(old).err(), Some(Gone));
    assert_eq!(lab.base.get(new).unwrap().output().len(), 0);
    assert_ne!(old.number(), new.number());
}

#[test]
fn a_callback_may_free_another_bufferevent_whose_callback_was_next() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::new(dialect);
        let connections = [lab.connect(), lab.connect()];
        for (id, handle) in connections {
            lab.base.get_mut(id).unwrap().enable(Directions::READ).unwrap();
            lab.kernel.peer_send(handle, b"hello");
        }
        lab.on_callback(move |base, due| {
            let Due::Read(id) = due else { return };
            let other = connections.iter().find(|(other, _)| *other != id).unwrap().0;
            base.get_mut(other).unwrap().free();
        });
        assert_eq!(lab.settle(), ["R5"], "{dialect}: the other one's callback never runs");
    }
}

#[test]
fn a_callback_may_do_anything_to_another_bufferevent() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::new(dialect);
        let ((first, handle), (second, other)) = (lab.connect(), lab.connect());
        lab.base.get_mut(first).unwrap().enable(Directions::READ).unwrap();
        lab.kernel.peer_send(handle, b"hello");
        lab.on_callback(move |base, due| {
            if due == Due::Read(first) {
                base.get_mut(first).unwrap().drain(9).unwrap();
                base.get_mut(second).unwrap().write(b"relayed").unwrap();
                base.get_mut(second).unwrap().setwatermark(Directions::READ, Watermarks::new(0, 3));
                base.get_mut(second).unwrap().enable(Directions::READ).unwrap();
                base.get_mut(second).unwrap().setcb(Callbacks { write: false, ..Callbacks::ALL });
            }
        });
        assert_eq!(lab.settle(), ["R5"], "{dialect}: its write callback was taken away");
        lab.turn();
        assert_eq!(lab.kernel.peer_recv(other, 99), b"relayed", "{dialect}");
    }
}

#[test]
fn write_buffer_moves_everything_and_empties_the_source() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::new(dialect);
        let (id, handle) = lab.connect();
        let mut source = Evbuffer::from(&b"hello "[..]);
        source.add(b"world").unwrap();
        lab.base.get_mut(id).unwrap().write_buffer(&mut source).unwrap();
        assert!(source.is_empty());
        assert_eq!(lab.settle(), ["W0"], "{dialect}");
        assert_eq!(lab.kernel.peer_recv(handle, 99), b"hello world");
    }
}

#[test]
fn adding_to_output_directly_sends_in_2_1_and_not_in_1_4() {
    for (dialect, sent) in [(Dialect::V1_4, &b""[..]), (Dialect::V2_1, b"direct"), (Dialect::V2_2, b"direct")]
    {
        let mut lab = Lab::new(dialect);
        let (id, handle) = lab.connect();
        lab.base.get_mut(id).unwrap().edit_output(|output| output.add(b"direct")).unwrap();
        lab.settle();
        assert_eq!(lab.kernel.peer_recv(handle, 99), sent, "{dialect}");
    }
}

#[test]
fn without_a_handle_1_4_refuses_to_enable_and_2_1_does_not() {
    let refused = |dialect| {
        let mut base = EventBase::new(dialect);
        let id = base.bufferevent_new(None, Callbacks::ALL, BuffereventOptions::default());
        let result = base.get_mut(id).unwrap().enable(Directions::READ);
        (result, base.get(id).unwrap().enabled())
    };
    assert_eq!(refused(Dialect::V1_4), (Err(NoHandle), Directions::WRITE));
    for dialect in [Dialect::V2_1, Dialect::V2_2] {
        assert_eq!(refused(dialect), (Ok(()), Directions::BOTH), "{dialect}");
    }
}

#[test]
fn setfd_waits_for_enable_in_1_4_and_goes_on_in_2_x() {
    for (dialect, goes_on) in [(Dialect::V1_4, false), (Dialect::V2_1, true), (Dialect::V2_2, true)] {
        let mut lab = Lab::new(dialect);
        let (id, _) = lab.connect();
        lab.base.get_mut(id).unwrap().enable(Directions::READ).unwrap();
        let other = lab.kernel.open(Default::default());
        lab.base.get_mut(id).unwrap().setfd(Some(other));
        assert_eq!(lab.is_reading(id), goes_on, "{dialect}");
        assert_eq!(
            lab.base.is_armed(id, Direction::Write),
            goes_on,
            "{dialect}: a spurious write callback follows"
        );
        lab.base.get_mut(id).unwrap().enable(Directions::READ).unwrap();
        lab.kernel.peer_send(other, b"there");
        assert!(lab.settle().contains(&"R5".to_owned()), "{dialect}");
    }
}

#[test]
fn a_one_shot_event_fires_once_and_a_persistent_one_each_time() {
    let mut lab = Lab::new(Dialect::V1_4);
    let handle = lab.kernel.open(Default::default());
    let once = lab.base.event_new(Some(handle), EventFlags::READ);
    let always = lab.base.event_new(Some(handle), EventFlags::READ | EventFlags::PERSIST);
    lab.base.event_mut(once).unwrap().add(None).unwrap();
    lab.base.event_mut(always).unwrap().add(None).unwrap();
    lab.kernel.peer_send(handle, b"x");
    let name = |event: EventId| format!("A{}", event.number());
    assert_eq!(lab.turn(), [name(once), name(always)]);
    assert_eq!(lab.turn(), [name(always)]);
    assert!(!lab.base.event_pending(once, EventFlags::READ));
    lab.base.event_mut(always).unwrap().del();
    assert_eq!(lab.turn(), Vec::<String>::new());
}

#[test]
fn a_smaller_priority_runs_first_and_the_kernel_is_asked_in_between() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::new(dialect);
        lab.base.set_priorities(3).unwrap();
        let late = lab.base.event_new(None, EventFlags::NONE);
        let early = lab.base.event_new(None, EventFlags::NONE);
        lab.base.event_mut(early).unwrap().priority_set(0).unwrap();
        assert_eq!(lab.base.event_mut(early).unwrap().priority_set(3), Err(PriorityError::OutOfRange));
        lab.base.event_mut(late).unwrap().activate(EventFlags::TIMEOUT);
        lab.base.event_mut(early).unwrap().activate(EventFlags::TIMEOUT);
        assert_eq!(lab.base.event_mut(late).unwrap().priority_set(0), Err(PriorityError::Active));
        assert_eq!(lab.base.set_priorities(2), Err(PriorityError::Active));
        assert_eq!(lab.base.set_priorities(0), Err(PriorityError::OutOfRange));
        assert_eq!(lab.turn(), ["A2", "A1"], "{dialect}");
    }
}

#[test]
fn while_a_callback_runs_the_priorities_stay() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::new(dialect);
        lab.base.set_priorities(3).unwrap();
        let event = lab.base.event_new(None, EventFlags::NONE);
        lab.base.event_mut(event).unwrap().activate(EventFlags::TIMEOUT);
        lab.on_callback(|base, _| assert_eq!(base.set_priorities(1), Err(PriorityError::Active)));
        assert_eq!(lab.turn(), ["A1"], "{dialect}");
        assert_eq!(lab.base.set_priorities(1), Ok(()), "{dialect}");
    }
}

#[test]
fn with_fewer_priorities_a_call_that_was_never_queued_gets_the_last() {
    let mut lab = Lab::new(Dialect::V2_1);
    lab.base.set_priorities(5).unwrap();
    let options = BuffereventOptions { defer_callbacks: true, ..BuffereventOptions::default() };
    let (id, handle) = lab.connect_with(KernelSpec::default(), options);
    lab.base.get_mut(id).unwrap().enable(Directions::READ).unwrap();
    lab.base.set_priorities(1).unwrap();
    lab.kernel.peer_send(handle, b"sent");
    assert_eq!(lab.turn(), ["R4"]);
}

#[test]
fn in_2_1_something_more_urgent_goes_before_the_rest_of_a_queue() {
    for (dialect, order) in [
        (Dialect::V1_4, ["A1", "A2", "A3"]),
        (Dialect::V2_1, ["A1", "A3", "A2"]),
        (Dialect::V2_2, ["A1", "A3", "A2"]),
    ] {
        let mut lab = Lab::new(dialect);
        lab.base.set_priorities(2).unwrap();
        let [first, second, urgent] = [(); 3].map(|()| lab.base.event_new(None, EventFlags::NONE));
        lab.base.event_mut(urgent).unwrap().priority_set(0).unwrap();
        lab.base.event_mut(first).unwrap().activate(EventFlags::TIMEOUT);
        lab.base.event_mut(second).unwrap().activate(EventFlags::TIMEOUT);
        lab.on_callback(move |base, due| {
            if due == Due::Application(first, EventFlags::TIMEOUT) {
                base.event_mut(urgent).unwrap().activate(EventFlags::TIMEOUT);
            }
        });
        assert_eq!(lab.turn(), order, "{dialect}");
    }
}

#[test]
fn loopbreak_leaves_the_rest_active_for_the_next_pass() {
    let mut lab = Lab::new(Dialect::V1_4);
    for _ in 0..3 {
        let event = lab.base.event_new(None, EventFlags::NONE);
        lab.base.event_mut(event).unwrap().activate(EventFlags::TIMEOUT);
    }
    lab.on_callback(|base, _| base.loopbreak());
    assert_eq!(lab.turn(), ["A1"]);
    assert_eq!(lab.base.next_wait(), Some(Duration::ZERO));
    assert_eq!(lab.turn(), ["A2"]);
}

#[test]
fn loopexit_is_an_event_and_is_seen_by_the_driver_once_it_has_run() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::new(dialect);
        for _ in 0..2 {
            let event = lab.base.event_new(None, EventFlags::NONE);
            lab.base.event_mut(event).unwrap().activate(EventFlags::TIMEOUT);
        }
        lab.on_callback(|base, _| base.loopexit());
        assert_eq!(lab.turn(), ["A1", "A2"], "{dialect}");
        // In 1.4 it is a timer, and nothing was left active that would have had the timers looked at.
        let is_timer = dialect == Dialect::V1_4;
        assert_eq!(lab.base.exit_requested(), !is_timer, "{dialect}");
        assert_eq!(lab.base.has_events(), is_timer, "{dialect}");
        assert_eq!(lab.turn(), [""; 0]);
        assert_eq!(lab.base.exit_requested(), is_timer, "{dialect}: a loop of 2.x that begins forgets it");
    }
}

#[test]
fn an_exit_that_the_loop_comes_to_its_top_with_leaves_the_rest_active() {
    let mut lab = Lab::new(Dialect::V2_1);
    lab.base.set_priorities(3).unwrap();
    let [first, last] = [0, 2].map(|priority| {
        let event = lab.base.event_new(None, EventFlags::NONE);
        lab.base.event_mut(event).unwrap().priority_set(priority).unwrap();
        lab.base.event_mut(event).unwrap().activate(EventFlags::TIMEOUT);
        event
    });
    lab.on_callback(|base, _| base.loopexit());
    assert_eq!(lab.turn().len(), 1, "the exit has the middle priority");
    assert!(lab.base.exit_requested());
    let [first, last] = [first, last].map(|event| lab.base.event_pending(event, EventFlags::TIMEOUT));
    assert!(!first && last);
}

#[test]
fn a_break_that_no_loop_has_seen_ends_the_next_in_1_4_alone() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::new(dialect);
        let event = lab.base.event_new(None, EventFlags::NONE);
        let activate = |lab: &mut Lab| lab.base.event_mut(event).unwrap().activate(EventFlags::TIMEOUT);
        activate(&mut lab);
        lab.on_callback(|base, _| base.loopbreak());
        assert_eq!(lab.turn(), ["A1"]);
        activate(&mut lab);
        let forgets = dialect != Dialect::V1_4;
        assert_eq!(lab.turn().len(), usize::from(forgets), "{dialect}");
        assert_eq!(lab.turn().len(), usize::from(!forgets), "{dialect}");
    }
}

#[test]
fn readiness_told_once_lasts_until_a_call_would_block() {
    let mut base = EventBase::new(Dialect::V1_4);
    let handle = Handle(7);
    let event = base.event_new(Some(handle), EventFlags::READ | EventFlags::PERSIST);
    base.event_mut(event).unwrap().add(None).unwrap();
    assert_eq!(base.next_wait(), None, "nothing is ready and no timer runs");
    base.note_ready(handle, Readiness::READABLE);
    let mut kernel = NoKernel;
    for _ in 0..3 {
        base.begin_pass(Time::ZERO);
        assert_eq!(base.poll_callback(&mut kernel), Some(Due::Application(event, EventFlags::READ)));
        assert_eq!(base.poll_callback(&mut kernel), None);
    }
    base.note_would_block(handle, Direction::Read);
    assert_eq!(base.next_wait(), None);
}

#[test]
fn a_handle_that_is_ready_for_nothing_anybody_waits_for_costs_no_pass() {
    let mut base = EventBase::new(Dialect::V1_4);
    let handle = Handle(0);
    let options = BuffereventOptions::default();
    let id = base.bufferevent_new(Some(handle), Callbacks::ALL, options);
    base.note_ready(handle, Readiness::BOTH);
    assert_eq!(base.next_wait(), None, "neither reading nor writing waits");
    base.get_mut(id).unwrap().enable(Directions::READ).unwrap();
    assert_eq!(base.next_wait(), Some(Duration::ZERO), "what was told before is remembered");
    base.get_mut(id).unwrap().disable(Directions::READ);
    assert_eq!(base.next_wait(), None);
    base.forget_handle(handle);
    base.get_mut(id).unwrap().enable(Directions::READ).unwrap();
    assert_eq!(base.next_wait(), None, "the next one with this number is another");
}

/// The tutorial's callbacks; gives how the stream ended.
fn echo(base: &mut EventBase, due: Due) -> Option<What> {
    match due {
        Due::Read(id) => {
            let mut reply = Evbuffer::from(&b"I have recvieced the msg: "[..]);
            let mut bufferevent = base.get_mut(id).unwrap();
            bufferevent.read_buffer(&mut reply).unwrap();
            bufferevent.write_buffer(&mut reply).unwrap();
            None
        }
        Due::Event(id, what) => {
            base.get_mut(id).unwrap().free();
            Some(what)
        }
        Due::Write(_) | Due::Buffer(..) | Due::Application(..) => None,
    }
}

#[test]
fn due_callbacks_answer_as_the_tutorials_server_does() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::new(dialect);
        let (id, handle) = lab.connect();
        lab.base.get_mut(id).unwrap().setwatermark(Directions::READ, Watermarks::new(0, 10));
        lab.base.get_mut(id).unwrap().enable(Directions::READ).unwrap();
        lab.kernel.peer_send(handle, b"0123456789a");
        let ended = Rc::new(Cell::new(None));
        let end = Rc::clone(&ended);
        lab.on_callback(move |base, due| end.set(echo(base, due).or_else(|| end.get())));
        lab.settle();
        let reply = b"I have recvieced the msg: 0123456789I have recvieced the msg: a";
        assert_eq!(lab.kernel.peer_recv(handle, 999), reply, "{dialect}");
        lab.kernel.peer_shutdown(handle);
        lab.settle();
        assert_eq!(ended.get(), Some(What::READING | What::EOF), "{dialect}");
    }
}
