//! Which action of the scenario made a record.
#![cfg(feature = "sim")]
#![expect(clippy::unwrap_used, reason = "a test fails where something is missing")]

use std::collections::BTreeSet;

use bufferevent::sim::{Experiment, Scenario};
use bufferevent::{Record, Step};

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
fn places(experiment: &Experiment, holds: impl Fn(&Record) -> bool) -> Vec<&str> {
    let records = (1..).zip(experiment.recording().records());
    let positions = records.filter(|(_, record)| holds(record)).map(|(position, _)| position);
    positions.map(|position| experiment.running(position).unwrap_or("-")).collect()
}

#[test]
fn records_within_a_callback_have_the_action_that_made_them() {
    let experiment = proxy();
    let all: BTreeSet<&str> = places(&experiment, |_| true).into_iter().collect();
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
