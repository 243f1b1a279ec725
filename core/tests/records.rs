//! What records say, where neither a trace nor a picture would show a fault.
#![cfg(feature = "sim")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod watermarks;

use std::time::Duration;

use bufferevent::sim::{Experiment, KernelSpec, SimKernel};
use bufferevent::{
    BufferName, BuffereventId, BuffereventOptions, Callbacks, Dialect, Directions, Due, Evbuffer, EventBase,
    EventName, Handle, Record, Step, Time, TriggerOptions, Watermarks,
};

use crate::support::lessons;

/// One connection that waits for input, every step of it watched.
struct Watched {
    base: EventBase<Vec<Record>>,
    kernel: SimKernel,
    id: BuffereventId,
    handle: Handle,
}

impl Watched {
    fn new(dialect: Dialect) -> Self {
        let mut kernel = SimKernel::new();
        let mut base = EventBase::with_observer(dialect, Vec::new());
        let handle = kernel.open(KernelSpec::default());
        let id = base.bufferevent_new(Some(handle), Callbacks::ALL, BuffereventOptions::default());
        base.get_mut(id).unwrap().enable(Directions::READ).unwrap();
        let mut watched = Self { base, kernel, id, handle };
        watched.pass();
        watched.steps();
        watched
    }

    /// One pass whose callbacks do nothing; gives the first of them. Input that stays full is told of again and again.
    fn pass(&mut self) -> Vec<Due> {
        self.base.begin_pass(Time::ZERO);
        std::iter::from_fn(|| self.base.poll_callback(&mut self.kernel)).take(9).collect()
    }

    /// What was recorded since the last time.
    fn steps(&mut self) -> Vec<Step> {
        std::mem::take(self.base.observer_mut()).into_iter().map(|record| record.step).collect()
    }
}

fn position(steps: &[Step], wanted: impl Fn(&Step) -> bool) -> usize {
    steps.iter().position(wanted).unwrap_or_else(|| panic!("not in {steps:?}"))
}

#[test]
fn what_is_sent_is_told_byte_for_byte_as_far_as_it_went() {
    for dialect in Dialect::ALL {
        let mut watched = Watched::new(dialect);
        let room = watched.kernel.open(KernelSpec { rx_capacity: 64, tx_capacity: 7 });
        watched.base.get_mut(watched.id).unwrap().setfd(Some(room));
        watched.base.get_mut(watched.id).unwrap().write(b"hello world").unwrap();
        watched.pass();
        let sent = watched.steps().into_iter().find_map(|step| match step {
            Step::Sent { payload, output, .. } => Some((payload.bytes, payload.len, output)),
            _ => None,
        });
        assert_eq!(sent, Some((b"hello w".to_vec(), 7, 4)), "{dialect}");
    }
}

#[test]
fn what_is_written_is_told_without_what_was_there() {
    for dialect in Dialect::ALL {
        let mut watched = Watched::new(dialect);
        let mut bufferevent = watched.base.get_mut(watched.id).unwrap();
        bufferevent.write(b"old and long ").unwrap();
        bufferevent.write(b"new").unwrap();
        bufferevent.write_buffer(&mut Evbuffer::from(&b", moved"[..])).unwrap();
        let told = watched.steps().into_iter().filter_map(|step| match step {
            Step::BufferAdded { buffer: BufferName::Output, payload, len } => {
                Some((payload.len, payload.bytes, len))
            }
            _ => None,
        });
        let expected = [(13, &b"old and long "[..], 13), (3, b"new", 16), (7, b", moved", 23)];
        assert!(told.eq(expected.map(|(len, bytes, all)| (len, bytes.to_vec(), all))), "{dialect}");
    }
}

#[test]
fn what_moves_no_byte_is_no_step() {
    for dialect in Dialect::ALL {
        let mut watched = Watched::new(dialect);
        let mut bufferevent = watched.base.get_mut(watched.id).unwrap();
        bufferevent.write(b"").unwrap();
        bufferevent.write_buffer(&mut Evbuffer::new()).unwrap();
        assert_eq!((bufferevent.read(&mut [0; 9]), bufferevent.drain(9)), (Ok(0), Ok(0)));
        let moved = |step: &Step| matches!(step, Step::BufferAdded { .. } | Step::BufferDrained { .. });
        assert!(!watched.steps().iter().any(moved), "{dialect}");
    }
}

#[test]
fn an_edit_is_told_with_all_that_the_buffer_holds_then_and_a_mere_drain_as_a_drain() {
    for dialect in Dialect::ALL {
        let mut watched = Watched::new(dialect);
        watched.kernel.peer_send(watched.handle, b"hello");
        watched.pass();
        watched.steps();
        watched.base.get_mut(watched.id).unwrap().edit_input(|input| input.prepend(b"> ")).unwrap();
        watched.base.get_mut(watched.id).unwrap().edit_output(|output| output.add(b"out")).unwrap();
        watched.base.get_mut(watched.id).unwrap().edit_input(|input| input.drain(4)).unwrap();
        let told: Vec<_> = watched
            .steps()
            .into_iter()
            .filter_map(|step| match step {
                Step::BufferEdited { buffer, payload } => Some((buffer, payload.bytes, payload.len)),
                Step::BufferDrained { buffer, bytes, len } => Some((buffer, vec![b'-'; bytes], len)),
                _ => None,
            })
            .collect();
        let expected = [
            (BufferName::Input, b"> hello".to_vec(), 7),
            (BufferName::Output, b"out".to_vec(), 3),
            (BufferName::Input, b"----".to_vec(), 3),
        ];
        assert_eq!(told, expected, "{dialect}");
    }
}

#[test]
fn the_end_of_a_pass_and_the_totals_count_the_callbacks() {
    for dialect in Dialect::ALL {
        let mut watched = Watched::new(dialect);
        let before = watched.base.totals().callbacks;
        watched.kernel.peer_send(watched.handle, b"hello");
        watched.base.get_mut(watched.id).unwrap().write(b"out").unwrap();
        let ran = watched.pass().len();
        assert_eq!(ran, 2, "{dialect}");
        assert_eq!(watched.base.totals().callbacks, before + 2, "{dialect}");
        let steps = watched.steps();
        assert!(
            matches!(steps.last(), Some(Step::PassEnded { callbacks: 2, .. })),
            "{dialect}: {:?}",
            steps.last()
        );
        watched.pass();
        let steps = watched.steps();
        assert!(matches!(steps.last(), Some(Step::PassEnded { callbacks: 0, .. })), "{dialect}");
    }
}

#[test]
fn a_callback_of_a_trigger_call_has_returned_before_the_next_pass_begins() {
    for dialect in [Dialect::V2_1, Dialect::V2_2] {
        let mut watched = Watched::new(dialect);
        let options = TriggerOptions { ignore_watermarks: true, ..TriggerOptions::default() };
        let mut bufferevent = watched.base.get_mut(watched.id).unwrap();
        let call = bufferevent.trigger(Directions::READ, options).unwrap();
        assert_eq!(watched.base.poll_triggered(call), Some(Due::Read(watched.id)));
        watched.base.begin_pass(Time::ZERO);
        let steps = watched.steps();
        let left = position(&steps, |step| matches!(step, Step::CallbackLeft { .. }));
        assert!(left < position(&steps, |step| matches!(step, Step::PassBegan { .. })), "{dialect}");
    }
}

#[test]
fn each_thing_taken_away_from_an_event_is_told() {
    for dialect in Dialect::ALL {
        let mut watched = Watched::new(dialect);
        let event = EventName::Read;
        let second = Some(Duration::from_secs(1));
        watched.base.get_mut(watched.id).unwrap().set_timeouts(second, None);
        watched.steps();
        watched.base.get_mut(watched.id).unwrap().disable(Directions::READ);
        let steps = watched.steps();
        let timer = position(&steps, |step| *step == Step::TimerCancelled { event });
        assert!(timer < position(&steps, |step| *step == Step::EventDisarmed { event }), "{dialect}");

        let timer = watched.base.event_new(None, bufferevent::EventFlags::NONE);
        watched.base.event_mut(timer).unwrap().activate(bufferevent::EventFlags::TIMEOUT);
        watched.base.event_mut(timer).unwrap().del();
        let event = EventName::Application(timer.number());
        position(&watched.steps(), |step| *step == Step::EventDeactivated { event });
    }
}

#[test]
fn the_totals_count_bytes_and_each_time_reading_stopped() {
    for dialect in Dialect::ALL {
        let mut watched = Watched::new(dialect);
        let marks = Watermarks::new(0, 3);
        watched.base.get_mut(watched.id).unwrap().setwatermark(Directions::READ, marks);
        watched.base.get_mut(watched.id).unwrap().write(b"four").unwrap();
        for round in 1..=2 {
            watched.kernel.peer_send(watched.handle, b"abc");
            watched.pass();
            watched.base.get_mut(watched.id).unwrap().drain(3).unwrap();
            let totals = watched.base.totals();
            assert_eq!((totals.received, totals.reading_stopped), (3 * round, round), "{dialect}");
            assert_eq!(totals.sent, 4, "{dialect}");
        }
    }
}

#[test]
fn the_end_of_a_stream_is_told_as_the_end_and_not_as_bytes() {
    for dialect in Dialect::ALL {
        let mut watched = Watched::new(dialect);
        watched.kernel.peer_shutdown(watched.handle);
        watched.pass();
        let steps = watched.steps();
        position(&steps, |step| matches!(step, Step::EndOfFile { .. }));
        assert!(!steps.iter().any(|step| matches!(step, Step::Received { .. })), "{dialect}");
    }
}

#[test]
fn an_event_callback_is_told_of_the_function_of_its_direction() {
    for (errno_in, function) in [
        (bufferevent::Direction::Read, "bufferevent_readcb"),
        (bufferevent::Direction::Write, "bufferevent_writecb"),
    ] {
        let mut watched = Watched::new(Dialect::V1_4);
        watched.kernel.inject(watched.handle, errno_in, bufferevent::Errno::ConnectionReset, 1);
        watched.kernel.peer_send(watched.handle, b"in");
        if errno_in == bufferevent::Direction::Write {
            watched.base.get_mut(watched.id).unwrap().write(b"out").unwrap();
        }
        watched.pass();
        let records = std::mem::take(watched.base.observer_mut());
        let due = records.iter().find(|record| {
            matches!(record.step, Step::CallbackDue { callback: bufferevent::Callback::Event(_), .. })
        });
        assert_eq!(due.unwrap().function, function);
    }
}

/// Keeps what concerns one connection.
struct One(Vec<Record>);

impl bufferevent::Observer for One {
    fn wants(&self, connection: Option<BuffereventId>) -> bool {
        connection.is_some_and(|id| id.number() == 1)
    }

    fn record(&mut self, record: Record) {
        self.0.push(record);
    }
}

/// Two connections that each receive and are told, at 7 ms; the second first.
fn two_receive<O: bufferevent::Observer>(base: &mut EventBase<O>) {
    let mut kernel = SimKernel::new();
    let made = [(); 2].map(|()| {
        let handle = kernel.open(KernelSpec::default());
        (base.bufferevent_new(Some(handle), Callbacks::ALL, BuffereventOptions::default()), handle)
    });
    for (id, handle) in made.into_iter().rev() {
        base.get_mut(id).unwrap().enable(Directions::READ).unwrap();
        kernel.peer_send(handle, b"in");
    }
    for _ in 0..2 {
        base.begin_pass(Time::from_millis(7));
        while base.poll_callback(&mut kernel).is_some() {}
    }
    for (id, _) in made.into_iter().rev() {
        base.get_mut(id).unwrap().disable(Directions::BOTH);
    }
}

#[test]
fn who_watches_one_of_two_connections_hears_all_of_it() {
    for dialect in Dialect::ALL {
        let mut all = EventBase::with_observer(dialect, Vec::new());
        two_receive(&mut all);
        let mut one = EventBase::with_observer(dialect, One(Vec::new()));
        two_receive(&mut one);
        let steps = |records: &[Record]| -> Vec<_> {
            let of_one = records.iter().filter(|record| record.connection == Some(1));
            of_one.map(|record| (record.time, record.step.clone())).collect()
        };
        assert_eq!(steps(&one.observer().0), steps(all.observer()), "{dialect}");
    }
}

#[test]
fn a_record_has_the_time_of_its_pass() {
    let mut base = EventBase::with_observer(Dialect::V2_1, Vec::new());
    two_receive(&mut base);
    let received = |record: &&Record| matches!(record.step, Step::Received { .. });
    let times: Vec<_> = base.observer().iter().filter(received).map(|record| record.time).collect();
    assert_eq!(times, [Time::from_millis(7); 2]);
}

#[test]
fn the_kernel_reports_only_what_it_was_asked_for() {
    let mut reports = 0;
    for (name, scenario) in lessons::scenarios() {
        let first = Experiment::new(scenario);
        for mut run in Dialect::ALL.into_iter().filter_map(|dialect| first.in_dialect(dialect).ok()) {
            let dialect = run.scenario().dialect;
            let recording = run.recording_mut();
            for at in 1..=recording.end_position() {
                let Some(Record {
                    connection: Some(number), step: Step::Ready { readable, writable }, ..
                }) = recording.record_at(at).cloned()
                else {
                    continue;
                };
                let connection = &recording.seek(at).connections[&number];
                let waits = [connection.read.event.armed, connection.write.event.armed];
                assert!(
                    !readable || waits[0],
                    "{name} as {dialect}, at {at}: readable, and ev_read does not wait"
                );
                assert!(
                    !writable || waits[1],
                    "{name} as {dialect}, at {at}: writable, and ev_write does not wait"
                );
                reports += 1;
            }
        }
    }
    assert!(reports > 0);
}
