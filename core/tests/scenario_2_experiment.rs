//! Experiments, records and pictures of scenarios with several bufferevents.
#![cfg(feature = "sim")]

use bufferevent::recording::{Names, Recording};
use bufferevent::sim::{Experiment, Scenario};

fn pair_and_socket() -> Scenario {
    let text = r#"{"format":2,"dialect":"2.1","bufferevents":{"far":{"pair_with":"near"},"client":{},"near":{}},
        "timers":{"tick":{"after_ms":10}},
        "script":[{"peer_send":"hello","of":"client"},{"turn":1},{"write":"hi","of":"near"},{"turn":1}]}"#;
    Scenario::from_json(text).unwrap()
}

/// The names of the connections in the last picture, by number.
fn named(recording: &Recording) -> Vec<String> {
    let view = recording.end().view();
    let name = |it: &bufferevent::recording::ConnectionView<'_>| {
        format!("{} {}", it.connection.number, it.name.unwrap_or("-"))
    };
    view.connections.iter().map(name).collect()
}

#[test]
fn pictures_say_what_each_number_is_called_and_a_file_keeps_it() {
    let experiment = Experiment::new(pair_and_socket());
    assert_eq!(named(experiment.recording()), ["1 far", "2 near", "3 client"], "in the order of making");
    let names = &experiment.recording().end().names;
    assert_eq!(names.events.values().collect::<Vec<_>>(), ["tick"]);
    let mut file = Vec::new();
    experiment.recording().export(&mut file).unwrap();
    let read = Recording::import(file.as_slice()).unwrap().recording;
    assert_eq!(named(&read), named(experiment.recording()));
}

#[test]
fn a_recording_without_names_reads_and_is_written_as_ever() {
    let experiment = Experiment::new(Scenario::first());
    assert_eq!(experiment.recording().end().names, Names::default());
    let mut file = Vec::new();
    experiment.recording().export(&mut file).unwrap();
    assert!(!String::from_utf8(file).unwrap().contains("names"));
}

#[test]
fn acting_names_a_bufferevent_and_forks() {
    let mut experiment = Experiment::new(pair_and_socket());
    let act = |experiment: &mut Experiment, position: u64, step: &str| {
        let step = experiment.scenario().step_from_json(step).map_err(|error| error.to_string())?;
        experiment.act(position, step).map_err(|error| error.to_string())
    };
    let end = experiment.recording().end_position();
    act(&mut experiment, end, r#"{"write":"x","of":"client"}"#).unwrap();
    assert_eq!(experiment.current_branch(), 0);
    let early = experiment.end_of(1).unwrap();
    act(&mut experiment, early, r#"{"peer_send":"other","of":"client"}"#).unwrap();
    assert_eq!(experiment.branches()[1].label, r#"{"peer_send":"other","of":"client"}"#);
    assert_eq!(experiment.scenario().script.len(), 2);
    assert_eq!(named(experiment.recording()), ["1 far", "2 near", "3 client"]);
    let unnamed = act(&mut experiment, 0, r#"{"write":"x"}"#).unwrap_err();
    assert_eq!(unnamed, r#"there are several bufferevents; "of" says which"#);
    let unknown = act(&mut experiment, 0, r#"{"write":"x","of":"cleint"}"#).unwrap_err();
    assert_eq!(unknown, r#"of: there is no bufferevent "cleint"; did you mean "client"?"#);
}

#[test]
fn other_dialects_run_the_same_script_where_they_have_what_it_needs() {
    let mut experiment = Experiment::new(pair_and_socket());
    let error = experiment.in_dialect(bufferevent::Dialect::V1_4).unwrap_err();
    assert_eq!(error.to_string(), "bufferevents.far.pair_with: dialect 1.4 has no pairs");
    experiment.set_dialect(bufferevent::Dialect::V2_2).unwrap();
    assert_eq!(experiment.branches().len(), 2);
}
