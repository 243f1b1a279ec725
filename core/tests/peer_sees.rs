//! What the peer sees when the loop closes a freed bufferevent's handle: a real kernel resets a connection that is closed
//! with bytes in it which nobody read.
#![cfg(feature = "sim")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use bufferevent::recording::Picture;
use bufferevent::sim::{KernelSpec, Scenario, SimKernel, Simulation, trace};
use bufferevent::{
    BuffereventOptions, Callbacks, Closing, Dialect, EventBase, Handle, Kernel, Record, Step, Time,
};

/// What the records of this script say, each with the step before it.
fn seen(dialect: &str, settings: &str, script: &str) -> Vec<(&'static str, Closing)> {
    let json = format!(r#"{{"format":1,"dialect":"{dialect}",{settings}"script":[{script}]}}"#);
    let scenario = Scenario::from_json(&json).unwrap();
    let mut simulation = Simulation::new(scenario.clone(), Vec::<Record>::new());
    while simulation.run_step() {}
    let mut picture = Picture::default();
    let mut seen = Vec::new();
    let mut before = "";
    for record in simulation.observer() {
        picture.fold(record);
        if let Step::PeerSees { closing } = record.step {
            assert_eq!((record.connection, record.function.as_ref()), (Some(1), ""));
            seen.push((before, closing));
        }
        before = record.step.kind();
    }
    assert_eq!(picture.connections[&1].kernel.peer_sees, seen.last().map(|(_, closing)| *closing));
    assert!(trace(&scenario).iter().all(|line| !line.to_string().contains("peer_sees")), "the trace stays");
    seen
}

#[test]
fn unread_bytes_make_a_close_a_reset() {
    let nothing_reads = r#""bufferevent":{"enable":[]},"#;
    for (script, closing) in [
        (r#"{"peer_send":"GET /"},{"turn":1},{"free":true},{"turn":1}"#, Closing::Reset),
        (r#"{"free":true},{"peer_send":"too late"},{"turn":1}"#, Closing::Reset),
        (r#"{"peer_send":"x"},{"peer_shutdown":true},{"free":true},{"turn":1}"#, Closing::Reset),
        (r#"{"write":"bye"},{"turn":1},{"free":true},{"turn":1}"#, Closing::End),
        (r#"{"free":true},{"turn":1},{"peer_send":"later still"},{"turn":1}"#, Closing::End),
        (r#"{"peer_shutdown":true},{"free":true},{"turn":1}"#, Closing::End),
    ] {
        assert_eq!(seen("2.1", nothing_reads, script), [("finalized", closing)], "{script}");
    }
}

#[test]
fn what_was_read_is_no_reason_for_a_reset() {
    let script = r#"{"peer_send":"hello"},{"turn":2},{"free":true},{"turn":1}"#;
    assert_eq!(seen("2.1", "", script), [("finalized", Closing::End)]);
    let small = r#""kernel":{"rx_capacity":2},"bufferevent":{"read":{"high":3}},"#;
    assert_eq!(seen("2.1", small, script), [("finalized", Closing::Reset)], "the backlog came after");
}

#[test]
fn nobody_sees_anything_without_a_close_or_after_a_reset() {
    let unread = r#"{"peer_send":"x"},{"free":true},{"turn":2}"#;
    assert_eq!(seen("1.4", r#""bufferevent":{"enable":[]},"#, unread), [], "1.4 leaves the descriptor open");
    assert_eq!(seen("2.1", "", r#"{"peer_send":"x"},{"free":true}"#), [], "the loop has not closed it yet");
    assert_eq!(seen("2.1", "", r#"{"peer_reset":true},{"free":true},{"turn":2}"#), [], "the peer did it");
}

#[test]
fn a_bufferevent_that_does_not_close_its_handle_shows_the_peer_nothing() {
    for (close_on_free, expected) in [(true, Some(Closing::Reset)), (false, None)] {
        let mut kernel = SimKernel::new();
        let handle = kernel.open(KernelSpec::default());
        let mut base = EventBase::with_observer(Dialect::V2_1, Vec::<Record>::new());
        let options = BuffereventOptions { close_on_free, defer_callbacks: false };
        let id = base.bufferevent_new(Some(handle), Callbacks::ALL, options);
        kernel.peer_send(handle, b"unread");
        base.get_mut(id).unwrap().free();
        base.begin_pass(Time::ZERO);
        while base.poll_callback(&mut kernel).is_some() {}
        assert_eq!(kernel.seen_by_peer(handle), expected);
        let recorded = base.observer().iter().any(|record| matches!(record.step, Step::PeerSees { .. }));
        assert_eq!(recorded, close_on_free);
    }
}

#[test]
fn the_first_close_decides() {
    let mut kernel = SimKernel::new();
    let handle = kernel.open(KernelSpec::default());
    kernel.close(handle);
    kernel.peer_send(handle, b"after");
    kernel.close(handle);
    assert_eq!(kernel.seen_by_peer(handle), Some(Closing::End));
    assert_eq!(kernel.seen_by_peer(Handle(7)), None, "it was never opened");
}
