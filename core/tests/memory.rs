//! Where the bytes of buffers lie, beside the records of a simulation: forwards, backwards, and in no file.
#![cfg(feature = "sim")]

use bufferevent::Dialect;
use bufferevent::recording::{BufferMemory, Condition, Figure, Memory, Picture, Recording};
use bufferevent::sim::{Experiment, Scenario};

fn run(scenario: &str, dialect: Dialect) -> Experiment {
    let mut scenario = Scenario::from_json(scenario).unwrap_or_else(|error| panic!("{scenario}: {error}"));
    scenario.dialect = dialect;
    Experiment::new(scenario)
}

const MOVE: &str = r#"{"format":2,"dialect":"2.1","bufferevents":{
    "source":{"on_read":[[{"drain":4},{"move_to":"sink"}]]},"sink":{}},
    "script":[{"peer_send":"GET /index","of":"source"},{"turn":1},{"write":"x","of":"sink"}]}"#;

/// Each write to the partner leaves a chain of its own.
const PULLUP: &str = r#"{"format":2,"dialect":"2.1","bufferevents":{"writer":{"pair_with":"reader"},"reader":{"enable":["read"]}},
    "script":[{"write":"GET ","of":"writer"},{"write":"/index","of":"writer"},{"pullup":4,"of":"reader"},
    {"pullup":7,"of":"reader"},{"pullup":99,"of":"reader"},{"pullup":"all","of":"reader"}]}"#;

/// After the first match of each, one beyond the other.
fn at(experiment: &mut Experiment, conditions: &[&str]) -> u64 {
    let mut at = 0;
    for text in conditions {
        let condition: Condition = text.parse().expect("it is a condition");
        let next = experiment.recording_mut().next_match(at, &condition);
        at = next.unwrap_or_else(|| panic!("{text} after {at}"));
    }
    at
}

fn memory(picture: &Picture, connection: u64) -> &Memory {
    picture.connections[&connection].memory.as_ref().expect("a simulation follows it")
}

/// Size, bytes before the payload, and payload of each chain.
fn shape(buffer: &BufferMemory) -> Vec<[usize; 3]> {
    buffer.chains.iter().map(|chain| [chain.size, chain.misalign, chain.len]).collect()
}

fn figure(experiment: &mut Experiment, at: u64, text: &str) -> u64 {
    let figure: Figure = text.parse().expect("it is a figure");
    figure.read(experiment.recording_mut().seek(at), None).expect("it is known")
}

#[test]
fn a_drain_moves_the_misalign_and_a_move_hands_the_chain_over_without_a_copy() {
    let mut experiment = run(MOVE, Dialect::V2_1);
    let received = at(&mut experiment, &["kind:received and of:source"]);
    let chain = memory(experiment.recording_mut().seek(received), 1).input.chains[0];
    assert_eq!([chain.size, chain.misalign, chain.len], [976, 0, 10]);
    let drained = at(&mut experiment, &["kind:buffer_drained and of:source"]);
    assert_eq!(shape(&memory(experiment.recording_mut().seek(drained), 1).input), [[976, 4, 6]]);
    let added = at(&mut experiment, &["kind:buffer_added and of:sink"]);
    let picture = experiment.recording_mut().seek(added);
    let output = &memory(picture, 2).output;
    assert_eq!((shape(output), output.count, output.copied), (vec![[976, 4, 6]], 1, 0));
    assert_eq!(output.chains[0].number, chain.number, "it is the same chain");
    assert_eq!(shape(&memory(picture, 1).input), [] as [[usize; 3]; 0]);
    assert_eq!(figure(&mut experiment, added, "sink.out_copied"), 0);
    assert_eq!(figure(&mut experiment, added, "sink.out_contiguous"), 6);
}

#[test]
fn in_1_4_a_move_copies_and_drained_room_stays_before_the_bytes() {
    let mut experiment = run(MOVE, Dialect::V1_4);
    let drained = at(&mut experiment, &["kind:buffer_drained and of:source"]);
    assert_eq!(shape(&memory(experiment.recording_mut().seek(drained), 1).input), [[256, 4, 6]]);
    let added = at(&mut experiment, &["kind:buffer_added and of:sink"]);
    let output = memory(experiment.recording_mut().seek(added), 2).output.clone();
    assert_eq!((shape(&output), output.copied), (vec![[256, 0, 6]], 6));
    let end = experiment.recording().end_position();
    assert_eq!(shape(&memory(experiment.recording_mut().seek(end), 1).input), [[256, 0, 0]]);
}

#[test]
fn a_pullup_is_a_record_where_it_has_something_to_show_and_copies_what_is_not_there() {
    for dialect in [Dialect::V2_1, Dialect::V2_2] {
        let mut experiment = run(PULLUP, dialect);
        let kinds = |it: &Experiment| {
            it.recording().records().filter(|it| it.step.kind() == "buffer_pulled_up").count()
        };
        assert_eq!(kinds(&experiment), 3, "not of more than there is");
        let mut seen = Vec::new();
        let mut position = 0;
        for _ in 0..3 {
            let condition: Condition =
                "kind:buffer_pulled_up".parse().unwrap_or_else(|error| panic!("{error}"));
            position = experiment.recording_mut().next_match(position, &condition).unwrap_or_default();
            let input = &memory(experiment.recording_mut().seek(position), 2).input;
            seen.push((shape(input), input.copied));
        }
        let expected = [
            (vec![[976, 0, 4], [976, 0, 6]], 0),
            (vec![[976, 0, 7], [976, 3, 3]], 3),
            (vec![[976, 0, 10]], 6),
        ];
        assert_eq!(seen, expected);
    }
}

#[test]
fn a_pullup_is_nothing_in_1_4() {
    let scenario = r#"{"format":2,"dialect":"1.4","bufferevents":{"one":{}},
        "script":[{"peer_send":"0123456789"},{"turn":1},{"pullup":"all"},{"drain":3}]}"#;
    let with = run(scenario, Dialect::V1_4);
    let without = run(&scenario.replace(r#"{"pullup":"all"},"#, ""), Dialect::V1_4);
    let steps = |it: &Experiment| it.recording().records().map(|it| it.step.clone()).collect::<Vec<_>>();
    assert_eq!(steps(&with), steps(&without));
}

#[test]
fn what_is_told_of_memory_is_the_same_from_wherever_one_comes() {
    let script: String = (0..400)
        .map(|round| format!(r#"{{"write":"{}","of":"writer"}},{{"pullup":"all","of":"reader"}},{{"drain":{},"of":"reader"}},"#, "x".repeat(round % 90 + 1), round % 70))
        .collect();
    let scenario = format!(
        r#"{{"format":2,"dialect":"2.1","bufferevents":{{"writer":{{"pair_with":"reader"}},"reader":{{"enable":["read"]}}}},"script":[{script}{{"turn":1}}]}}"#
    );
    let mut experiment = run(&scenario, Dialect::V2_1);
    let end = experiment.recording().end_position();
    assert!(end > 1100, "several keyframes");
    let told = |it: &mut Experiment, at| it.recording_mut().seek(at).connections.clone();
    let forwards: Vec<_> = (0..=end).map(|at| told(&mut experiment, at)).collect();
    for at in (0..=end).rev().step_by(7) {
        assert_eq!(told(&mut experiment, at), forwards[usize::try_from(at).unwrap_or_default()], "at {at}");
    }
    let mut again = run(&scenario, Dialect::V2_1);
    assert_eq!(told(&mut again, end), forwards[forwards.len() - 1], "numbers are those of the run");
    let sums = |memory: &Memory| memory.input.chains.iter().map(|chain| chain.len).sum::<usize>();
    for connections in &forwards {
        for connection in connections.values().filter_map(|it| Some((it, it.memory.as_ref()?))) {
            let whole = connection.1.input.count <= 16;
            assert!(!whole || connection.0.input.len == sums(connection.1), "{connection:?}");
        }
    }
}

#[test]
fn no_file_and_no_picture_of_another_has_it() {
    let mut experiment = run(MOVE, Dialect::V2_1);
    let end = experiment.recording().end_position();
    let text = serde_json::to_string(experiment.recording_mut().seek(end)).unwrap_or_default();
    assert!(!text.contains("memory") && !text.contains("misalign"), "{text}");
    let mut file = Vec::new();
    experiment.recording().export(&mut file).expect("memory takes everything");
    let imported = Recording::import(&file[..]).expect("it was written").recording;
    assert!(imported.end().connections.values().all(|connection| connection.memory.is_none()));
}

#[test]
fn of_many_chains_the_first_are_told_and_how_many_there_are() {
    let writes: String = (0..40).map(|_| r#"{"write":"ab","of":"writer"},"#).collect();
    let scenario = format!(
        r#"{{"format":2,"dialect":"2.1","bufferevents":{{"writer":{{"pair_with":"reader"}},"reader":{{"enable":["read"]}}}},"script":[{writes}{{"turn":1}}]}}"#
    );
    let experiment = run(&scenario, Dialect::V2_1);
    let input = &memory(experiment.recording().end(), 2).input;
    assert_eq!((input.chains.len(), input.count), (16, 40));
}
