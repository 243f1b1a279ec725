//! Which action of the scenario made a record.
#![cfg(feature = "sim")]
#![expect(clippy::unwrap_used, reason = "a test fails where something is missing")]

use std::collections::BTreeSet;

use bufferevent::recording::Entered;
use bufferevent::sim::{Experiment, Scenario};
use bufferevent::{BufferName, Callback, Record, Step};

use crate::support::{lessons, recorded};

fn proxy() -> Experiment {
    let text = r#"{"format":2,"dialect":"2.1","bufferevents":{
        "client":{"on_read":[[{"if":{"input_at_least":1},"then":[{"write":"hi"},{"move_to":"server"}]}],
            [{"disable":["read"]},{"free":true}]]},"server":{}},
        "timers":{"tick":{"after_ms":5,"do":[[{"enable":["write"],"of":"server"},{"write":"late","of":"server"}]]}},
        "script":[{"peer_send":"one","of":"client"},{"turn":1},{"advance_ms":5},{"turn":1},
            {"peer_send":"two","of":"client"},{"turn":1}]}"#;
    Experiment::new(Scenario::from_json(text).unwrap())
}

/// The places that made records of which this holds.
fn places(experiment: &Experiment, holds: impl Fn(&Record) -> bool) -> Vec<String> {
    let records = (1..).zip(experiment.recording().records());
    let positions = records.filter(|(_, record)| holds(record)).map(|(position, _)| position);
    positions.map(|position| experiment.running(position).unwrap_or_else(|| "-".to_owned())).collect()
}

#[test]
fn records_within_a_callback_have_the_action_that_made_them() {
    let experiment = proxy();
    let all: BTreeSet<String> = places(&experiment, |_| true).into_iter().collect();
    for place in [
        "bufferevents.client.on_read[0][0].then[0]",
        "bufferevents.client.on_read[0][0].then[1]",
        "bufferevents.client.on_read[1][0]",
        "bufferevents.client.on_read[1][1]",
        "timers.tick.do[0][1]",
        "script[0]",
    ] {
        assert!(all.contains(place), "{place} is not in {all:?}");
    }
    let frees = places(&experiment, |record| record.function == "bufferevent_free");
    assert!(
        !frees.is_empty() && frees.iter().all(|place| *place == "bufferevents.client.on_read[1][1]"),
        "{frees:?}"
    );
}

#[test]
fn the_set_up_has_no_action_and_passes_have_their_step() {
    let experiment = proxy();
    assert_eq!(experiment.running(0), None);
    assert_eq!(experiment.running(1), None);
    let passes = places(&experiment, |record| matches!(record.step, Step::PassBegan { .. }));
    assert_eq!(passes, ["script[1]", "script[3]", "script[5]"]);
}

/// What a scenario calls this callback.
fn place_of(entered: &Entered, names: &bufferevent::recording::Names) -> String {
    let of = entered.connection.and_then(|number| names.bufferevents.get(&number));
    let of = of.map_or_else(|| "app".to_owned(), |name| format!("bufferevents.{name}"));
    match entered.callback {
        Callback::Read => format!("{of}.on_read["),
        Callback::Write => format!("{of}.on_write["),
        Callback::Event(_) => format!("{of}.on_event["),
        Callback::Buffer(BufferName::Input, _) => format!("{of}.on_input["),
        Callback::Buffer(BufferName::Output, _) => format!("{of}.on_output["),
        Callback::Application(event, _) => format!("timers.{}.do[", names.events[&event]),
    }
}

#[test]
fn what_runs_is_in_the_callback_that_runs_and_in_the_script_where_none_does() {
    let programs = recorded::scenarios(["2.1/format-2"]).step_by(5);
    let mut callbacks = 0;
    for scenario in programs.chain(lessons::scenarios().into_iter().map(|(_, scenario)| scenario)) {
        let name = scenario.to_json();
        let mut experiment = Experiment::new(scenario);
        for position in 1..=experiment.recording().end_position() {
            let picture = experiment.recording_mut().seek(position);
            let inside = picture.event_loop.entered.as_ref().map(|entered| place_of(entered, &picture.names));
            callbacks += usize::from(inside.is_some());
            let running = experiment.running(position);
            let is_there = match &inside {
                Some(callback) => running.as_ref().is_some_and(|running| running.starts_with(callback)),
                None => running.as_ref().is_none_or(|running| running.starts_with("script[")),
            };
            assert!(is_there, "{name}\nat {position}: {running:?}, and {inside:?} is entered");
        }
    }
    assert!(callbacks > 500, "{callbacks}");
}
