//! The engine's side: a scenario on the simulation, as far as libevent came.

use std::ops::RangeInclusive;
use std::panic::{self, AssertUnwindSafe};

use bufferevent::NoObserver;
use bufferevent::sim::{Budget, Scenario, Simulation};

use super::harness::Run;

/// How many records a scenario may take, at first and at most. The most is beyond what libevent comes to in the time that it
/// has: a filter over a mark of 1 moves each byte alone.
const RECORDS: RangeInclusive<u64> = 50_000..=400_000_000;

/// Where the first are not enough, so many times as many, and again. Where libevent died inside of calls without end, the engine
/// goes beyond that no further than so.
const GROWTH: u64 = 4;

/// So much may be buffered for each record that it may take: a line that is read and written again with more before it costs
/// the square of what it comes to.
const BYTES_A_RECORD: u64 = 64;

/// A scenario that takes more records than this, and so seconds, is named.
const LONG: u64 = 10_000_000;

/// The engine's run, to its end or so many lines. It gets a larger budget as long as it has not come there: most scenarios
/// are short, some merely long or large, and what never ends would take its time each time.
pub(super) fn run(scenario: &Scenario, lines: Option<usize>) -> Run {
    let mut records = *RECORDS.start();
    loop {
        let bytes = (records * BYTES_A_RECORD).min(Budget::default().bytes);
        let run = within(scenario, Budget { records, bytes, ..Budget::default() });
        let is_enough = run.broken_off.is_none() || lines.is_some_and(|lines| run.trace.len() >= lines);
        if is_enough || records == *RECORDS.end() {
            return run;
        }
        if records > LONG {
            eprintln!("{} takes more than {records} records, which is long", scenario.name);
        }
        records = (records * GROWTH).min(*RECORDS.end());
    }
}

/// The engine's run. Where the engine panics, that is the only line.
fn within(scenario: &Scenario, budget: Budget) -> Run {
    // The message is in the trace already, and shrinking would repeat it for each try.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let run = panic::catch_unwind(AssertUnwindSafe(|| simulate(scenario, budget)));
    panic::set_hook(hook);
    run.unwrap_or_else(|payload| {
        let message = payload.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| payload.downcast_ref::<&str>().copied());
        Run { trace: vec![format!("panic: {}", message.unwrap_or("without a message"))], broken_off: None }
    })
}

fn simulate(scenario: &Scenario, budget: Budget) -> Run {
    let mut simulation = Simulation::with_budget(scenario.clone(), NoObserver, budget);
    while simulation.run_step() {}
    let broken_off = simulation.truncation().map(|truncation| truncation.to_string());
    Run { trace: simulation.take_trace().iter().map(ToString::to_string).collect(), broken_off }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engine_goes_no_further_than_a_few_times_as_far_as_libevent_came() {
        let spins = r#"{"format":1,"dialect":"2.1","bufferevent":{"read":{"high":5}},
            "script":[{"peer_send":"hello world"},{"turn":4294967295}]}"#;
        let lines = 20_000;
        let engine = run(&Scenario::from_json(spins).unwrap(), Some(lines));
        assert!(engine.broken_off.is_some() && engine.trace.len() >= lines, "{} lines", engine.trace.len());
        assert!(engine.trace.len() as u64 <= GROWTH * lines as u64, "{} lines", engine.trace.len());
    }

    #[test]
    fn a_line_that_grows_each_time_is_stopped_before_it_is_as_large_as_a_run_may_come_to() {
        let grows = r#"{"format":2,"dialect":"2.1","bufferevents":{"a":{},"b":{"pair_with":"a"}},"script":[
            {"write_line":"PREFIX","of":"b"},
            {"readline":"lf","repeat":true,"of":"a","then":[{"write_line":"PREFIX","of":"b"}]}]}"#;
        let grows = grows.replace("PREFIX", &"x".repeat(70_000));
        let engine = run(&Scenario::from_json(&grows).unwrap(), Some(2));
        let bytes = format!("more than {} buffered bytes", RECORDS.start() * BYTES_A_RECORD);
        assert!(engine.broken_off.is_some_and(|why| why.ends_with(&bytes)));
    }
}
