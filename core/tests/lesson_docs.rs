//! The lesson that `docs/lessons.md` writes holds, and the page names every key of one.
#![cfg(feature = "sim")]
#![expect(clippy::unwrap_used, reason = "a test fails where something is missing")]

use std::collections::BTreeMap;

use bufferevent::sim::Lesson;

fn text() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/lessons.md")).unwrap()
}

/// The files of the page: a block of JSON each, after its name.
fn files(text: &str) -> BTreeMap<&str, &str> {
    let mut files = BTreeMap::new();
    let mut before = "";
    for (index, part) in text.split("```").enumerate() {
        if index % 2 == 1 {
            let name = before.trim_end().rsplit_once('\n').unwrap().1;
            let name = name.strip_prefix('`').and_then(|name| name.strip_suffix("`:"));
            files.insert(name.expect("a block is a file with a name"), part.strip_prefix("json\n").unwrap());
        }
        before = part;
    }
    files
}

#[test]
fn the_lesson_of_the_page_is_as_it_says() {
    let text = text();
    let files = files(&text);
    assert_eq!(
        files.keys().copied().collect::<Vec<_>>(),
        ["break.json", "en.json", "lesson.json", "repair.json", "scenario.json"]
    );
    let read = &mut |name: &str| Ok(files[name].as_bytes().to_owned());
    let lesson =
        Lesson::read(files["lesson.json"].as_bytes(), read).unwrap_or_else(|error| panic!("{error}"));
    let report = lesson.check();
    let problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert_eq!(report.findings.len(), 9, "two predictions and a fact, in three libevents");
}

/// What a condition can ask is in the page as well as in the crate's documentation.
#[test]
fn the_page_has_every_figure_and_every_valve() {
    let text = text();
    for word in [
        "in",
        "out",
        "rx",
        "tx",
        "backlog",
        "low",
        "high",
        "write_low",
        "write_high",
        "enabled_read",
        "enabled_write",
        "peer_sent",
        "peer_received",
        "read_callbacks",
        "write_callbacks",
        "event_callbacks",
        "pass",
        "time_ms",
        "open",
        "connecting",
        "idle",
        "high_mark",
        "disabled",
        "eof",
        "error",
        "timeout",
        "not_waiting",
        "other_side",
        "freed",
    ] {
        assert!(text.contains(&format!("`{word}`")), "{word}");
    }
}
