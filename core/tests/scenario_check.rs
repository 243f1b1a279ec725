//! A scenario that was made is refused as its text would be: same place, same words.
#![cfg(feature = "sim")]
#![expect(clippy::unwrap_used, reason = "a test fails where something is missing")]

use bufferevent::sim::{Action, Scenario, ScriptStep};
use bufferevent::{Dialect, Errno};

type Fault = fn(&mut Scenario);

/// One for each rule, at each place where it holds.
const FAULTS: [Fault; 10] = [
    |it| it.format = 2,
    |it| it.kernel.rx_capacity = 0,
    |it| it.kernel.tx_capacity = 0,
    |it| it.bufferevent.read.timeout_ms = 1,
    |it| it.bufferevent.write.timeout_ms = 1,
    |it| it.app.on_read = Some(vec![vec![], vec![Action::Free, timeouts(0, 999)]]),
    |it| it.app.on_event = None,
    |it| it.script.push(ScriptStep::Action(timeouts(1, 0))),
    |it| it.script.push(inject(Errno::InProgress)),
    |it| it.script.push(inject(Errno::Other(5))),
];

/// Those that only 1.4 minds.
const OF_1_4: std::ops::Range<usize> = 3..8;

fn timeouts(read_ms: u32, write_ms: u32) -> Action {
    Action::SetTimeouts { read_ms, write_ms }
}

fn inject(errno: Errno) -> ScriptStep {
    let json = r#"{"inject":{"op":"read","errno":"EAGAIN","times":2}}"#;
    match ScriptStep::from_json(json, Dialect::V1_4).unwrap() {
        ScriptStep::Inject { op, times, .. } => ScriptStep::Inject { op, errno, times },
        other => panic!("{other:?}"),
    }
}

fn sound(dialect: Dialect) -> Scenario {
    Scenario { dialect, ..Scenario::tutorial() }
}

#[test]
fn check_and_the_reader_refuse_the_same_with_the_same_words() {
    for dialect in Dialect::ALL {
        for (at, first) in FAULTS.iter().enumerate() {
            // Two at once tell in which order they are looked for.
            for (next, second) in FAULTS.iter().enumerate() {
                let mut scenario = sound(dialect);
                first(&mut scenario);
                second(&mut scenario);
                let read = Scenario::from_json(&scenario.to_json()).map(drop);
                assert_eq!(scenario.check(), read, "{dialect}, faults {at} and {next}");
                let minded = |fault| dialect == Dialect::V1_4 || !OF_1_4.contains(&fault);
                assert_eq!(read.is_err(), minded(at) || minded(next), "{dialect}, faults {at} and {next}");
            }
        }
    }
}

#[test]
fn a_sound_scenario_passes() {
    for dialect in Dialect::ALL {
        assert_eq!(sound(dialect).check(), Ok(()));
    }
}
