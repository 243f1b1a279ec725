//! What is kept of traces that are too large to keep: a number for each, which another trace has not.

use bufferevent::sim::Scenario;
use serde_json::Value;

use super::harness::Run;

/// A scenario's digest and its trace's, as a line of the file that keeps them; where it was broken off, with the number of
/// lines that count.
pub(super) fn line(scenario: &Scenario, run: &Run) -> String {
    // As traces are compared: as objects, whose keys have no order.
    let object = |line: &String| serde_json::from_str::<Value>(line).map_or_else(|_| line.clone(), sorted);
    let trace: Vec<String> = run.trace.iter().map(object).collect();
    let digests =
        format!("{:016x} {:016x}", fnv(scenario.to_json().as_bytes()), fnv(trace.join("\n").as_bytes()));
    if run.broken_off.is_some() { format!("{digests} {}", trace.len()) } else { digests }
}

/// An object on one line, its keys in order.
fn sorted(value: Value) -> String {
    let Value::Object(mut object) = value else { return value.to_string() };
    object.sort_keys();
    Value::Object(object).to_string()
}

/// FNV-1a, which is the same for ever.
pub(super) fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use bufferevent::Dialect;
    use bufferevent::sim::Format;

    use super::super::{COUNT, SEED, engine, generate};
    use super::*;

    /// `recorded` was written by `cargo xtask oracle --dialect D --format F --digests`, of libevent's traces.
    fn assert_equal(dialect: Dialect, format: Format, recorded: &str) {
        assert_eq!(recorded.lines().count() as u64, COUNT);
        for (index, recorded) in (0..).zip(recorded.lines()) {
            let scenario = generate::scenario(dialect, format, SEED, index);
            let lines = recorded.split(' ').nth(2).map(|lines| lines.parse().unwrap());
            let mut run = engine::run(&scenario, lines);
            run.trace.truncate(lines.unwrap_or(usize::MAX));
            run.broken_off = lines.map(|_| "where libevent was".to_owned());
            let ours = line(&scenario, &run);
            let first = |line: &str| line.split(' ').next().map(str::to_owned);
            assert_eq!(first(&ours), first(recorded), "{}: it is drawn anew", scenario.name);
            assert_eq!(ours, recorded, "{}: run the live oracle to see where", scenario.name);
        }
    }

    #[test]
    fn two_thousand_random_scenarios_of_2_2_trace_as_libevent_2_2_1_alpha() {
        assert_equal(Dialect::V2_2, Format::V1, include_str!("../../oracle/2.2-seed-1.txt"));
    }

    #[test]
    fn two_thousand_programs_of_2_2_trace_as_libevent_2_2_1_alpha() {
        assert_equal(Dialect::V2_2, Format::V2, include_str!("../../oracle/2.2-format-2-seed-1.txt"));
    }

    #[test]
    fn two_thousand_programs_of_1_4_trace_as_libevent_1_4_15() {
        assert_equal(Dialect::V1_4, Format::V2, include_str!("../../oracle/1.4-format-2-seed-1.txt"));
    }

    #[test]
    fn the_order_of_keys_is_not_part_of_a_digest() {
        let scenario = Scenario::new(Dialect::V2_2);
        let run = |text: &str| Run { trace: vec![text.to_owned()], broken_off: None };
        let digest = |text: &str| line(&scenario, &run(text));
        assert_eq!(digest(r#"{"in":1,"out":2}"#), digest(r#"{"out":2,"in":1}"#));
        assert_ne!(digest(r#"{"in":1,"out":2}"#), digest(r#"{"in":2,"out":1}"#));
    }

    #[test]
    fn how_much_counts_of_what_was_broken_off_is_said() {
        let run = |broken_off| Run { trace: vec!["{}".to_owned(); 3], broken_off };
        let digest = |broken_off| line(&Scenario::new(Dialect::V2_2), &run(broken_off));
        assert_eq!(digest(Some("endless".to_owned())), format!("{} 3", digest(None)));
    }
}
