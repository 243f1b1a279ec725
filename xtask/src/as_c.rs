//! Scenarios as C programs: compiled, run with the installed libevent, and their output compared with the trace.
//!
//! A clock of the test's own is linked with each, so that a program which waits an hour is done at once.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread::{self, ScopedJoinHandle};

use anyhow::{Context, Result, ensure};
use bufferevent::sim::{Format, Scenario, TraceEvent, TraceLine, trace};

use crate::lesson;
use crate::oracle::{DIALECT, generate};
use crate::tools;
use crate::workspace::{Workspace, executable};

/// The random scenarios that the test command tries, beside those of the lessons and the programs.
pub(crate) const COUNT: usize = 100;
/// The seed of these.
pub(crate) const SEED: u64 = 1;

/// Scenarios of format 2 with everything that there is in it.
const PROGRAMS: &str = include_str!("../as_c/scenarios.jsonl");

/// Fails unless every program prints what the trace of its scenario has.
pub(crate) fn run(workspace: &Workspace, count: usize, seed: u64) -> Result<()> {
    let compiler = tools::c_compiler_with_libevent(workspace)?;
    let folder = workspace.target.join("as-c");
    fs::create_dir_all(&folder)?;
    let clock = folder.join("clock.o");
    let source = workspace.root.join("xtask/as_c/clock.c");
    succeed(Command::new(&compiler).args(["-O1", "-Wall", "-Wextra", "-c", "-o"]).arg(&clock).arg(source))?;
    let scenarios = scenarios(workspace, count, seed)?;
    let count = scenarios.len();
    let trial = Trial { compiler: &compiler, folder: &folder, clock: &clock };
    let left = Mutex::new(scenarios.into_iter());
    let next = || left.lock().ok().and_then(|mut left| left.next());
    let work = || -> Vec<String> {
        let mut different = Vec::new();
        while let Some((name, scenario)) = next() {
            if let Err(error) = trial.run(&name, &scenario) {
                eprintln!("{name}: {error:#}\n{}\n", scenario.to_json());
                different.push(name);
            }
        }
        different
    };
    let workers = thread::available_parallelism()?.get();
    let different: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let ended = |thread: ScopedJoinHandle<'_, Vec<String>>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        threads.into_iter().flat_map(ended).collect()
    });
    ensure!(different.is_empty(), "of {count} programs these went wrong: {}", different.join(", "));
    eprintln!("{count} programs print what the traces of their scenarios have");
    Ok(())
}

/// Those to try, each under a name of its own.
fn scenarios(workspace: &Workspace, count: usize, seed: u64) -> Result<Vec<(String, Scenario)>> {
    let mut scenarios = Vec::new();
    for folder in lesson::folders(workspace)? {
        let lesson = lesson::read(&folder)?;
        for (part, scenario) in lesson.scenarios() {
            let scenario = Scenario { dialect: DIALECT, ..scenario.clone() };
            // Some do what no real kernel can be made to do.
            if scenario.check().is_ok() && scenario.as_c().is_ok() {
                scenarios.push((format!("{}-{part}", lesson.id()), scenario));
            }
        }
    }
    for line in PROGRAMS.lines() {
        let scenario = Scenario::from_json(line)?;
        scenarios.push((format!("program-{}", scenario.name), scenario));
    }
    // Of an odd number format 2 has one more.
    for (format, count) in [(Format::V1, count / 2), (Format::V2, count.div_ceil(2))] {
        scenarios.extend(random(format, count, seed));
    }
    Ok(scenarios)
}

/// So many random ones that a real kernel can play. Says which others were drawn.
fn random(format: Format, count: usize, seed: u64) -> Vec<(String, Scenario)> {
    let mut refused = BTreeMap::<String, usize>::new();
    let drawn = (0..).map(|index| generate::scenario(DIALECT, format, seed, index));
    let playable = drawn.filter(|scenario| {
        let why = match scenario.order_is_the_kernels() {
            Ok(false) => return true,
            Ok(true) => "the kernel chooses the order of its callbacks".to_owned(),
            Err(error) => error.problem.to_string(),
        };
        *refused.entry(why).or_default() += 1;
        false
    });
    let playable: Vec<_> = playable.take(count).map(|scenario| (scenario.name.clone(), scenario)).collect();
    for (why, times) in refused {
        eprintln!("format {}: {times} others were drawn: {why}", format.number());
    }
    playable
}

/// How a program is made and run.
struct Trial<'a> {
    compiler: &'a OsStr,
    folder: &'a Path,
    clock: &'a Path,
}

impl Trial<'_> {
    fn run(&self, name: &str, scenario: &Scenario) -> Result<()> {
        let printed = self.output(name, &scenario.as_c()?.text)?;
        let expected = expected(scenario);
        ensure!(
            printed == expected,
            "the program printed\n{}\nand the trace has\n{}",
            text(&printed),
            text(&expected)
        );
        Ok(())
    }

    fn output(&self, name: &str, program: &str) -> Result<Vec<u8>> {
        let source = self.folder.join(format!("{name}.c"));
        let built: PathBuf = self.folder.join(executable(name));
        fs::write(&source, program)?;
        let mut compile = Command::new(self.compiler);
        compile.args(["-Wall", "-Wextra", "-Werror", "-o"]).arg(&built).arg(&source).arg(self.clock);
        succeed(compile.arg("-levent_core"))?;
        succeed(&mut Command::new(built))
    }
}

/// What it wrote to its standard output.
fn succeed(command: &mut Command) -> Result<Vec<u8>> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}: {}\n{complaint}", output.status);
    Ok(output.stdout)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What a program prints: a line for each callback, each `peer_recv` and each pass that was broken off.
fn expected(scenario: &Scenario) -> Vec<u8> {
    trace(scenario).into_iter().flat_map(printed).collect()
}

fn printed(TraceLine { of, event }: TraceLine) -> Vec<u8> {
    let of = of.map_or_else(String::new, |of| format!("{of} "));
    let line = match event {
        TraceEvent::Callback { cb, r#in, out } => format!("{of}{cb} in={} out={out}\n", r#in),
        TraceEvent::Event { cb, what, r#in, out } => format!("{of}{cb} what={what} in={} out={out}\n", r#in),
        TraceEvent::Buffer { cb, added, deleted, r#in, out } => {
            format!("{of}{cb} added={added} deleted={deleted} in={} out={out}\n", r#in)
        }
        TraceEvent::Timer { timer, .. } => format!("timer {timer}\n"),
        TraceEvent::PeerRecv { peer_recv } => {
            return [format!("{of}peer_recv ").as_bytes(), peer_recv.as_bytes(), b"\n"].concat();
        }
        TraceEvent::Spin { .. } => "spin\n".to_owned(),
        _ => String::new(),
    };
    line.into_bytes()
}
