//! Which way the internal callbacks take through their decisions.
#![cfg(feature = "sim")]
#![expect(clippy::unwrap_used, reason = "a test fails where something is missing")]

use std::collections::{HashMap, HashSet};

use bufferevent::recording::{Branch, Internal, Recording, Turn, Walk};
use bufferevent::sim::{Experiment, Scenario};
use bufferevent::{EventName, MarkName, Step};

use crate::support::recorded::scenarios;

/// Of every dialect and format.
const FILES: [&str; 9] = [
    "1.4/edge",
    "1.4/edge-format-2",
    "1.4/random",
    "2.1/edge",
    "2.1/edge-long-reads",
    "2.1/random",
    "2.1/format-2",
    "2.2/edge",
    "2.2/oracle",
];

fn recording(scenario: Scenario) -> Recording {
    Experiment::new(scenario).recording().clone()
}

/// One socket of a dialect.
fn of(dialect: &str, rest: &str) -> Recording {
    recording(Scenario::from_json(&format!(r#"{{"format":1,"dialect":"{dialect}",{rest}}}"#)).unwrap())
}

/// The position after the last record of which this holds.
fn last(recording: &Recording, holds: impl Fn(&Step) -> bool) -> u64 {
    let all = (1..).zip(recording.records());
    all.filter(|(_, record)| holds(&record.step)).last().unwrap().0
}

/// The ways that were taken, and `...` where it is still to come to one.
fn ways(walk: &Walk) -> String {
    let taken = walk.choices.iter().filter_map(|choice| choice.taken).map(|branch| format!("{branch:?}"));
    let open = walk.choices.iter().any(|choice| choice.taken.is_none() && !choice.passed);
    taken.chain(open.then(|| "...".to_owned())).collect::<Vec<_>>().join(" ")
}

#[test]
fn every_internal_callback_that_returned_has_gone_one_way_from_its_start_to_its_end() {
    let (mut walks, mut seen) = (0, Seen::default());
    for scenario in scenarios(FILES) {
        let name = scenario.to_json();
        let mut recording = recording(scenario);
        for position in 1..=recording.end_position() {
            let Step::EventReturned { event } = recording.record_at(position).unwrap().step else { continue };
            let path = recording.path(position);
            if matches!(event, EventName::Application(_) | EventName::Finalizer | EventName::LoopExit) {
                assert_eq!(path, []);
                continue;
            }
            walks += 1;
            let [walk] = &path[..] else { panic!("{name}\nat {position}: {path:?}") };
            assert!(walk.internal != Internal::Watch, "{name}\nat {position}");
            seen.see(walk, &format!("{name}\nat {position}"));
        }
    }
    assert!(walks > 30_000, "{walks}");
    seen.lacks(
        |turn| !WATCH.contains(&turn),
        &[
            // What is not worth a word unless it goes the other way.
            Branch::NoConnection,
            Branch::StillEnabled,
            Branch::RoomFits,
            // What a kernel hardly ever does, and a scenario's never.
            Branch::NothingWent,
            Branch::ConnectionUndecided,
            Branch::ReadRefused,
            // Something else of the same pass suspended reading.
            Branch::IsSuspended,
        ],
    );
}

#[test]
fn whatever_watches_input_is_a_way_of_its_own_outside_of_a_read() {
    let (mut walks, mut seen) = (0, Seen::default());
    for scenario in scenarios(FILES) {
        let name = scenario.to_json();
        let mut recording = recording(scenario);
        for position in 1..=recording.end_position() {
            let record = recording.record_at(position).unwrap().clone();
            let Step::WatermarkChecked { mark: MarkName::ReadHigh, .. } = record.step else { continue };
            let path = recording.path(position);
            let inner = path.last().unwrap();
            let is_reading =
                inner.internal == Internal::Read && inner.connection == record.connection.unwrap();
            assert!(is_reading || inner.internal == Internal::Watch, "{name}\nat {position}: {path:?}");
            if inner.internal == Internal::Watch {
                assert_eq!((inner.began, &inner.function), (position, &record.function));
                let connection = record.connection;
                let last = (position..=recording.end_position())
                    .take_while(|at| {
                        let path = recording.path(*at);
                        path.last()
                            .is_some_and(|walk| walk.began == position && walk.internal == Internal::Watch)
                    })
                    .last()
                    .unwrap();
                assert_eq!(recording.record_at(last).unwrap().connection, connection);
                walks += 1;
                seen.see(recording.path(last).last().unwrap(), &format!("{name}\nat {position} to {last}"));
            }
        }
    }
    assert!(walks > 1000, "{walks}");
    seen.lacks(|turn| WATCH.contains(&turn), &[]);
}

/// Those of what watches input.
const WATCH: [Turn; 4] = [Turn::MarkNow, Turn::StopsNow, Turn::WasStopped, Turn::WaitsAgain];

/// What was gone by.
#[derive(Default)]
struct Seen(HashMap<Branch, Turn>, HashSet<Branch>);

impl Seen {
    /// This one is at its end.
    fn see(&mut self, walk: &Walk, place: &str) {
        for choice in &walk.choices {
            self.0.extend(choice.branches.iter().map(|branch| (*branch, choice.turn)));
            self.1.extend(choice.taken);
            let is_one = choice.taken.is_none_or(|branch| choice.branches.contains(&branch));
            assert!(choice.taken.is_some() != choice.passed && is_one, "{place}: {choice:?}");
        }
    }

    /// Of these turns all branches were shown, and all taken but for those.
    fn lacks(&self, of: impl Fn(Turn) -> bool, never: &[Branch]) {
        let ours = self.0.iter().filter(|(_, turn)| of(**turn)).map(|(branch, _)| *branch);
        let missing: HashSet<Branch> = ours.filter(|branch| !self.1.contains(branch)).collect();
        assert_eq!(missing, never.iter().copied().collect());
    }
}

#[test]
fn what_is_still_to_come_is_open_and_what_was_decided_stays() {
    for scenario in scenarios(FILES).step_by(37) {
        let name = scenario.to_json();
        let mut recording = recording(scenario);
        let mut before: Vec<Walk> = Vec::new();
        for position in 1..=recording.end_position() {
            let path = recording.path(position);
            for (was, is) in before.iter().zip(&path).filter(|(was, is)| was.began == is.began) {
                for choice in was.choices.iter().filter(|choice| choice.taken.is_some()) {
                    assert!(is.choices.contains(choice), "{name}\nat {position}: {choice:?}\n{is:?}");
                }
            }
            before = path;
        }
    }
}

#[test]
fn a_read_that_reaches_the_low_mark_and_fills_input_is_followed_step_by_step() {
    let script = r#""bufferevent":{"read":{"low":4,"high":10}},"app":{"on_read":[[{"read":"all"}]]},
        "script":[{"peer_send":"0123456789abc"},{"turn":1}]"#;
    for (dialect, begun, whole) in [
        ("1.4", "HandleReady SomeRoom UpToHighMark ...", "BytesCame LowReached FullStops ReadCalled"),
        (
            "2.1",
            "HandleReady SomeRoom NotSuspended UpToHighMark ...",
            "BytesCame Filled LowReached ReadCalled NoMoreCalls",
        ),
    ] {
        let mut recording = of(dialect, script);
        let bounded = last(&recording, |step| matches!(step, Step::ReadBounded { .. }));
        assert_eq!(ways(&recording.path(bounded)[0]), begun);
        let returned =
            last(&recording, |step| matches!(step, Step::EventReturned { event: EventName::Read }));
        let whole = begun.replace("...", whole);
        assert_eq!(ways(&recording.path(returned)[0]), whole);
        // Inside its callback the watch on input has decisions of its own.
        let drained =
            last(&recording, |step| matches!(step, Step::PressureRemoved | Step::Unsuspended { .. }));
        let path = recording.path(drained);
        assert_eq!(ways(&path[1]), "BelowMark StopEnds ...");
        let name = if dialect == "1.4" { "bufferevent_read_pressure_cb" } else { "bufferevent_inbuf_wm_cb" };
        assert_eq!((path[0].function.as_ref(), path[1].function.as_ref()), ("bufferevent_readcb", name));
    }
}

#[test]
fn a_choice_has_the_branches_of_its_dialect_and_names_where_it_was_decided() {
    let script = r#""bufferevent":{"read":{"low":4,"high":10}},"script":[{"peer_send":"01"},{"turn":1}]"#;
    for (dialect, function) in [("1.4", "bufferevent_readcb"), ("2.1", "bufferevent_trigger_nolock_")] {
        let mut recording = of(dialect, script);
        let returned =
            last(&recording, |step| matches!(step, Step::EventReturned { event: EventName::Read }));
        let walk = recording.path(returned).remove(0);
        let low = walk.choices.iter().find(|choice| choice.turn == Turn::LowMark).unwrap();
        assert_eq!((low.taken, low.function.as_deref()), (Some(Branch::LowNotReached), Some(function)));
        let callback = walk.choices.iter().find(|choice| choice.turn == Turn::ReadCallback).unwrap();
        assert!(callback.passed, "it returned before");
        assert_eq!(callback.branches.contains(&Branch::ReadPutOff), dialect == "2.1");
    }
}

#[test]
fn connected_with_nothing_to_write_is_not_taken_for_disabled() {
    let json = r#"{"format":2,"dialect":"2.1","bufferevents":{"client":{"connect":"pending"}},
        "script":[{"peer_accept":true,"of":"client"},{"turn":2}]}"#;
    let mut recording = recording(Scenario::from_json(json).unwrap());
    let connected = last(&recording, |step| matches!(step, Step::Connected));
    let returned =
        (connected..).find(|at| matches!(recording.record_at(*at).unwrap().step, Step::EventReturned { .. }));
    let walk = recording.path(returned.unwrap()).remove(0);
    assert_eq!(
        ways(&walk),
        "HandleReady ConnectionMade ConnectedCalled NothingToWrite NothingLeft WriteLowNotAsked"
    );
}

#[test]
fn a_pair_has_timers_alone() {
    let json = r#"{"format":2,"dialect":"2.1","bufferevents":{"one":{"pair_with":"other","read":{"timeout_ms":5},"enable":["read"]},
        "other":{"pair_with":"one"}},"script":[{"turn":1},{"advance_ms":6},{"turn":1}]}"#;
    let mut recording = recording(Scenario::from_json(json).unwrap());
    let run = last(&recording, |step| matches!(step, Step::EventRun { event: EventName::Read, .. }));
    let walk = recording.path(run).remove(0);
    assert_eq!(
        (walk.internal, walk.function.as_ref()),
        (Internal::ReadTimeout, "bufferevent_generic_read_timeout_cb")
    );
}
