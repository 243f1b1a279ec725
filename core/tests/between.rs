//! Bytes that go from one bufferevent to another: through moves, pairs and filters.
#![expect(clippy::unwrap_used, reason = "a test fails where something is missing")]

use bufferevent::{
    BufferName, BuffereventId, BuffereventOptions, Callback, Callbacks, Dialect, Directions, Due, End,
    EventBase, FilterKind, FlushMode, MoveError, Observer, Record, Step, Time, TriggerOptions, Watermarks,
    What,
};

use crate::support::NoKernel;

/// Wants one bufferevent.
#[derive(Default)]
struct One {
    wanted: u64,
    records: Vec<Record>,
}

impl Observer for One {
    fn wants(&self, connection: Option<BuffereventId>) -> bool {
        connection.is_some_and(|id| id.number() == self.wanted)
    }

    fn record(&mut self, record: Record) {
        self.records.push(record);
    }
}

/// Two bufferevents without handles, with this in the first one's input.
fn two<O: Observer>(dialect: Dialect, observer: O, bytes: &[u8]) -> (EventBase<O>, [BuffereventId; 2]) {
    let mut base = EventBase::with_observer(dialect, observer);
    let two = [(); 2].map(|()| base.bufferevent_new(None, Callbacks::ALL, BuffereventOptions::default()));
    base.get_mut(two[0]).unwrap().edit_input(|input| input.prepend(bytes)).unwrap();
    (base, two)
}

fn pass<O: Observer>(base: &mut EventBase<O>) {
    base.begin_pass(Time::ZERO);
    while base.poll_callback(&mut NoKernel).is_some() {}
}

/// One end of a pair, and a filter over the other end. It reads.
fn filtered(dialect: Dialect) -> (EventBase<Vec<Record>>, [BuffereventId; 3]) {
    let mut base = EventBase::with_observer(dialect, Vec::new());
    let [peer, below] = base.bufferevent_pair_new([Callbacks::NONE; 2]).unwrap();
    let (none, options) = (FilterKind::None, BuffereventOptions::default());
    let filter = base.bufferevent_filter_new(below, none, none, Callbacks::NONE, options).unwrap();
    base.get_mut(filter).unwrap().enable(Directions::READ).unwrap();
    (base, [peer, below, filter])
}

const FILTERING: [Dialect; 2] = [Dialect::V2_1, Dialect::V2_2];

#[test]
fn a_move_says_whose_end_is_frozen_and_moves_nothing() {
    for dialect in Dialect::ALL {
        for (own, other, bytes, expected) in [
            (false, false, &b"in"[..], Ok(2)),
            (true, false, b"in", Err(MoveError::Frozen)),
            (false, true, b"in", Err(MoveError::OtherFrozen)),
            (true, true, b"", Ok(0)),
        ] {
            let (mut base, [from, to]) = two(dialect, Vec::new(), bytes);
            if own {
                base.get_mut(from).unwrap().edit_input(|input| input.freeze(End::Start));
            }
            if other {
                base.get_mut(to).unwrap().edit_output(|output| output.freeze(End::End));
            }
            base.observer_mut().clear();
            assert_eq!(base.get_mut(from).unwrap().read_buffer_to(to), expected, "{dialect}");
            let moved = expected.unwrap_or(0);
            let seen = base.observer_mut().iter();
            let drained = seen.filter(|record| matches!(record.step, Step::BufferDrained { .. })).count();
            assert_eq!(drained, usize::from(moved > 0), "{dialect}: what did not move is not recorded");
            assert_eq!(base.get(from).unwrap().input().len(), bytes.len() - moved, "{dialect}");
            assert_eq!(base.get(to).unwrap().output().len(), moved, "{dialect}");
        }
    }
}

#[test]
fn whoever_watches_the_receiver_alone_sees_what_came() {
    for dialect in Dialect::ALL {
        let (mut base, [from, to]) = two(dialect, One::default(), b"moved");
        base.observer_mut().wanted = to.number();
        base.get_mut(from).unwrap().read_buffer_to(to).unwrap();
        let came = base.observer_mut().records.iter().find_map(|record| match &record.step {
            Step::BufferAdded { payload, .. } => Some(payload.bytes.clone()),
            _ => None,
        });
        assert_eq!(came.as_deref(), Some(&b"moved"[..]), "{dialect}");
    }
}

/// Where nothing is added, libevent calls nobody, also of those who have yet to hear of what was added before.
#[test]
fn a_move_of_nothing_inside_a_move_tells_nobody() {
    for dialect in FILTERING {
        let (mut base, [from, to]) = two(dialect, Vec::new(), b"moved");
        base.get_mut(from).unwrap().add_buffer_cb(BufferName::Input).unwrap();
        base.get_mut(to).unwrap().add_buffer_cb(BufferName::Output).unwrap();
        assert_eq!(base.get_mut(from).unwrap().read_buffer_to(to), Ok(5), "{dialect}");
        let outer = base.triggered();
        let due = base.poll_triggered(outer);
        assert!(matches!(due, Some(Due::Buffer(id, BufferName::Input, _)) if id == from), "{due:?}");
        assert_eq!(base.get_mut(from).unwrap().read_buffer_to(to), Ok(0), "{dialect}");
        let inner = base.triggered();
        assert_eq!(base.poll_triggered(inner), None, "{dialect}");
        let due = base.poll_triggered(outer);
        assert!(matches!(due, Some(Due::Buffer(id, BufferName::Output, _)) if id == to), "{due:?}");
    }
}

/// The receiver's callback runs before the sender's buffer is shortened.
#[test]
fn a_callback_of_the_receivers_buffer_runs_within_a_pairs_transfer() {
    for dialect in FILTERING {
        let mut base = EventBase::new(dialect);
        let [from, to] = base.bufferevent_pair_new([Callbacks::NONE; 2]).unwrap();
        base.get_mut(to).unwrap().setwatermark(Directions::READ, Watermarks::new(0, 3));
        base.get_mut(to).unwrap().add_buffer_cb(BufferName::Input).unwrap();
        base.get_mut(to).unwrap().enable(Directions::READ).unwrap();
        base.get_mut(from).unwrap().write(b"hello").unwrap();
        let call = base.triggered();
        let due = base.poll_triggered(call);
        assert!(
            matches!(due, Some(Due::Buffer(id, BufferName::Input, change)) if id == to && change.added == 3),
            "{due:?} in {dialect}"
        );
        assert_eq!(base.get(from).unwrap().output().len(), 5, "{dialect}");
        assert_eq!(base.poll_triggered(call), None, "{dialect}");
        assert_eq!(base.get(from).unwrap().output().len(), 2, "{dialect}");
    }
}

/// What was due when the call was made is so no more when somebody asks for it.
#[test]
fn a_callback_that_is_taken_away_before_anybody_asked_for_it_is_not_handed_out() {
    for dialect in FILTERING {
        let (mut base, [one, _]) = two(dialect, Vec::new(), b"read");
        base.get_mut(one).unwrap().add_buffer_cb(BufferName::Input).unwrap();
        base.get_mut(one).unwrap().drain(1).unwrap();
        base.get_mut(one).unwrap().remove_buffer_cb(BufferName::Input);
        let call = base.triggered();
        assert_eq!(base.poll_triggered(call), None, "{dialect}: of a buffer");

        let call = base.get_mut(one).unwrap().trigger(Directions::READ, TriggerOptions::default()).unwrap();
        base.get_mut(one).unwrap().setcb(Callbacks::NONE);
        assert_eq!(base.poll_triggered(call), None, "{dialect}: of the bufferevent");
    }
}

#[test]
fn a_filter_leaves_below_what_its_frozen_input_cannot_take() {
    for dialect in FILTERING {
        let (mut base, [peer, below, filter]) = filtered(dialect);
        base.get_mut(filter).unwrap().edit_input(|input| input.freeze(End::End));
        base.get_mut(peer).unwrap().write(b"hello").unwrap();
        pass(&mut base);
        assert_eq!(base.get(below).unwrap().input().to_vec(), b"hello", "{dialect}");
        base.get_mut(filter).unwrap().edit_input(|input| input.unfreeze(End::End));
        base.get_mut(peer).unwrap().write(b" world").unwrap();
        pass(&mut base);
        assert_eq!(base.get(filter).unwrap().input().to_vec(), b"hello world", "{dialect}");
    }
}

#[test]
fn a_drained_filter_does_not_run_when_nothing_is_left_below() {
    for dialect in FILTERING {
        let (mut base, [peer, below, filter]) = filtered(dialect);
        base.get_mut(filter).unwrap().setwatermark(Directions::READ, Watermarks::new(0, 3));
        base.get_mut(peer).unwrap().write(b"hello").unwrap();
        pass(&mut base);
        assert_eq!(base.get(filter).unwrap().input().to_vec(), b"hel", "{dialect}");
        assert_eq!(base.get_mut(below).unwrap().drain(2), Ok(2), "{dialect}");
        base.observer_mut().clear();
        assert_eq!(base.get_mut(filter).unwrap().drain(3), Ok(3), "{dialect}");
        let ran = base.observer_mut().iter().find(|record| matches!(record.step, Step::FilterRan { .. }));
        assert_eq!(ran, None, "{dialect}");
    }
}

/// Enabling does not run it, and neither does what is taken away from output: only what is added.
#[test]
fn a_filter_that_was_enabled_late_waits_for_the_next_byte() {
    for dialect in FILTERING {
        let (mut base, [_, below, filter]) = filtered(dialect);
        base.get_mut(filter).unwrap().disable(Directions::WRITE);
        base.get_mut(filter).unwrap().write(b"hello").unwrap();
        base.get_mut(filter).unwrap().enable(Directions::WRITE).unwrap();
        base.get_mut(filter).unwrap().add_buffer_cb(BufferName::Output).unwrap();
        base.get_mut(filter).unwrap().edit_output(|output| output.drain(1)).unwrap();
        let call = base.triggered();
        while base.poll_triggered(call).is_some() {}
        assert_eq!(base.get(filter).unwrap().output().to_vec(), b"ello", "{dialect}");
        base.get_mut(filter).unwrap().write(b"!").unwrap();
        let call = base.triggered();
        while base.poll_triggered(call).is_some() {}
        assert_eq!(base.get(below).unwrap().output().to_vec(), b"ello!", "{dialect}");
    }
}

/// libevent's flush of a filter goes on below whatever the directions, and there the end has none.
#[test]
fn a_finished_flush_of_no_direction_ends_the_stream_below_a_filter() {
    for dialect in FILTERING {
        let (mut base, [peer, _, filter]) = filtered(dialect);
        base.get_mut(peer).unwrap().setcb(Callbacks::ALL);
        base.observer_mut().clear();
        base.get_mut(filter).unwrap().flush(Directions::NONE, FlushMode::Finished).unwrap();
        let told = base.observer_mut().iter().filter_map(|record| match record.step {
            Step::CallbackDeferred { callback } => Some((record.connection, callback)),
            _ => None,
        });
        let told: Vec<_> = told.collect();
        assert_eq!(told, [(Some(peer.number()), Callback::Event(What::EOF))], "{dialect}");
    }
}

/// It is kept for the filter, and its own application hears of it no more.
#[test]
fn nobody_hears_of_the_buffers_of_a_freed_bufferevent_below_a_filter() {
    for dialect in FILTERING {
        let (mut base, [peer, below, filter]) = filtered(dialect);
        base.get_mut(filter).unwrap().setwatermark(Directions::READ, Watermarks::new(0, 3));
        base.get_mut(peer).unwrap().write(b"hello").unwrap();
        pass(&mut base);
        base.get_mut(below).unwrap().add_buffer_cb(BufferName::Input).unwrap();
        base.get_mut(below).unwrap().free();
        base.observer_mut().clear();
        assert_eq!(base.get_mut(filter).unwrap().drain(3), Ok(3), "{dialect}");
        assert_eq!(base.get(filter).unwrap().input().to_vec(), b"lo", "{dialect}");
        let heard = base.observer_mut().iter().find(|record| {
            record.connection == Some(below.number())
                && matches!(record.step, Step::CallbackDue { callback: Callback::Buffer(..), .. })
        });
        assert_eq!(heard, None, "{dialect}");
    }
}
