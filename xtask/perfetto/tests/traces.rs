//! The traces that the engine writes are those that Perfetto's own description has.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bufferevent::sim::{Experiment, Scenario};
use perfetto_protos::counter_descriptor::counter_descriptor::Unit;
use perfetto_protos::debug_annotation::DebugAnnotation;
use perfetto_protos::track_event::track_event::Type;
use xtask_perfetto::{problems, read};

/// Every scenario of the lessons.
fn scenarios() -> Vec<(PathBuf, Scenario)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lessons")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name == "scenario.json") {
                let scenario = Scenario::from_json(&fs::read_to_string(&path).unwrap()).unwrap();
                found.push((path, scenario));
            }
        }
    }
    found
}

fn traced(experiment: &mut Experiment) -> Vec<u8> {
    let mut trace = Vec::new();
    experiment.recording_mut().export_perfetto("title", &mut trace).unwrap();
    trace
}

#[test]
fn traces_of_all_lessons_are_as_perfetto_describes_them() {
    let scenarios = scenarios();
    assert!(scenarios.len() >= 20);
    for (path, scenario) in scenarios {
        let trace = read(&traced(&mut Experiment::new(scenario))).unwrap();
        assert!(trace.packet.len() > 20, "{}", path.display());
        assert_eq!(problems(&trace), Vec::<String>::new(), "{}", path.display());
    }
}

#[test]
fn names_lines_arguments_and_levels_arrive_where_perfetto_looks_for_them() {
    let mut experiment = Experiment::new(Scenario::tutorial());
    let trace = read(&traced(&mut experiment)).unwrap();
    let tracks: BTreeMap<u64, _> = trace
        .packet
        .iter()
        .filter(|packet| packet.has_track_descriptor())
        .map(|packet| (packet.track_descriptor().uuid(), packet.track_descriptor()))
        .collect();
    let mut levels = BTreeMap::new();
    let mut told = 0;
    for event in trace.packet.iter().filter(|packet| packet.has_track_event()).map(|it| it.track_event()) {
        let track = tracks[&event.track_uuid()];
        match event.type_() {
            Type::TYPE_COUNTER => {
                assert_eq!(track.counter.unit(), Unit::UNIT_SIZE_BYTES);
                levels.insert(track.name().to_owned(), event.counter_value());
            }
            Type::TYPE_SLICE_END => {}
            _ => {
                let seq = event.debug_annotations.iter().find(|it| it.name() == "seq");
                let seq = seq.map(DebugAnnotation::uint_value).expect("each tells the number of its record");
                let record = experiment.recording().record_at(seq).expect("it is there");
                assert_eq!(event.categories, [record.step.role().name()]);
                assert_eq!(event.source_location().file_name(), record.file);
                assert_eq!(event.source_location().line_number(), record.line);
                assert!(!event.name().is_empty());
                told += 1;
            }
        }
    }
    assert!(told > 30, "{told}");
    let end = &experiment.recording().end().connections[&1];
    assert_eq!(levels["input"], end.input.len as i64);
    assert_eq!(levels["kernel tx"], end.kernel.tanks.unwrap().tx as i64);
}

#[test]
fn what_perfetto_does_not_describe_is_found() {
    let mut trace = traced(&mut Experiment::new(Scenario::tutorial()));
    // A packet with field 8, the time, as text.
    trace.extend([0x0a, 4, 0x42, 2, b'n', b'o']);
    let found = problems(&read(&trace).unwrap());
    assert_eq!(found, ["trace.packet has no field 8 of this type", "a packet of no sequence"]);
    assert!(read(&trace[..trace.len() - 1]).is_err());
}
