//! `cargo xtask oracle`: random scenarios through the engine and through a real libevent.
//!
//! - [`generate`]: the scenarios, each of which follows from a format, a seed and its index.
//! - [`harness`]: libevent's side; [`engine`]: the engine's; [`mismatch`]: the two traces held against each other.
//! - [`shrink`]: makes a scenario that the two disagree about as small as it can be.
//! - [`digest`]: what is kept of traces that are too large to keep.
//! - [`broken`]: what of a scenario counts where libevent breaks a buffer of its own.
//! - [`evbuffer`]: the same for an evbuffer of its own.
//!
//! Every dialect has recorded traces in the core's tests, too.

mod broken;
mod digest;
mod engine;
pub(crate) mod evbuffer;
pub(crate) mod generate;
mod harness;
mod mismatch;
mod shrink;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use bufferevent::Dialect;
use bufferevent::sim::{Format, Scenario};
use serde_json::Value;

use crate::workspace::Workspace;
use harness::{Harness, Run};
use mismatch::{Mismatch, Shown};

/// How many scenarios of each format the test command runs, and `cargo xtask oracle` if it is not told.
pub(crate) const COUNT: u64 = 2000;
/// The seed of these. Fixed, so that what passes today fails tomorrow only if the engine changed.
pub(crate) const SEED: u64 = 1;

/// The dialect of these: that of the libevent which is installed.
pub(crate) const DIALECT: Dialect = Dialect::V2_1;

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

/// Whether a program of C is to be compiled again: it is not there, or older than this source.
fn is_older(program: &Path, source: &Path) -> Result<bool> {
    let modified = |path: &Path| path.metadata().and_then(|data| data.modified());
    let edited = modified(source).with_context(|| source.display().to_string())?;
    Ok(modified(program).map_or(true, |built| built < edited))
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
    mismatch::mismatch(libevent, engine::run(scenario, lines))
}
