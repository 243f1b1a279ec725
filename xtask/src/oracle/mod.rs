//! `cargo xtask oracle`: random scenarios through the engine and through a real libevent.
//!
//! - [`generate`]: the scenarios, each of which follows from a format, a seed and its index.
//! - [`harness`]: libevent's side; the engine's is [`bufferevent::sim::Simulation`].
//! - [`shrink`]: makes a scenario that the two disagree about as small as it can be.
//! - [`digest`]: what is kept of traces that are too large to keep.
//! - [`broken`]: what of a scenario counts where libevent breaks a buffer of its own.
//! - [`evbuffer`]: the same for an evbuffer of its own.
//!
//! Every dialect has recorded traces in the core's tests, too.

mod broken;
mod digest;
pub(crate) mod evbuffer;
pub(crate) mod generate;
mod harness;
mod shrink;

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::fs;
use std::ops::RangeInclusive;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use bufferevent::Dialect;
use bufferevent::NoObserver;
use bufferevent::sim::{Budget, Format, Scenario, Simulation};
use serde_json::Value;

use crate::workspace::Workspace;
use harness::{Harness, Run};

/// How many scenarios of each format the test command runs, and `cargo xtask oracle` if it is not told.
pub(crate) const COUNT: u64 = 2000;
/// The seed of these. Fixed, so that what passes today fails tomorrow only if the engine changed.
pub(crate) const SEED: u64 = 1;

/// The dialect of these: that of the libevent which is installed.
pub(crate) const DIALECT: Dialect = Dialect::V2_1;

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

/// After so long a scenario is small enough.
const PATIENCE: Duration = Duration::from_secs(60);

/// Scenarios that libevent may be ahead of the engine.
const BATCH: usize = 250;

/// What is run, and what comes of it.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) dialect: Dialect,
    pub(crate) source: Source,
    pub(crate) output: Output,
    /// After so many scenarios that differ it ends.
    pub(crate) differences: u64,
}

/// Where the scenarios come from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// So many random ones of each format.
    Random { formats: Vec<Format>, count: u64, seed: u64 },
    /// So many random ones about nothing but timers.
    Timers { count: u64, seed: u64 },
    /// A file with one a line: a scenario, or a recording with a scenario in it.
    File(PathBuf),
}

/// What is printed of scenarios without a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    Nothing,
    /// Digests of the scenario and of libevent's trace.
    Digests,
    /// Both themselves, as recordings have them. The engine is not asked.
    Recordings,
}

impl Request {
    /// What the test command runs.
    pub(crate) fn tested() -> [Self; 2] {
        let random = Source::Random { formats: FORMATS.to_vec(), count: COUNT, seed: SEED };
        let timers = Source::Timers { count: COUNT, seed: SEED };
        [random, timers].map(|source| Self {
            dialect: DIALECT,
            source,
            output: Output::Nothing,
            differences: 1,
        })
    }
}

/// The formats that are run where none is named.
pub(crate) const FORMATS: [Format; 2] = [Format::V1, Format::V2];

/// Two traces of one scenario that are not equal.
#[derive(Debug)]
struct Mismatch {
    libevent: Vec<String>,
    engine: Vec<String>,
    /// Invariant: the first line where they differ, which may be past the end of one.
    line: usize,
}

/// Runs the scenarios through both; an error if there is one about which they differ.
pub(crate) fn run(workspace: &Workspace, request: &Request) -> Result<()> {
    let Request { dialect, ref source, .. } = *request;
    let program = harness::program(workspace, dialect)?;
    if dialect == DIALECT {
        broken::check(&program)?;
    }
    match source {
        &Source::Random { ref formats, count, seed } => formats.iter().try_for_each(|&format| {
            let what = format!("random scenarios of format {} (seed {seed})", format.number());
            let scenarios = (0..count).map(move |index| generate::scenario(dialect, format, seed, index));
            compare_all(&program, request, &what, scenarios)
        }),
        &Source::Timers { count, seed } => {
            let what = format!("random programs of timers (seed {seed})");
            let scenarios = (0..count).map(|index| generate::timers::scenario(dialect, seed, index));
            compare_all(&program, request, &what, scenarios)
        }
        Source::File(path) => {
            let scenarios = read(path, dialect)?;
            compare_all(&program, request, "scenarios", scenarios.into_iter())
        }
    }
}

/// Those of a file, in this dialect.
fn read(path: &Path, dialect: Dialect) -> Result<Vec<Scenario>> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let scenarios = lines.map(|(at, line)| {
        let place = || format!("{} line {at}", path.display());
        let mut json: Value = serde_json::from_str(line).with_context(place)?;
        if let Some(scenario) = json.get_mut("scenario") {
            json = scenario.take();
        }
        json["dialect"] = dialect.as_str().into();
        Scenario::from_json(&json.to_string()).with_context(place)
    });
    scenarios.collect()
}

fn compare_all(
    program: &Path,
    request: &Request,
    what: &str,
    mut scenarios: impl Iterator<Item = Scenario>,
) -> Result<()> {
    let Request { dialect, output, .. } = *request;
    let mut different = Vec::new();
    let mut harness = Harness::start(program, dialect)?;
    let (mut done, mut broken_off) = (0_u64, BTreeMap::<String, u64>::new());
    loop {
        let batch: Vec<Scenario> = scenarios.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            break;
        }
        batch.iter().for_each(|scenario| harness.send(scenario));
        for scenario in &batch {
            let libevent = harness.receive(scenario)?;
            if let Some(why) = &libevent.broken_off {
                *broken_off.entry(why.clone()).or_default() += 1;
            }
            match output {
                Output::Nothing => {}
                Output::Digests => println!("{}", digest::line(scenario, &libevent)),
                Output::Recordings => {
                    if libevent.broken_off.is_none() {
                        println!("{}", recording(scenario, &libevent.trace));
                    }
                    continue;
                }
            }
            if differs(libevent, scenario).is_some() {
                eprintln!("{} differs, looking for the smallest scenario that does", scenario.name);
                let mut harness = Harness::start(program, dialect)?;
                report(&mut harness, scenario)?;
                different.push(scenario.name.clone());
                if different.len() as u64 >= request.differences {
                    return differ(&different, dialect);
                }
            }
        }
        done += batch.len() as u64;
        if done.is_multiple_of(10_000) {
            eprintln!("{done} {what} so far");
        }
    }
    differ(&different, dialect)?;
    let version = dialect.libevent();
    let verdict = match output {
        Output::Recordings => format!("run by libevent {version}"),
        _ => format!("the engine's traces equal those of libevent {version}"),
    };
    eprintln!("{done} {what}: {verdict}");
    for (why, count) in broken_off {
        eprintln!("of these, {count} ended with {why} and count as far as they came");
    }
    Ok(())
}

/// A line of the core's recordings.
fn recording(scenario: &Scenario, trace: &[String]) -> String {
    format!("{{\"scenario\":{},\"trace\":[{}]}}", scenario.to_json(), trace.join(","))
}

/// Fails if there are any that differ.
fn differ(different: &[String], dialect: Dialect) -> Result<()> {
    let verb = if different.len() == 1 { "differs" } else { "differ" };
    ensure!(different.is_empty(), "{} {verb} from libevent {}", different.join(", "), dialect.libevent());
    Ok(())
}

/// Shrinks a scenario that differs, and prints what is left.
fn report(harness: &mut Harness, scenario: &Scenario) -> Result<()> {
    let started = Instant::now();
    let smallest = shrink::shrink(scenario.clone(), |candidate| {
        Ok(started.elapsed() < PATIENCE && compare(harness, candidate)?.is_some())
    })?;
    match compare(harness, &smallest)? {
        Some(mismatch) => {
            let version = smallest.dialect.libevent();
            println!("{}\n\n{}\n", smallest.to_json(), Shown { mismatch: &mismatch, version });
            Ok(())
        }
        None => bail!("{} differed once and then no more: {}", scenario.name, scenario.to_json()),
    }
}

fn compare(harness: &mut Harness, scenario: &Scenario) -> Result<Option<Mismatch>> {
    harness.send(scenario);
    Ok(differs(harness.receive(scenario)?, scenario))
}

/// Where the two differ.
fn differs(libevent: Run, scenario: &Scenario) -> Option<Mismatch> {
    let lines = libevent.broken_off.is_some().then_some(libevent.trace.len());
    mismatch(libevent, engine(scenario, lines))
}

/// The engine's run, to its end or so many lines. It gets a larger budget as long as it has not come there: most scenarios
/// are short, some merely long or large, and what never ends would take its time each time.
fn engine(scenario: &Scenario, lines: Option<usize>) -> Run {
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

/// Where libevent was broken off, the engine may go on, or be broken off earlier or later: in another step of the same
/// loop. Where libevent ended, so does the engine.
fn mismatch(libevent: Run, engine: Run) -> Option<Mismatch> {
    let (mut libevent, mut engine) = (libevent, engine);
    let lines = (libevent.trace.len(), engine.trace.len());
    let equal = libevent.trace.iter().zip(&engine.trace).take_while(|(one, other)| same(one, other)).count();
    let expected = match (&libevent.broken_off, &engine.broken_off) {
        (Some(_), Some(_)) => lines.0.min(lines.1),
        (Some(_), None) => lines.0,
        (None, Some(_)) => usize::MAX,
        (None, None) => lines.0.max(lines.1),
    };
    libevent.trace.extend(libevent.broken_off);
    engine.trace.extend(engine.broken_off);
    (equal < expected).then_some(Mismatch { libevent: libevent.trace, engine: engine.trace, line: equal })
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
        assert!(mismatch(run(&[r#"{"in":1,"out":2}"#]), run(&[r#"{"out":2,"in":1}"#])).is_none());
        assert!(mismatch(run(&["{}"]), run(&["panic: of the engine"])).is_some());
        assert!(mismatch(run(&["panic: a"]), run(&["panic: b"])).is_some());
    }

    #[test]
    fn what_libevent_was_broken_off_in_is_compared_up_to_there() {
        let endless = |trace| Run { broken_off: Some("endless".to_owned()), ..run(trace) };
        assert!(mismatch(endless(&["1", "2"]), run(&["1", "2", "3"])).is_none());
        assert!(mismatch(endless(&["1", "2"]), run(&["1"])).is_some());
        assert!(mismatch(endless(&["1", "2"]), run(&["1", "3"])).is_some());
        assert!(mismatch(endless(&["1", "2"]), endless(&["1"])).is_none());
        assert!(mismatch(endless(&["1", "2"]), endless(&["2"])).is_some());
    }

    #[test]
    fn engine_that_does_not_end_where_libevent_does_differs() {
        let endless = Run { broken_off: Some("endless".to_owned()), ..run(&["1"]) };
        assert!(mismatch(run(&["1"]), endless).is_some());
    }

    #[test]
    fn engine_goes_no_further_than_a_few_times_as_far_as_libevent_came() {
        let spins = r#"{"format":1,"dialect":"2.1","bufferevent":{"read":{"high":5}},
            "script":[{"peer_send":"hello world"},{"turn":4294967295}]}"#;
        let lines = 20_000;
        let engine = engine(&Scenario::from_json(spins).unwrap(), Some(lines));
        assert!(engine.broken_off.is_some() && engine.trace.len() >= lines, "{} lines", engine.trace.len());
        assert!(engine.trace.len() as u64 <= GROWTH * lines as u64, "{} lines", engine.trace.len());
    }

    #[test]
    fn a_line_that_grows_each_time_is_stopped_before_it_is_as_large_as_a_run_may_come_to() {
        let grows = r#"{"format":2,"dialect":"2.1","bufferevents":{"a":{},"b":{"pair_with":"a"}},"script":[
            {"write_line":"PREFIX","of":"b"},
            {"readline":"lf","repeat":true,"of":"a","then":[{"write_line":"PREFIX","of":"b"}]}]}"#;
        let grows = grows.replace("PREFIX", &"x".repeat(70_000));
        let engine = engine(&Scenario::from_json(&grows).unwrap(), Some(2));
        let bytes = format!("more than {} buffered bytes", RECORDS.start() * BYTES_A_RECORD);
        assert!(engine.broken_off.is_some_and(|why| why.ends_with(&bytes)));
    }

    #[test]
    fn first_difference_may_lie_past_the_end_of_one_trace() {
        let mismatch = mismatch(run(&["1", "2"]), run(&["1"])).unwrap();
        let shown = "libevent 2.1.12:\n  1\n  2\n\nengine:\n  1\n\n\
            the first difference is in line 2:\n  libevent: 2\n  engine:   nothing";
        assert_eq!(Shown { mismatch: &mismatch, version: "2.1.12" }.to_string(), shown);
    }
}
