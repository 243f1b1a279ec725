//! The function that a record names is one that its libevent has, and runs at that step.
#![cfg(feature = "sim")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use bufferevent::sim::{Format, KernelSpec, Scenario, SimKernel, Simulation};
use bufferevent::{
    BuffereventId, BuffereventOptions, Callbacks, Dialect, Directions, Evbuffer, EventBase, EventFlags,
    Record, Step, TriggerOptions, Watermarks, What,
};

use crate::support::recorded::{SHORT, scenarios};

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(path)).unwrap()
}

/// The functions that a dialect's records may name, and the file of libevent each is in.
fn listed(dialect: Dialect) -> BTreeSet<String> {
    let text = read(&format!("functions/{dialect}.txt"));
    let line = |line: &str| {
        let (function, file) = line.split_once(' ').unwrap_or_else(|| panic!("{line:?} names no file"));
        assert!(file.ends_with(".c") || file.ends_with(".h"), "{line:?}");
        function.to_owned()
    };
    text.lines().map(line).collect()
}

/// Steps that stand for nothing that libevent runs: the application's code, the peer, the clock.
fn is_outside(dialect: Dialect, step: &Step) -> bool {
    match step {
        Step::CallbackEntered { .. }
        | Step::CallbackLeft { .. }
        | Step::PeerSent { .. }
        | Step::PeerReceived { .. }
        | Step::PeerShutdown
        | Step::PeerReset { .. }
        | Step::PeerAccepted
        | Step::PeerRefused
        | Step::PeerSees { .. }
        | Step::Injected { .. }
        | Step::ClockAdvanced { .. } => true,
        // The application's own hand in the buffer, which 1.4 gives away by a macro.
        Step::BufferEdited { .. } => dialect == Dialect::V1_4,
        _ => false,
    }
}

/// Every function that the records name, each with one that does.
#[derive(Default)]
struct Named(BTreeMap<&'static str, BTreeMap<String, Record>>);

impl Named {
    fn take(&mut self, dialect: Dialect, records: Vec<Record>) {
        for record in records {
            assert_eq!(record.function.is_empty(), is_outside(dialect, &record.step), "{record:?}");
            if !record.function.is_empty() {
                let functions = self.0.entry(dialect.as_str()).or_default();
                functions.entry(record.function.clone().into_owned()).or_insert(record);
            }
        }
    }
}

fn corpus(named: &mut Named) {
    let files = SHORT.into_iter().chain(["2.1/oracle", "2.1/format-2"]);
    for scenario in scenarios(files) {
        // What 2.1's programs do, 2.2 has too.
        let other = (scenario.format == Format::V2).then_some(Dialect::V2_2);
        for dialect in [Some(scenario.dialect), other].into_iter().flatten() {
            let mut simulation = Simulation::new(Scenario { dialect, ..scenario.clone() }, Vec::new());
            while simulation.run_step() {
                named.take(dialect, std::mem::take(simulation.observer_mut()));
            }
        }
    }
}

fn run(base: &mut EventBase<Vec<Record>>, kernel: &mut SimKernel) {
    let now = base.now();
    base.begin_pass(now);
    let mut callbacks = 0;
    while base.poll_callback(kernel).is_some() {
        callbacks += 1;
        if callbacks == 9 {
            base.loopbreak();
        }
    }
}

/// What no scenario can say.
fn beyond_scenarios(dialect: Dialect) -> Vec<Record> {
    let mut base = EventBase::with_observer(dialect, Vec::new());
    let mut kernel = SimKernel::new();
    let handle = kernel.open(KernelSpec::default());
    let options = BuffereventOptions { close_on_free: true, defer_callbacks: false };
    let id = base.bufferevent_new(Some(handle), Callbacks::ALL, options);
    base.get_mut(id).unwrap().priority_set(0).unwrap();
    base.get_mut(id).unwrap().setfd(Some(handle));
    base.get_mut(id).unwrap().enable(Directions::BOTH).unwrap();
    let event = base.event_new(None, EventFlags::PERSIST);
    base.event_mut(event).unwrap().add(Some(Duration::ZERO)).unwrap();
    base.event_mut(event).unwrap().activate(EventFlags::TIMEOUT);
    kernel.peer_send(handle, b"hello");
    run(&mut base, &mut kernel);
    base.event_mut(event).unwrap().free();
    assert_eq!(base.get_mut(id).unwrap().pullup(2), Some(&b"he"[..]));
    base.get_mut(id).unwrap().edit_input(|input| input.prepend(b"x")).unwrap();
    base.get_mut(id).unwrap().edit_output(|output| output.add(b"x")).unwrap();
    base.get_mut(id).unwrap().write_buffer(&mut Evbuffer::from(&b"moved"[..])).unwrap();
    base.get_mut(id).unwrap().read_buffer(&mut Evbuffer::new()).unwrap();
    base.loopexit();
    base.loopbreak();
    if dialect != Dialect::V1_4 {
        only_2(&mut base, &mut kernel, id);
    }
    base.get_mut(id).unwrap().free();
    run(&mut base, &mut kernel);
    std::mem::take(base.observer_mut())
}

fn only_2(base: &mut EventBase<Vec<Record>>, kernel: &mut SimKernel, id: BuffereventId) {
    for defer_callbacks in [false, true] {
        let options = TriggerOptions { ignore_watermarks: true, defer_callbacks };
        let call = base.get_mut(id).unwrap().trigger(Directions::BOTH, options).unwrap();
        while base.poll_triggered(call).is_some() {}
        let call = base.get_mut(id).unwrap().trigger_event(What::EOF, options).unwrap();
        while base.poll_triggered(call).is_some() {}
    }
    let [one, other] = base.bufferevent_pair_new([Callbacks::ALL; 2]).unwrap();
    base.get_mut(other).unwrap().setwatermark(Directions::READ, Watermarks::new(2, 4));
    base.get_mut(other).unwrap().enable(Directions::READ).unwrap();
    base.get_mut(one).unwrap().write(b"hello").unwrap();
    run(base, kernel);
}

#[test]
fn every_function_that_a_record_names_is_in_its_dialects_list_and_the_other_way_round() {
    let mut named = Named::default();
    corpus(&mut named);
    for dialect in Dialect::ALL {
        named.take(dialect, beyond_scenarios(dialect));
    }
    for dialect in Dialect::ALL {
        let (listed, named) = (listed(dialect), &named.0[dialect.as_str()]);
        let unknown: Vec<_> = named.iter().filter(|(function, _)| !listed.contains(*function)).collect();
        assert!(unknown.is_empty(), "{dialect} has no such function: {unknown:#?}");
        let unused: Vec<_> = listed.iter().filter(|function| !named.contains_key(*function)).collect();
        assert!(unused.is_empty(), "{dialect}: no record names {unused:?}");
    }
}
