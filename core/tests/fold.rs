//! Folding the records gives, after each of them, the engine's real state: that is what makes the picture honest.
#![cfg(feature = "sim")]

use bufferevent::recording::{ConnectionPicture, Content, Picture, Run};
use bufferevent::sim::Simulation;
use bufferevent::{BuffereventId, Kernel, Observer, Record};

use crate::support::recorded::{SHORT, scenarios};

/// Programs of several bufferevents: pairs and filters, connecting, callbacks of evbuffers.
const PROGRAMS: [&str; 4] = ["1.4/edge-format-2", "2.1/format-2", "2.1/oracle", "2.2/edge-format-2"];

/// A scenario with long runs says nothing new after the first thousands of records.
const MOST_RECORDS: usize = 2000;

/// Callbacks inside each other of which a picture knows: it has a bound, and the outermost fall out of it.
const NESTED: usize = 64;

/// What the engine knows of a connection, without what only records tell.
fn engine_part(picture: &ConnectionPicture) -> ConnectionPicture {
    let mut part = picture.clone();
    part.what = None;
    part.kernel = Default::default();
    part.counters = Default::default();
    part.read.ended = None;
    part.write.ended = None;
    // How a run of bytes was cut into pieces that are known and not is the history's, the lengths are the engine's.
    part.input.runs.clear();
    part.output.runs.clear();
    part
}

/// The stretches that are known, each with its place.
fn known(content: &Content) -> Vec<(usize, &[u8])> {
    let mut at = 0;
    let mut stretches = Vec::new();
    for run in &content.runs {
        match run {
            Run::Bytes(bytes) => {
                stretches.push((at, &bytes[..]));
                at += bytes.len();
            }
            Run::Unknown(unknown) => at += unknown,
        }
    }
    stretches
}

/// Whether both say the same of each byte that both know.
fn agree(one: &Content, other: &Content) -> bool {
    known(one).into_iter().all(|(at, bytes)| {
        known(other).into_iter().all(|(from, expected)| {
            let (start, end) = (at.max(from), (at + bytes.len()).min(from + expected.len()));
            start >= end || bytes[start - at..end - at] == expected[start - from..end - from]
        })
    })
}

fn assert_same(name: &str, record: &Record, folded: &Picture, engine: &Picture) {
    let context = || format!("{name}, after {record:?}");
    assert_eq!(folded.event_loop.pass, engine.event_loop.pass, "{}", context());
    assert_eq!(folded.event_loop.running, engine.event_loop.running, "{}", context());
    assert_eq!(folded.event_loop.entered, engine.event_loop.entered, "{}", context());
    assert_eq!(folded.event_loop.outer, engine.event_loop.outer, "{}", context());
    let live = folded.connections.values().filter(|connection| !connection.freed);
    let live: Vec<_> = live.map(engine_part).collect();
    let real: Vec<_> = engine.connections.values().map(engine_part).collect();
    assert_eq!(live, real, "{}", context());
    for real in engine.connections.values() {
        let folded = &folded.connections[&real.number];
        for (folded, real) in [(&folded.input, &real.input), (&folded.output, &real.output)] {
            assert!(agree(folded, real), "{folded:?} is not {real:?}, {}", context());
        }
    }
}

/// The one bufferevent of a scenario in format 1.
fn only<O: Observer>(simulation: &Simulation<O>) -> BuffereventId {
    simulation.bufferevent_ids().next().expect("there is one")
}

#[test]
fn folding_gives_the_engines_state_after_every_record() {
    for scenario in scenarios(SHORT.into_iter().chain(PROGRAMS)) {
        let name = scenario.name.clone();
        let mut simulation = Simulation::new(scenario, Vec::<Record>::new());
        let snapshots = simulation.base_mut().keep_snapshots();
        let mut picture = Picture::default();
        for record in std::mem::take(simulation.observer_mut()) {
            picture.fold(&record);
        }
        let mut compared = 0;
        while compared < MOST_RECORDS && simulation.run_step() {
            let snapshots: Vec<_> = snapshots.try_iter().collect();
            let records = std::mem::take(simulation.observer_mut());
            assert_eq!(records.len(), snapshots.len());
            for (record, snapshot) in records.iter().zip(&snapshots) {
                if snapshot.event_loop.outer.len() >= NESTED {
                    compared = usize::MAX;
                    break;
                }
                picture.fold(record);
                assert_same(&name, record, &picture, snapshot);
                compared += 1;
            }
        }
    }
}

#[test]
fn folded_kernel_queues_are_the_kernels() {
    for scenario in scenarios(SHORT) {
        let name = scenario.name.clone();
        let mut simulation = Simulation::new(scenario, Vec::<Record>::new());
        let mut picture = Picture::of_simulation();
        let handle = simulation.base().get(only(&simulation)).ok().and_then(|b| b.handle());
        let mut steps = 0;
        while simulation.run_step() {
            steps += 1;
            for record in std::mem::take(simulation.observer_mut()) {
                picture.fold(&record);
                let known = picture.connections.values().all(|connection| connection.kernel.tanks.is_some());
                assert!(known, "{name}, after {record:?}");
            }
            let connection = &picture.connections[&only(&simulation).number()];
            assert_eq!(
                connection.kernel.tanks,
                simulation.kernel().tanks(handle.expect("has one")),
                "{name}, step {steps}"
            );
        }
    }
}
