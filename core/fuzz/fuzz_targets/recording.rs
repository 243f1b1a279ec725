//! Any file is a recording, a damaged one, or is refused; whatever can be asked of it is answered, and it comes back as it was
//! written.
#![no_main]

use bufferevent::recording::{BytePlace, CallbackKind, Condition, Question, Recording};
use bufferevent::{Direction, MarkName};
use bufferevent_fuzz::document;
use bufferevent_fuzz::seeds::RECORDINGS;
use libfuzzer_sys::fuzz_target;

const CONDITIONS: [&str; 5] = ["callback:read", "crossing", "in>=high and conn:1", "error", "lost>0"];

fn questions(since: u64) -> Vec<Question> {
    let mut all = Vec::new();
    for direction in [Direction::Read, Direction::Write] {
        all.extend([Question::Valve { direction }, Question::Event { direction }]);
    }
    for callback in [CallbackKind::Read, CallbackKind::Write, CallbackKind::Event] {
        all.extend([Question::Called { callback }, Question::NotCalled { callback, since }]);
    }
    all.extend(
        [MarkName::ReadLow, MarkName::ReadHigh, MarkName::WriteLow].map(|mark| Question::Mark { mark }),
    );
    for place in [BytePlace::Rx, BytePlace::Input, BytePlace::Output, BytePlace::Tx] {
        all.extend([0, 3].map(|offset| Question::Byte { place, offset }));
    }
    all
}

fuzz_target!(|bytes: &[u8]| {
    let Some(text) = document::lines(bytes, &RECORDINGS) else { return };
    let mut recording = match Recording::import(text.as_bytes()) {
        Ok(imported) => imported.recording,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let end = recording.end().clone();
    for position in [0, recording.end_position() / 2, recording.end_position()] {
        let _ = recording.path(position);
        let connections: Vec<u64> = recording.seek(position).connections.keys().copied().take(3).collect();
        for connection in connections {
            for question in questions(position / 2) {
                let _ = recording.why(position, connection, question);
            }
            let _ = recording.series(connection, 0, position, 7);
        }
        let mut picture = recording.seek(position).clone();
        picture.limit_payload(3);
        assert_eq!(picture.view().connections.len(), picture.connections.len());
    }
    recording.export_perfetto("any", std::io::sink()).expect("nothing is full");
    for condition in CONDITIONS.iter().filter_map(|text| text.parse::<Condition>().ok()) {
        let last = recording.previous_match(u64::MAX, &condition);
        assert_eq!(last.is_some(), recording.next_match(0, &condition).is_some());
    }
    assert_eq!(*recording.seek(u64::MAX), end, "asking changes nothing");

    let mut written = Vec::new();
    recording.export(&mut written).expect("memory takes all");
    let again = Recording::import(&written[..]).expect("what was written can be read");
    assert_eq!(again.damage, None);
    assert_eq!(*again.recording.end(), end);
});
