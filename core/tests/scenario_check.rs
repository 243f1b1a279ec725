//! A scenario that was made is refused as its text would be: same place, same words.
#![cfg(feature = "sim")]

use bufferevent::sim::{Act, KernelSpec, KindSpec, Peer, Scenario, ScriptStep};
use bufferevent::{Dialect, Direction, Errno};

type Fault = fn(&mut Scenario);

/// One for each rule, at each place where it holds.
const FAULTS: [Fault; 9] = [
    |it| kernel(it).rx_capacity = 0,
    |it| kernel(it).tx_capacity = 0,
    |it| it.bufferevents[0].read.timeout_ms = 1,
    |it| it.bufferevents[0].write.timeout_ms = 1,
    |it| it.bufferevents[0].on_read = Some(vec![vec![], vec![Act::Free.into(), timeouts(0, 999).into()]]),
    |it| it.bufferevents[0].on_event = None,
    |it| it.script.push(timeouts(1, 0).into()),
    |it| it.script.push(inject(Errno::InProgress)),
    |it| it.script.push(inject(Errno::Other(5))),
];

/// Those that only 1.4 minds.
const OF_1_4: std::ops::Range<usize> = 2..7;

fn kernel(scenario: &mut Scenario) -> &mut KernelSpec {
    match &mut scenario.bufferevents[0].kind {
        KindSpec::Socket { kernel, .. } => kernel,
        other => panic!("{other:?}"),
    }
}

fn timeouts(read_ms: u32, write_ms: u32) -> Act {
    Act::SetTimeouts { read_ms, write_ms }
}

fn inject(errno: Errno) -> ScriptStep {
    Peer::Inject { op: Direction::Read, errno, times: 2 }.into()
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
