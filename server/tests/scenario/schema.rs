//! The schema and the reader agree on shapes: what is read is valid, and what has another shape is not. Here, and not beside the reader, for what it takes to validate
//! is compiled once so: with each set of the engine's features it would be again.

use bufferevent::sim::{Scenario, schema};
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::lessons;

fn validator() -> Validator {
    jsonschema::draft202012::new(&schema()).expect("the schema is one")
}

/// Every scenario that was recorded of the real libraries.
fn recorded() -> Vec<Value> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/tests/conformance");
    let mut scenarios = Vec::new();
    for dialect in std::fs::read_dir(folder).unwrap().flatten().filter(|it| it.path().is_dir()) {
        for file in std::fs::read_dir(dialect.path()).unwrap().flatten() {
            let text = std::fs::read_to_string(file.path()).unwrap();
            let lines = text.lines().filter(|line| line.starts_with(r#"{"scenario":"#));
            scenarios
                .extend(lines.map(|line| serde_json::from_str::<Value>(line).unwrap()["scenario"].take()));
        }
    }
    scenarios
}

/// One of format 2 in which most keys are.
fn program() -> Value {
    json!({
        "format": 2, "dialect": "2.1", "priorities": 2, "limits": { "records": 10 },
        "bufferevents": {
            "a": { "socket": { "rx_capacity": 5 }, "connect": "pending", "read": { "high": 10 }, "deferred": true,
                "on_read": [[
                    { "if": { "output_of": "b", "at_least": 3 }, "then": [{ "write": "x" }], "else": [] },
                    { "readline": "crlf", "repeat": true, "then": [{ "write_line": { "bytes": "\u{ff}" } }] },
                    { "trigger": "read", "defer": true }, { "trigger_event": ["eof"] }, { "drain": "all" },
                ]], "on_write": null },
            "b": { "filter_over": "a", "input_filter": "rot13" },
        },
        "timers": { "t": { "after_ms": 5, "do": [[{ "add_timer": "t", "after_ms": 3 }]] } },
        "script": [{ "peer_send": "x", "of": "a" }, { "peer_accept": true, "of": "a" }, { "turn": 3.0 }],
    })
}

#[test]
fn what_is_read_is_valid() {
    let validator = validator();
    let lessons = lessons::scenarios().into_iter();
    let lessons = lessons.map(|(_, scenario)| serde_json::from_str(&scenario.to_json()).unwrap());
    let mut looked_at = 0;
    for scenario in recorded().into_iter().chain(lessons).chain([program()]) {
        let read = Scenario::from_json(&scenario.to_string()).unwrap();
        assert!(validator.is_valid(&scenario), "{scenario}");
        let canonical: Value = serde_json::from_str(&read.to_json()).unwrap();
        assert!(validator.is_valid(&canonical), "{canonical}");
        looked_at += 1;
    }
    assert!(looked_at > 1500, "{looked_at}");
}

#[test]
fn what_has_another_shape_is_refused_by_both() {
    let validator = validator();
    let breaks: [fn(&mut Value); 19] = [
        |it| it["format"] = json!(3),
        |it| it["dialect"] = json!("1.5"),
        |it| drop(it.as_object_mut().unwrap().remove("bufferevents")),
        |it| it["colour"] = json!(1),
        |it| it["priorities"] = json!(0),
        |it| it["limits"]["records"] = json!(0.5),
        |it| it["bufferevents"]["a"]["socket"]["rx_capacity"] = json!(0),
        |it| it["bufferevents"]["a"]["socket"]["rx_capacity"] = json!(4_294_967_296_u64),
        |it| it["bufferevents"]["a"]["connect"] = json!("maybe"),
        |it| it["bufferevents"]["a"]["deferred"] = json!("yes"),
        |it| it["bufferevents"]["a"]["on_read"][0][0]["of"] = json!("a"),
        |it| it["bufferevents"]["a"]["on_read"][0][1]["then"][0]["write_line"]["bytes"] = json!("\u{100}"),
        |it| it["bufferevents"]["a"]["on_read"][0][2]["then"] = json!([]),
        |it| it["bufferevents"]["a"]["on_read"][0][3] = json!({ "trigger_event": ["oef"] }),
        |it| it["bufferevents"]["a"]["on_read"][0][4] = json!({ "drain": "most" }),
        |it| it["bufferevents"][""] = json!({}),
        |it| it["timers"]["t"]["do"] = json!(null),
        |it| it["script"][0] = json!({}),
        |it| it["script"][1] = json!({ "peer_accept": true, "peer_refuse": true, "of": "a" }),
    ];
    for (at, break_it) in breaks.iter().enumerate() {
        let mut scenario = program();
        break_it(&mut scenario);
        assert!(Scenario::from_json(&scenario.to_string()).is_err(), "the reader takes break {at}");
        assert!(!validator.is_valid(&scenario), "the schema takes break {at}");
    }
}
