//! Every scenario ends, in bounded time and memory, and at the same place however it is watched.
#![cfg(feature = "sim")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use bufferevent::sim::{
    Budget, Experiment, Limit, Scenario, Simulation, TraceEvent, TraceLine, Truncation, trace,
};
use bufferevent::{NoObserver, Observer, Record};

/// A write into filters of which each makes twice as many bytes.
fn doubling() -> Scenario {
    let filter = |at: usize| {
        format!(r#""{at}":{{"filter_over":"{}","output_filter":"double","enable":["write"]}}"#, at - 1)
    };
    let filters: Vec<String> = (1..60).map(filter).collect();
    let json = format!(
        r#"{{"format":2,"dialect":"2.1","bufferevents":{{"0":{{"enable":[]}},{}}},"script":[{{"write":"x","of":"59"}}]}}"#,
        filters.join(",")
    );
    Scenario::from_json(&json).unwrap()
}

/// A write that a mark lets through byte by byte, into a pair whose other side takes each at once.
fn byte_by_byte() -> Scenario {
    let json = r#"{"format":2,"dialect":"2.1","bufferevents":{
            "under":{"write":{"high":1},"enable":["write"]},"other":{"pair_with":"under","enable":["read"]},
            "over":{"filter_over":"under","enable":["write"]}},
        "script":[{"write":"TEXT","of":"over"}]}"#;
    Scenario::from_json(&json.replace("TEXT", &"w".repeat(3000))).unwrap()
}

/// Scenarios that never end by themselves, or later than anybody waits, each with the limit that it meets.
fn endless() -> Vec<(&'static str, Scenario, Limit)> {
    let text = "w".repeat(1000);
    let cases = [
        // A callback that never drains spins.
        (
            "spin",
            r#""dialect":"2.1","bufferevent":{"read":{"high":4}},
               "script":[{"peer_send":"hello"},{"turn":4294967295}]"#,
            Limit::Records,
        ),
        // It writes at each call, and nobody takes it.
        (
            "spin that writes",
            r#""dialect":"2.1","bufferevent":{"read":{"high":5}},"app":{"on_read":[[{"write":"TEXT"}]]},
               "script":[{"peer_send":"hello world"},{"turn":4294967295}]"#,
            Limit::Bytes,
        ),
        (
            "interrupted for ever",
            r#""dialect":"1.4","script":[{"inject":{"op":"read","errno":"EINTR","times":4294967295}},
               {"peer_send":"x"},{"turn":4294967295}]"#,
            Limit::Records,
        ),
        (
            "never room to write",
            r#""dialect":"1.4","script":[{"inject":{"op":"write","errno":"EAGAIN","times":4294967295}},
               {"write":"x"},{"turn":4294967295}]"#,
            Limit::Records,
        ),
        // 1.4 goes on after an error that its callback answers with another write.
        (
            "writes into an error",
            r#""dialect":"1.4","app":{"on_event":[[{"write":"x"}]]},
               "script":[{"inject":{"op":"write","errno":"EPIPE","times":4294967295}},{"write":"x"},
               {"turn":4294967295}]"#,
            Limit::Records,
        ),
        (
            "writes whenever it has written",
            r#""dialect":"2.1","kernel":{"tx_capacity":4294967295},"app":{"on_write":[[{"write":"TEXT"}]]},
               "script":[{"write":"x"},{"turn":4294967295}]"#,
            Limit::Bytes,
        ),
    ];
    let scenario = |keys: &str| {
        Scenario::from_json(&format!(r#"{{"format":1,{}}}"#, keys.replace("TEXT", &text))).unwrap()
    };
    let mut all: Vec<_> = cases.map(|(name, keys, limit)| (name, scenario(keys), limit)).into();
    let timer = r#"{"format":2,"dialect":"2.1","bufferevents":{"a":{}},"timers":{"t":{"do":[[{"activate":"t"}]]}},
        "script":[{"activate":"t"},{"turn":4294967295}]}"#;
    all.push(("a timer that activates itself", Scenario::from_json(timer).unwrap(), Limit::Records));
    all.push(("a call that doubles bytes", doubling(), Limit::Bytes));
    all.push(("a call that moves byte by byte", byte_by_byte(), Limit::Records));
    all
}

fn small() -> Budget {
    Budget { records: 5000, bytes: 100_000, ..Budget::default() }
}

/// The trace and where it stopped.
fn run<O: Observer>(
    scenario: &Scenario,
    observer: O,
    budget: Budget,
) -> (Vec<TraceLine>, Option<Truncation>, Simulation<O>) {
    let mut simulation = Simulation::with_budget(scenario.clone(), observer, budget);
    while simulation.advance().is_some() {}
    (simulation.take_trace(), simulation.truncation(), simulation)
}

#[test]
fn an_endless_scenario_meets_its_limit_and_names_it_and_the_step() {
    for (name, scenario, limit) in endless() {
        let (_, truncation, _) = run(&scenario, NoObserver, small());
        let truncation = truncation.unwrap_or_else(|| panic!("{name} ended"));
        assert_eq!((truncation.what, truncation.step), (limit, scenario.script.len()), "{name}");
        let words = match limit {
            Limit::Records => "more than 5000 records",
            _ => "more than 100000 buffered bytes",
        };
        let step = scenario.script.len();
        assert_eq!(
            truncation.to_string(),
            format!("stopped in step {step} of the script: {words}"),
            "{name}"
        );
    }
}

#[test]
fn it_stops_at_the_same_place_however_it_is_watched() {
    for (name, scenario, limit) in endless() {
        let (lines, truncation, _) = run(&scenario, NoObserver, small());
        let (watched, same, simulation) = run(&scenario, Vec::<Record>::new(), small());
        assert_eq!((&watched, same), (&lines, truncation), "{name}");
        let records = simulation.observer();
        match limit {
            Limit::Records => assert_eq!(records.len(), 5000, "{name}: those within the limit and no more"),
            _ => assert!(records.len() < 5000, "{name}"),
        }
        let (absent, same, _) = run(&scenario, None::<Vec<Record>>, small());
        assert_eq!((&absent, same), (&lines, truncation), "{name}");
        let experiment = Experiment::with_budget(scenario, small());
        assert_eq!((experiment.trace(), experiment.truncated()), (&lines[..], truncation), "{name}");
        assert_eq!(experiment.recording().end_position(), records.len() as u64, "{name}");
    }
}

#[test]
fn what_comes_before_the_limit_is_what_a_larger_one_gives() {
    for (name, scenario, _) in endless() {
        let (lines, ..) = run(&scenario, NoObserver, small());
        let larger = Budget { records: 6000, bytes: 200_000, ..Budget::default() };
        let (more, ..) = run(&scenario, NoObserver, larger);
        assert_eq!(lines, more[..lines.len()], "{name}");
    }
}

#[test]
fn the_default_budget_is_a_million_records_and_64_mib() {
    let Budget { records, bytes, payload, filtered } = Budget::default();
    assert_eq!((records, bytes, payload, filtered), (1_000_000, 64 << 20, 64 << 20, 64 << 20));
    let (_, scenario, _) = endless().swap_remove(2);
    assert!(trace(&scenario).len() < 10, "a trace ends");
}

#[test]
fn a_scenario_within_its_budget_does_not_notice_it() {
    let scenario = Scenario::tutorial();
    let (lines, _, simulation) = run(&scenario, Vec::<Record>::new(), Budget::default());
    let records = simulation.observer().len() as u64;
    let exact = Budget { records, bytes: 73, ..Budget::default() };
    assert_eq!(run(&scenario, NoObserver, exact).1, None, "11 bytes came, 63 wait for the peer");
    assert_eq!(run(&scenario, NoObserver, exact).0, lines);
    let one_less = Budget { records: records - 1, ..exact };
    let truncation = run(&scenario, NoObserver, one_less).1.unwrap();
    assert_eq!((truncation.step, truncation.what), (5, Limit::Records));
}

#[test]
fn the_set_up_may_be_too_much_already() {
    let budget = Budget { records: 2, ..Budget::default() };
    let (lines, truncation, _) = run(&Scenario::tutorial(), NoObserver, budget);
    assert_eq!((lines, truncation.unwrap().step), (vec![], 0));
}

#[test]
fn bytes_are_counted_wherever_they_wait() {
    let send = format!(r#"{{"peer_send":"{}"}}"#, "x".repeat(600));
    let write = format!(r#"{{"write":"{}"}}"#, "x".repeat(600));
    for (place, kernel, steps) in [
        ("rx", 65536, [&send, &send]),
        ("rx and backlog", 1, [&send, &send]),
        ("output", 65536, [&write, &write]),
        ("rx and output", 65536, [&send, &write]),
    ] {
        let json = format!(
            r#"{{"format":1,"dialect":"2.1","kernel":{{"rx_capacity":{kernel}}},"bufferevent":{{"enable":[]}},
                "script":[{},{},{{"turn":1}}]}}"#,
            steps[0], steps[1]
        );
        let scenario = Scenario::from_json(&json).unwrap();
        let budget = Budget { bytes: 1000, ..Budget::default() };
        let truncation = run(&scenario, NoObserver, budget).1.unwrap();
        assert_eq!((truncation.what, truncation.step), (Limit::Bytes, 2), "{place}");
    }
}

#[test]
fn one_callback_with_a_long_list_is_broken_off_inside() {
    let list = vec![r#"{"set_watermark":{"read":{"low":0}}}"#; 20_000].join(",");
    let json = format!(
        r#"{{"format":1,"dialect":"2.1","app":{{"on_read":[[{list}]]}},"script":[{{"peer_send":"x"}},{{"turn":1}}]}}"#
    );
    let scenario = Scenario::from_json(&json).unwrap();
    let (_, truncation, simulation) = run(&scenario, Vec::<Record>::new(), small());
    assert_eq!((truncation.unwrap().step, simulation.observer().len()), (2, 5000));
    let calls = simulation.base().last_seq();
    assert!(calls < 5100, "{calls} records were made");
}

#[test]
fn one_call_without_a_callback_is_broken_off_inside() {
    let (_, truncation, simulation) = run(&byte_by_byte(), Vec::<Record>::new(), small());
    assert_eq!((truncation.unwrap().step, simulation.observer().len()), (1, 5000));
    let records = simulation.base().last_seq();
    assert!(records < 5020, "{records} records were made");

    let (_, truncation, simulation) = run(&doubling(), NoObserver, small());
    assert_eq!(truncation.unwrap().what, Limit::Bytes);
    let bytes = simulation.base().bufferevents().map(|(_, it)| it.input().len() + it.output().len());
    let bytes: usize = bytes.sum();
    assert!(bytes <= 200_000, "{bytes} bytes: no more than what the last piece of the call gave");
}

/// What passes through filters and is gone again is not buffered, and yet each byte took its time.
#[test]
fn bytes_out_of_filters_are_counted_as_they_come_however_few_are_there_at_a_time() {
    let json = r#"{"format":2,"dialect":"2.1","bufferevents":{
            "under":{},"over":{"filter_over":"under","output_filter":"FILTER"}},
        "script":[STEPS]}"#;
    let steps = r#"{"write":"TEXT","of":"over"},{"turn":1},{"peer_recv":2000,"of":"under"}"#
        .replace("TEXT", &"w".repeat(100));
    let json = json.replace("STEPS", &vec![steps; 20].join(","));
    let budget = Budget { filtered: 1000, ..Budget::default() };
    for (filter, each) in [("double", 200), ("rot13", 100)] {
        let scenario = Scenario::from_json(&json.replace("FILTER", filter)).unwrap();
        assert_eq!(run(&scenario, NoObserver, Budget::default()).1, None, "{filter}");
        let truncation = run(&scenario, NoObserver, budget).1.unwrap();
        let step = 3 * (1000 / each) + 1;
        assert_eq!((truncation.what, truncation.step), (Limit::Filtered, step), "{filter}");
        assert_eq!(
            truncation.to_string(),
            format!("stopped in step {step} of the script: more than 1000 bytes out of filters")
        );
    }
}

#[test]
fn one_call_of_filters_is_broken_off_by_what_they_gave() {
    let budget = Budget { filtered: 1000, ..Budget::default() };
    let (_, truncation, simulation) = run(&doubling(), NoObserver, budget);
    assert_eq!(truncation.unwrap().what, Limit::Filtered);
    let bytes = simulation.base().bufferevents().map(|(_, it)| it.input().len() + it.output().len());
    // 2, 4, ... and 512 are 1022.
    assert_eq!(bytes.sum::<usize>(), 512);
}

#[test]
fn an_echo_that_grows_is_bounded() {
    let json = r#"{"format":1,"dialect":"2.1","kernel":{"tx_capacity":1},"bufferevent":{"read":{"high":4}},
        "app":{"on_read":[[{"echo":"PREFIX"}]],"on_write":[[{"echo":"PREFIX"}]]},
        "script":[{"peer_send":"hello"},{"write":"x"},{"turn":4294967295},{"turn":1}]}"#;
    let scenario = Scenario::from_json(&json.replace("PREFIX", &"p".repeat(500))).unwrap();
    let mut simulation = Simulation::with_budget(scenario, NoObserver, small());
    let mut steps = 0;
    while simulation.advance().is_some() {
        steps += 1;
        assert!(steps < 100_000);
    }
}

#[test]
fn large_numbers_cost_nothing() {
    let json = r#"{"format":1,"dialect":"DIALECT",
        "kernel":{"rx_capacity":4294967295,"tx_capacity":4294967295},
        "bufferevent":{"read":{"low":4294967295,"high":4294967295,"timeout_ms":4294967000},
                       "write":{"low":4294967295,"high":4294967295,"timeout_ms":4294967000},
                       "enable":["read","write"]},
        "script":[{"advance_ms":4294967295},{"turn":4294967295},{"advance_ms":4294967295},{"peer_send":"x"},
                  {"turn":4294967295},{"read":4294967295},{"peer_recv":4294967295},
                  {"inject":{"op":"read","errno":"EAGAIN","times":4294967295}},
                  {"inject":{"op":"read","errno":"EINTR","times":4294967295}},{"turn":4294967295}]}"#;
    for dialect in bufferevent::Dialect::ALL.map(bufferevent::Dialect::as_str) {
        let scenario = Scenario::from_json(&json.replace("DIALECT", dialect)).unwrap();
        let (lines, truncation, _) = run(&scenario, NoObserver, Budget::default());
        assert_eq!(truncation, None, "{dialect}");
        assert_eq!(lines.iter().filter(|line| matches!(line.event, TraceEvent::State { .. })).count(), 11);
    }
}

#[test]
fn the_clock_stops_at_its_end() {
    let steps = vec![r#"{"advance_ms":4294967295}"#; 3000].join(",");
    let json = format!(
        r#"{{"format":1,"dialect":"2.1","bufferevent":{{"read":{{"timeout_ms":1}}}},"script":[{steps},{{"turn":3}}]}}"#
    );
    let scenario = Scenario::from_json(&json).unwrap();
    assert_eq!(run(&scenario, NoObserver, Budget::default()).1, None);
}
