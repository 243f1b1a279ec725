//! `cargo xtask oracle`: random scenarios through the engine and through a real libevent.
//!
//! - [`generate`]: the scenarios, each of which follows from a seed and its index.
//! - [`harness`]: libevent's side; the engine's is [`bufferevent::sim::trace`].
//! - [`shrink`]: makes a scenario that the two disagree about as small as it can be.
//! - [`digest`]: what is kept of traces that are too large to keep.
//!
//! Every dialect has recorded traces in the core's tests, too.

mod digest;
mod generate;
mod harness;
mod shrink;

use std::fmt::{self, Display};
use std::panic::{self, AssertUnwindSafe};

use anyhow::{Result, bail};
use bufferevent::Dialect;
use bufferevent::sim::{Scenario, trace};
use serde_json::Value;

use crate::workspace::Workspace;
use harness::{Harness, Run};

/// How many scenarios the test command runs, and `cargo xtask oracle` if it is not told.
pub(crate) const COUNT: u64 = 2000;
/// The seed of these. Fixed, so that what passes today fails tomorrow only if the engine changed.
pub(crate) const SEED: u64 = 1;

/// The dialect of these: that of the libevent which is installed.
pub(crate) const DIALECT: Dialect = Dialect::V2_1;

/// Scenarios that libevent may be ahead of the engine.
const BATCH: u64 = 250;

/// Two traces of one scenario that are not equal.
#[derive(Debug)]
struct Mismatch {
    libevent: Vec<String>,
    engine: Vec<String>,
    /// Invariant: the first line where they differ, which may be past the end of one.
    line: usize,
}

/// Runs `count` scenarios of this seed through both; an error if there is one about which they differ.
/// `digests` are printed of the traces that are equal.
pub(crate) fn run(
    workspace: &Workspace,
    dialect: Dialect,
    count: u64,
    seed: u64,
    digests: bool,
) -> Result<()> {
    let program = harness::program(workspace, dialect)?;
    let mut harness = Harness::start(&program, dialect)?;
    for first in (0..count).step_by(BATCH as usize) {
        let batch: Vec<Scenario> =
            (first..count.min(first + BATCH)).map(|index| generate::scenario(dialect, seed, index)).collect();
        batch.iter().for_each(|scenario| harness.send(scenario));
        for scenario in &batch {
            let libevent = harness.receive(scenario)?;
            if digests {
                println!("{}", digest::line(scenario, &libevent.trace));
            }
            if mismatch(libevent, engine_trace(scenario)).is_some() {
                eprintln!("{} differs, looking for the smallest scenario that does", scenario.name);
                let mut harness = Harness::start(&program, dialect)?;
                return report(&mut harness, scenario);
            }
        }
        if first % 10_000 == 0 && first > 0 {
            eprintln!("{first} of {count} scenarios are equal so far");
        }
    }
    eprintln!(
        "{count} random scenarios (seed {seed}): the engine's traces equal those of libevent {}",
        dialect.libevent()
    );
    Ok(())
}

/// Shrinks a scenario that differs, prints what is left, and fails.
fn report(harness: &mut Harness, scenario: &Scenario) -> Result<()> {
    let smallest = shrink::shrink(scenario.clone(), |candidate| Ok(compare(harness, candidate)?.is_some()))?;
    match compare(harness, &smallest)? {
        Some(mismatch) => {
            let version = smallest.dialect.libevent();
            println!("{}\n\n{}", smallest.to_json(), Shown { mismatch: &mismatch, version });
        }
        None => bail!("{} differed once and then no more: {}", scenario.name, scenario.to_json()),
    }
    bail!("{} differs from libevent {}", scenario.name, scenario.dialect.libevent())
}

fn compare(harness: &mut Harness, scenario: &Scenario) -> Result<Option<Mismatch>> {
    harness.send(scenario);
    Ok(mismatch(harness.receive(scenario)?, engine_trace(scenario)))
}

/// The engine's trace. Where the engine panics, that is the only line.
fn engine_trace(scenario: &Scenario) -> Vec<String> {
    // The message is in the trace already, and shrinking would repeat it for each try.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let lines = panic::catch_unwind(AssertUnwindSafe(|| trace(scenario)));
    panic::set_hook(hook);
    match lines {
        Ok(lines) => lines.iter().map(ToString::to_string).collect(),
        Err(payload) => {
            let message = payload.downcast_ref::<String>().map(String::as_str);
            let message = message.or_else(|| payload.downcast_ref::<&str>().copied());
            vec![format!("panic: {}", message.unwrap_or("without a message"))]
        }
    }
}

/// Where libevent was broken off, the engine may go on.
fn mismatch(libevent: Run, engine: Vec<String>) -> Option<Mismatch> {
    let Run { mut trace, broken_off } = libevent;
    let line = trace.iter().zip(&engine).take_while(|(libevent, engine)| same(libevent, engine)).count();
    let expected = if broken_off.is_some() { trace.len() } else { trace.len().max(engine.len()) };
    trace.extend(broken_off);
    (line < expected).then_some(Mismatch { libevent: trace, engine, line })
}

/// Whether two lines are the same object.
fn same(one: &str, other: &str) -> bool {
    let object = |line| serde_json::from_str::<Value>(line).ok();
    one == other || object(one).is_some_and(|one| Some(one) == object(other))
}

/// Displays as both traces and the first difference.
struct Shown<'a> {
    mismatch: &'a Mismatch,
    version: &'a str,
}

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mismatch { libevent, engine, line } = self.mismatch;
        writeln!(f, "libevent {}:\n  {}\n", self.version, libevent.join("\n  "))?;
        writeln!(f, "engine:\n  {}\n", engine.join("\n  "))?;
        let at = |trace: &[String]| trace.get(*line).map_or_else(|| "nothing".to_owned(), Clone::clone);
        writeln!(f, "the first difference is in line {}:", line + 1)?;
        writeln!(f, "  libevent: {}", at(libevent))?;
        write!(f, "  engine:   {}", at(engine))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    fn run(trace: &[&str]) -> Run {
        Run { trace: lines(trace), broken_off: None }
    }

    #[test]
    fn traces_are_compared_as_objects() {
        assert!(mismatch(run(&[r#"{"in":1,"out":2}"#]), lines(&[r#"{"out":2,"in":1}"#])).is_none());
        assert!(mismatch(run(&["{}"]), lines(&["panic: of the engine"])).is_some());
        assert!(mismatch(run(&["panic: a"]), lines(&["panic: b"])).is_some());
    }

    #[test]
    fn what_libevent_was_broken_off_in_is_compared_up_to_there() {
        let endless = |trace| Run { broken_off: Some("{\"endless\":true}".to_owned()), ..run(trace) };
        assert!(mismatch(endless(&["1", "2"]), lines(&["1", "2", "3"])).is_none());
        assert!(mismatch(endless(&["1", "2"]), lines(&["1"])).is_some());
        assert!(mismatch(endless(&["1", "2"]), lines(&["1", "3"])).is_some());
    }

    #[test]
    fn first_difference_may_lie_past_the_end_of_one_trace() {
        let mismatch = mismatch(run(&["1", "2"]), lines(&["1"])).unwrap();
        let shown = "libevent 2.1.12:\n  1\n  2\n\nengine:\n  1\n\n\
            the first difference is in line 2:\n  libevent: 2\n  engine:   nothing";
        assert_eq!(Shown { mismatch: &mismatch, version: "2.1.12" }.to_string(), shown);
    }
}
