//! Whatever a viewer says is a message or is refused; whatever a server says is heard or refused, and makes a recording that
//! can be looked at.
#![no_main]

use bufferevent::recording::{Heard, Recording, Viewer, ViewerMessage};
use bufferevent_fuzz::document;
use bufferevent_fuzz::seeds::MESSAGES;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some(text) = document::lines(bytes, &MESSAGES) else { return };
    let (mut viewer, mut recording) = (Viewer::new(), Recording::default());
    for line in text.lines() {
        // As the server hears it.
        if let Ok(message) = serde_json::from_str::<ViewerMessage>(line) {
            let written = serde_json::to_string(&message).expect("a message is JSON");
            assert_eq!(serde_json::from_str::<ViewerMessage>(&written).ok(), Some(message));
        }
        // As the page does.
        match viewer.hear(line.as_bytes()) {
            Ok(Heard::Snapshot(picture)) => recording.append_snapshot(*picture),
            Ok(Heard::Records(records)) => records.into_iter().for_each(|record| recording.append(record)),
            Ok(Heard::Gap { lost, .. }) => recording.append_gap(lost),
            Ok(Heard::Hello | Heard::Part | Heard::Pong) => {}
            Err(problem) => assert!(!problem.to_string().is_empty()),
        }
    }
    let end = recording.end().clone();
    recording.seek(0);
    assert_eq!(*recording.seek(u64::MAX), end);
});
