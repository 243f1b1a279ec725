//! Which calls run callbacks inside themselves, and which only queue them. The logs are what libevent 2.1.12 printed for
//! the same calls.
#![cfg(feature = "sim")]
#![expect(clippy::unwrap_used, reason = "a test fails where something is missing")]

use std::sync::mpsc::Receiver;
use std::time::Duration;

use bufferevent::recording::Picture;
use bufferevent::sim::{KernelSpec, SimKernel};
use bufferevent::{
    BuffereventId, BuffereventOptions, Callbacks, Dialect, Directions, Due, EventBase, EventFlags, FlushMode,
    Handle, NoFunction, Record, Step, Time, TriggerOptions, Triggered, Watermarks, What,
};

const DIRECT: TriggerOptions = TriggerOptions { ignore_watermarks: false, defer_callbacks: false };
const DEFERRED: TriggerOptions = TriggerOptions { defer_callbacks: true, ..DIRECT };

/// What a callback does.
type Program = fn(&mut Fixture, Due);

struct Fixture {
    base: EventBase<Vec<Record>>,
    kernel: SimKernel,
    handle: Handle,
    id: BuffereventId,
    program: Program,
    log: Vec<String>,
    snapshots: Receiver<Picture>,
}

impl Fixture {
    /// A bufferevent whose input holds `abc`, with writing disabled.
    fn new(defer_callbacks: bool, program: Program) -> Self {
        let mut kernel = SimKernel::new();
        let handle = kernel.open(KernelSpec::default());
        let mut base = EventBase::with_observer(Dialect::V2_1, Vec::new());
        let snapshots = base.keep_snapshots();
        let options = BuffereventOptions { close_on_free: true, defer_callbacks };
        let id = base.bufferevent_new(Some(handle), Callbacks::ALL, options);
        base.get_mut(id).unwrap().enable(Directions::READ).unwrap();
        base.get_mut(id).unwrap().disable(Directions::WRITE);
        kernel.peer_send(handle, b"abc");
        let mut fixture = Self { base, kernel, handle, id, program: |_, _| {}, log: Vec::new(), snapshots };
        fixture.pass();
        fixture.program = program;
        fixture.log.clear();
        fixture
    }

    fn pass(&mut self) {
        self.base.begin_pass(Time::ZERO);
        while let Some(due) = self.base.poll_callback(&mut self.kernel) {
            self.call_back(due);
        }
    }

    fn call_back(&mut self, due: Due) {
        let bufferevent = self.base.get(self.id);
        let (input, output) = bufferevent.map_or((0, 0), |it| (it.input().len(), it.output().len()));
        self.log.push(match due {
            Due::Read(_) => format!("R{input}"),
            Due::Write(_) => format!("W{output}"),
            Due::Event(_, what) => format!("E{:x}", what.bits()),
            Due::Buffer(_, buffer, _) => format!("{buffer:?}"),
            Due::Application(event, _) => format!("A{}", event.number()),
        });
        (self.program)(self, due);
    }

    /// As libevent runs it: the callbacks inside the call.
    fn run(&mut self, call: Triggered) {
        while let Some(due) = self.base.poll_triggered(call) {
            self.call_back(due);
        }
        self.log.push("returned".into());
    }

    fn trigger(&mut self, directions: Directions, options: TriggerOptions) {
        let call = self.base.get_mut(self.id).unwrap().trigger(directions, options).unwrap();
        self.run(call);
    }

    fn trigger_event(&mut self, what: What, options: TriggerOptions) {
        let call = self.base.get_mut(self.id).unwrap().trigger_event(what, options).unwrap();
        self.run(call);
    }

    fn marks(&mut self, low: usize, high: usize) {
        self.base.get_mut(self.id).unwrap().setwatermark(Directions::READ, Watermarks::new(low, high));
    }

    fn take_log(&mut self) -> Vec<String> {
        std::mem::take(&mut self.log)
    }

    /// Each callback that was entered and left, in order.
    fn frames(&self) -> Vec<&'static str> {
        let frame = |record: &Record| match record.step {
            Step::CallbackEntered { .. } => Some("in"),
            Step::CallbackLeft { .. } => Some("out"),
            _ => None,
        };
        self.base.observer().iter().filter_map(frame).collect()
    }
}

#[test]
fn trigger_runs_read_then_write_inside_the_call() {
    let mut it = Fixture::new(false, |_, _| {});
    it.trigger(Directions::BOTH, DIRECT);
    assert_eq!(it.take_log(), ["R3", "W0", "returned"]);
    it.pass();
    assert_eq!(it.take_log(), [""; 0], "nothing was queued besides");
}

#[test]
fn a_callback_goes_on_after_what_it_triggered() {
    let mut it = Fixture::new(false, |it, due| {
        if let Due::Write(id) = due {
            it.trigger(Directions::READ, DIRECT);
            let drained = it.base.get_mut(id).unwrap().read(&mut [0; 9]).unwrap();
            it.log.push(format!("W end, drained {drained}"));
        }
    });
    it.base.get_mut(it.id).unwrap().enable(Directions::WRITE).unwrap();
    it.pass();
    assert_eq!(it.take_log(), ["W0", "R3", "returned", "W end, drained 3"]);
}

#[test]
fn a_trigger_in_a_triggered_callback_is_inside_it() {
    let mut it = Fixture::new(false, |it, _| {
        if it.log.len() < 3 {
            it.trigger(Directions::READ, DIRECT);
        }
    });
    it.base.observer_mut().clear();
    it.trigger(Directions::READ, DIRECT);
    assert_eq!(it.take_log(), ["R3", "R3", "R3", "returned", "returned", "returned"]);
    assert_eq!(it.frames(), ["in", "in", "in", "out", "out", "out"]);
}

#[test]
fn the_write_mark_is_compared_when_the_read_callback_has_returned() {
    let mut it = Fixture::new(false, |it, _| it.base.get_mut(it.id).unwrap().write(b"zz").unwrap());
    it.trigger(Directions::BOTH, DIRECT);
    assert_eq!(it.take_log(), ["R3", "returned"]);
}

#[test]
fn a_callback_that_frees_or_unsets_ends_the_call() {
    for program in [(|it, _| it.base.get_mut(it.id).unwrap().free()) as Program, |it, _| {
        it.base.get_mut(it.id).unwrap().setcb(Callbacks::NONE);
    }] {
        let mut it = Fixture::new(false, program);
        it.trigger(Directions::BOTH, DIRECT);
        assert_eq!(it.take_log(), ["R3", "returned"]);
        it.base.assert_invariants();
    }
}

#[test]
fn what_is_freed_in_a_trigger_is_released_by_the_loop_after_it() {
    let mut it = Fixture::new(false, |it, _| it.base.get_mut(it.id).unwrap().free());
    let call = it.base.get_mut(it.id).unwrap().trigger(Directions::READ, DIRECT).unwrap();
    let due = it.base.poll_triggered(call).unwrap();
    it.call_back(due);
    assert_eq!(it.base.next_wait(), Some(Duration::ZERO), "the call is under way");
    assert_eq!(it.base.poll_triggered(call), None);
    let closed = |it: &Fixture| it.kernel.socket(it.handle).unwrap().is_closed();
    assert!(!closed(&it));
    it.pass();
    assert!(closed(&it));
}

#[test]
fn the_low_mark_holds_a_trigger_back_unless_it_is_ignored() {
    let mut it = Fixture::new(false, |_, _| {});
    it.marks(4, 0);
    it.trigger(Directions::READ, DIRECT);
    it.trigger(Directions::READ, TriggerOptions { ignore_watermarks: true, ..DIRECT });
    assert_eq!(it.take_log(), ["returned", "R3", "returned"]);
}

#[test]
fn deferring_puts_a_trigger_off_to_the_loop() {
    for (always, options) in [(true, DIRECT), (false, DEFERRED)] {
        let mut it = Fixture::new(always, |_, _| {});
        it.trigger(Directions::BOTH, options);
        it.trigger_event(What::EOF | What::ERROR, options);
        it.pass();
        assert_eq!(it.take_log(), ["returned", "returned", "R3", "W0", "E30"]);
    }
}

#[test]
fn trigger_event_runs_inside_the_call() {
    let mut it = Fixture::new(false, |_, _| {});
    let every = What::READING | What::WRITING | What::EOF | What::ERROR | What::TIMEOUT;
    it.trigger_event(every, DIRECT);
    assert_eq!(it.take_log(), ["E73", "returned"]);
}

#[test]
fn input_still_full_after_a_triggered_read_queues_another() {
    let mut it = Fixture::new(false, |_, _| {});
    it.marks(0, 3);
    it.trigger(Directions::READ, DIRECT);
    it.program = |it, _| assert!(it.base.get_mut(it.id).unwrap().drain(99).is_ok());
    it.pass();
    assert_eq!(it.take_log(), ["R3", "returned", "R3"]);
}

#[test]
fn watermarks_flush_and_enable_call_nobody() {
    let mut it = Fixture::new(false, |_, _| {});
    it.marks(0, 2);
    it.base.get_mut(it.id).unwrap().flush(Directions::BOTH, FlushMode::Finished).unwrap();
    it.base.get_mut(it.id).unwrap().enable(Directions::BOTH).unwrap();
    assert_eq!(it.take_log(), [""; 0]);
    it.pass();
    assert_eq!(it.take_log(), ["W0"]);
}

#[test]
fn activating_an_event_only_queues_it() {
    let mut it = Fixture::new(false, |it, due| {
        if let Due::Application(event, EventFlags::TIMEOUT) = due {
            it.base.event_mut(event).unwrap().activate(EventFlags::READ);
            it.log.push("returned".into());
        }
    });
    let event = it.base.event_new(None, EventFlags::NONE);
    it.base.event_mut(event).unwrap().activate(EventFlags::TIMEOUT);
    assert_eq!(it.take_log(), [""; 0]);
    it.pass();
    let name = format!("A{}", event.number());
    assert_eq!(it.take_log(), [&name, "returned", &name]);
}

#[test]
fn everything_on_a_pair_only_queues() {
    let mut base = EventBase::new(Dialect::V2_1);
    let [a, b] = base.bufferevent_pair_new([Callbacks::ALL; 2]).unwrap();
    base.get_mut(b).unwrap().enable(Directions::READ).unwrap();
    base.get_mut(a).unwrap().write(b"abc").unwrap();
    for mode in [FlushMode::Flush, FlushMode::Finished] {
        base.get_mut(a).unwrap().flush(Directions::WRITE, mode).unwrap();
    }
    let call = base.get_mut(b).unwrap().trigger(Directions::READ, DIRECT).unwrap();
    assert_eq!(base.poll_triggered(call), None);
    let mut log = Vec::new();
    base.begin_pass(Time::ZERO);
    while let Some(due) = base.poll_callback(&mut SimKernel::new()) {
        log.push(due);
    }
    assert_eq!(log, [Due::Read(b), Due::Event(b, What::READING | What::EOF), Due::Write(a)]);
}

#[test]
fn what_nobody_asks_for_runs_when_the_loop_goes_on_inside_the_callback_that_triggered() {
    let mut it = Fixture::new(false, |it, due| {
        if matches!(due, Due::Write(_)) {
            let _late = it.base.get_mut(it.id).unwrap().trigger(Directions::READ, DIRECT).unwrap();
            let _later = it.base.get_mut(it.id).unwrap().trigger_event(What::EOF, DIRECT).unwrap();
        }
    });
    it.base.get_mut(it.id).unwrap().enable(Directions::WRITE).unwrap();
    it.base.observer_mut().clear();
    it.pass();
    assert_eq!(it.take_log(), ["W0", "R3", "E10"]);
    assert_eq!(it.frames(), ["in", "in", "out", "in", "out", "out"]);
}

#[test]
fn what_nobody_asks_for_outside_the_loop_runs_at_the_top_of_the_next_pass() {
    let mut it = Fixture::new(false, |_, _| {});
    it.base.get_mut(it.id).unwrap().disable(Directions::READ);
    let _late = it.base.get_mut(it.id).unwrap().trigger(Directions::READ, DIRECT).unwrap();
    assert!(it.base.has_events());
    assert_eq!(it.base.next_wait(), Some(Duration::ZERO));
    it.pass();
    assert_eq!(it.take_log(), ["R3"]);
    assert_eq!(it.base.next_wait(), None);
}

#[test]
fn earlier_calls_that_nobody_asked_for_come_first() {
    let mut it = Fixture::new(false, |_, _| {});
    let _first = it.base.get_mut(it.id).unwrap().trigger_event(What::EOF, DIRECT).unwrap();
    let _second = it.base.get_mut(it.id).unwrap().trigger_event(What::ERROR, DIRECT).unwrap();
    it.trigger(Directions::READ, DIRECT);
    assert_eq!(it.take_log(), ["E10", "E20", "R3", "returned"]);
}

#[test]
fn a_pass_begun_inside_a_trigger_has_left_its_callbacks() {
    let mut it = Fixture::new(false, |_, _| {});
    it.base.observer_mut().clear();
    let call = it.base.get_mut(it.id).unwrap().trigger(Directions::BOTH, DIRECT).unwrap();
    assert!(it.base.poll_triggered(call).is_some());
    it.pass();
    assert_eq!(it.take_log(), ["W0"], "what the call still owes");
    assert_eq!(it.frames(), ["in", "out", "in", "out"]);
    assert_eq!(it.base.poll_triggered(call), None);
}

#[test]
fn the_picture_shows_callbacks_inside_each_other() {
    let mut it = Fixture::new(false, |it, _| {
        if it.log.len() < 4 {
            it.trigger(Directions::READ, DIRECT);
        }
    });
    it.trigger(Directions::BOTH, DIRECT);
    let mut folded = Picture::default();
    let mut deepest = 0;
    let snapshots: Vec<_> = it.snapshots.try_iter().collect();
    assert_eq!(snapshots.len(), it.base.observer().len());
    for (record, engine) in it.base.observer().iter().zip(snapshots) {
        folded.fold(record);
        assert_eq!(folded.event_loop.outer, engine.event_loop.outer, "after {record:?}");
        assert_eq!(folded.event_loop.entered, engine.event_loop.entered, "after {record:?}");
        deepest = deepest.max(folded.event_loop.outer.len());
    }
    assert_eq!((deepest, folded.event_loop.entered), (3, None));
}

#[test]
fn a_trigger_says_why_it_is_refused() {
    let mut old = EventBase::new(Dialect::V1_4);
    let id = old.bufferevent_new(None, Callbacks::ALL, BuffereventOptions::default());
    let none = |function| NoFunction { dialect: Dialect::V1_4, function };
    assert_eq!(old.get_mut(id).unwrap().trigger(Directions::READ, DIRECT), Err(none("bufferevent_trigger")));
    assert_eq!(
        old.get_mut(id).unwrap().trigger_event(What::EOF, DIRECT),
        Err(none("bufferevent_trigger_event"))
    );
}

/// libevent makes 33 queued calls active for one poll of the kernel; the others wait for the next.
#[test]
fn a_call_beyond_the_bound_that_is_queued_again_leaves_the_others_waiting() {
    let (mut base, mut kernel) = (EventBase::new(Dialect::V2_1), SimKernel::new());
    let new = |_| base.bufferevent_new(None, Callbacks::ALL, BuffereventOptions::default());
    let ids: Vec<BuffereventId> = (0..37).map(new).collect();
    let defer = |base: &mut EventBase, id: BuffereventId| {
        let _none = base.get_mut(id).unwrap().trigger(Directions::READ, DEFERRED).unwrap();
    };
    defer(&mut base, ids[0]);
    base.begin_pass(Time::ZERO);
    assert_eq!(base.poll_callback(&mut kernel), Some(Due::Read(ids[0])));
    ids[1..].iter().for_each(|&id| defer(&mut base, id));
    base.loopbreak();
    assert_eq!(base.poll_callback(&mut kernel), None);
    defer(&mut base, ids[35]);
    base.begin_pass(Time::ZERO);
    let heard: Vec<Due> = std::iter::from_fn(|| base.poll_callback(&mut kernel)).collect();
    let expected = |&id: &BuffereventId| heard.iter().filter(|due| **due == Due::Read(id)).count();
    assert_eq!(ids[1..].iter().map(expected).collect::<Vec<_>>(), [1; 36], "each once");
}
