//! Each example of `docs/scenario.md` is valid, runs to its end, and shows what it is there for.
#![cfg(feature = "sim")]

use bufferevent::sim::{Format, Scenario, trace};

/// The blocks of JSON, in order.
fn examples() -> Vec<Scenario> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/scenario.md")).unwrap();
    let blocks = text.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.map(|json| Scenario::from_json(json).unwrap_or_else(|error| panic!("{error}\n{json}"))).collect()
}

#[test]
fn each_example_shows_what_it_is_there_for() {
    let shown = [
        r#"{"peer_recv":"I have recvieced the msg: hello worl"#,
        r#"{"of":"server","peer_recv":"GET /"}"#,
        r#"{"of":"near","cb":"read","in":12,"out":0}"#,
        r#"{"of":"wire","peer_recv":"uryyb"}"#,
        r#"{"of":"a","peer_recv":"hello"}"#,
        r#"{"cb":"timer","timer":"late"}"#,
    ];
    let examples = examples();
    assert_eq!(examples.len(), shown.len());
    assert_eq!(examples.iter().filter(|it| it.format == Format::V2).count(), 5);
    for (scenario, shown) in examples.iter().zip(shown) {
        let lines: Vec<String> = trace(scenario).iter().map(ToString::to_string).collect();
        assert!(lines.iter().any(|line| line.starts_with(shown)), "{shown}\n{}", lines.join("\n"));
    }
}

#[test]
fn every_key_of_the_schema_is_in_the_description() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/scenario.md")).unwrap();
    let mut missing = Vec::new();
    keys(&bufferevent::sim::schema(), &mut |key| {
        if !text.contains(&format!("\"{key}\"")) && !text.contains(&format!("`{key}`")) {
            missing.push(key.to_owned());
        }
    });
    assert!(missing.is_empty(), "{missing:?}");
}

/// The names of all properties.
fn keys(schema: &serde_json::Value, visit: &mut impl FnMut(&str)) {
    if let Some(properties) = schema["properties"].as_object() {
        properties.keys().for_each(|key| visit(key));
    }
    match schema {
        serde_json::Value::Object(members) => members.values().for_each(|it| keys(it, visit)),
        serde_json::Value::Array(items) => items.iter().for_each(|it| keys(it, visit)),
        _ => {}
    }
}
