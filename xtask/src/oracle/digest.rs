//! What is kept of traces that are too large to keep: a number for each, which another trace has not.

use bufferevent::sim::Scenario;
use serde_json::Value;

/// A scenario's digest and its trace's, as a line of the file that keeps them.
pub(super) fn line(scenario: &Scenario, trace: &[String]) -> String {
    // As traces are compared: as objects, whose keys have no order.
    let object = |line: &String| serde_json::from_str::<Value>(line).map_or_else(|_| line.clone(), sorted);
    let trace: Vec<String> = trace.iter().map(object).collect();
    format!("{:016x} {:016x}", fnv(scenario.to_json().as_bytes()), fnv(trace.join("\n").as_bytes()))
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

    /// Written by `cargo xtask oracle --dialect 2.2 --digests`, of libevent's traces.
    const RECORDED: &str = include_str!("../../oracle/2.2-seed-1.txt");

    #[test]
    fn two_thousand_random_scenarios_of_2_2_trace_as_libevent_2_2_1_alpha() {
        assert_eq!(RECORDED.lines().count() as u64, COUNT);
        for (index, recorded) in (0..).zip(RECORDED.lines()) {
            let scenario = generate::scenario(Dialect::V2_2, Format::V1, SEED, index);
            let ours = line(&scenario, &engine(&scenario).trace);
            assert_eq!(
                ours.split(' ').next(),
                recorded.split(' ').next(),
                "{}: it is drawn anew",
                scenario.name
            );
            assert_eq!(ours, recorded, "{}: run the live oracle to see where", scenario.name);
        }
    }

    #[test]
    fn the_order_of_keys_is_not_part_of_a_digest() {
        let scenario = Scenario::new(Dialect::V2_2);
        let digest = |text: &str| line(&scenario, &[text.to_owned()]);
        assert_eq!(digest(r#"{"in":1,"out":2}"#), digest(r#"{"out":2,"in":1}"#));
        assert_ne!(digest(r#"{"in":1,"out":2}"#), digest(r#"{"in":2,"out":1}"#));
    }
}
