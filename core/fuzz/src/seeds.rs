//! What is edited: the lessons, their scenarios, the recordings of those, and what a server says of them.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use bufferevent::recording::{Hello, PayloadPolicy, Picture, Recording, SCHEMA, ServerMessage};
use bufferevent::sim::{Experiment, Lesson, Scenario};
use bufferevent::{Dialect, Record};
use serde_json::{Value, json};

/// Recordings beyond so many records are too long to be tried often.
const MOST_RECORDS: usize = 400;

/// Every lesson, its files inline.
pub static LESSONS: LazyLock<Vec<Value>> =
    LazyLock::new(|| lessons().iter().map(|it| value(&it.to_json())).collect());

/// Every scenario of every lesson, and the first.
pub static SCENARIOS: LazyLock<Vec<Value>> =
    LazyLock::new(|| scenarios().iter().map(|it| value(&it.to_json())).collect());

/// Recordings as lists of their lines.
pub static RECORDINGS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let exported = |recording: &Recording| {
        let mut text = Vec::new();
        recording.export(&mut text).expect("memory takes all");
        let text = String::from_utf8(text).expect("JSON is UTF-8");
        text.lines().map(value).collect::<Vec<_>>()
    };
    recordings().iter().map(|recording| exported(recording).into()).collect()
});

/// What servers say to viewers, as lists of messages.
pub static MESSAGES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let hello = Hello {
        schema: SCHEMA,
        engine: "0.1.0".into(),
        source: "00".into(),
        dialect: Dialect::V1_4,
        payload: PayloadPolicy::Head,
    };
    let said = |recording: &Recording| {
        let records: Vec<Record> = recording.records().cloned().collect();
        let (early, late) = records.split_at(records.len() / 2);
        let first = Picture::of_simulation();
        let parts: Vec<_> = recording.end().connections.values().cloned().collect();
        [
            ServerMessage::Hello(hello.clone()),
            ServerMessage::Snapshot { picture: Box::new(first), more: false },
            ServerMessage::Records { records: early.to_vec() },
            ServerMessage::Pong,
            ServerMessage::Gap { lost: late.len() as u64, at_least: true },
            ServerMessage::Snapshot {
                picture: Box::new(Picture { connections: Default::default(), ..recording.end().clone() }),
                more: true,
            },
            ServerMessage::SnapshotPart { connections: parts, more: false },
        ]
        .map(|message| serde_json::to_value(message).expect("a message is JSON"))
        .to_vec()
    };
    let viewers = json!([{"kind": "watch", "connections": [1, 3]}, {"kind": "watch", "connections": "all"}, {"kind": "ping"}]);
    recordings().iter().map(|recording| said(recording).into()).chain([viewers]).collect()
});

fn value(text: &str) -> Value {
    serde_json::from_str(text).expect("a seed is JSON")
}

fn lessons() -> Vec<Lesson> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lessons");
    let mut folders: Vec<_> =
        fs::read_dir(folder).expect("there are lessons").filter_map(Result::ok).collect();
    folders.sort_by_key(fs::DirEntry::path);
    let read = |folder: &Path| {
        let rules = fs::read(folder.join("lesson.json")).ok()?;
        let mut file = |name: &str| fs::read(folder.join(name)).map_err(|error| error.to_string());
        Some(Lesson::read(&rules, &mut file).expect("the repository's lessons are good"))
    };
    folders.iter().filter_map(|entry| read(&entry.path())).collect()
}

fn scenarios() -> Vec<Scenario> {
    let mut all = vec![Scenario::first()];
    all.extend(
        lessons().iter().flat_map(|lesson| lesson.scenarios().map(|it| it.1.clone()).collect::<Vec<_>>()),
    );
    all
}

fn recordings() -> Vec<Recording> {
    let run = |scenario| {
        let experiment = Experiment::new(scenario);
        let mut recording = Recording::new(experiment.recording().start().clone());
        experiment
            .recording()
            .records()
            .take(MOST_RECORDS)
            .for_each(|record| recording.append(record.clone()));
        recording
    };
    // One of three is enough of each kind.
    scenarios().into_iter().step_by(3).map(run).collect()
}
