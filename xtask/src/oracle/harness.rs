//! The program that runs scenarios through a real libevent: builds it, starts it and talks to it.
//!
//! Its `main.c` says in its first comment what goes in and what comes out.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use bufferevent::Dialect;
use bufferevent::sim::Scenario;
use xshell::cmd;

use super::is_older;
use crate::tools;
use crate::workspace::{Workspace, executable};

/// After so long without a line it is looked whether the harness works. It allows each trace five seconds of processor time,
/// which a busy machine may take as long as it likes to give.
const PATIENCE: Duration = Duration::from_secs(60);

/// Seen at rest so often in a row, it will say nothing more. At one look the threads that feed and read it may be those that the
/// machine keeps waiting.
const LOOKS: u32 = 5;

/// The files that it is made of, but for one that each libevent has of its own.
const SOURCES: [&str; 7] =
    ["callbacks.c", "conditions.c", "json.c", "kernel.c", "main.c", "memory.c", "program.c"];

/// How the last line of a trace that was broken off begins.
const NOTICES: [&str; 3] = ["{\"endless\":", "{\"died\":", BROKEN];

/// libevent has left a buffer broken since the last state.
const BROKEN: &str = "{\"broken\":";

/// What libevent did, line by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) trace: Vec<String>,
    /// How the harness ended it where libevent would not have: it ran for ever, or died.
    pub(super) broken_off: Option<String>,
}

impl Run {
    /// Whether it ended where libevent had broken a buffer of its own.
    pub(super) fn is_broken(&self) -> bool {
        self.broken_off.as_ref().is_some_and(|notice| notice.starts_with(BROKEN))
    }
}

/// The harness's program for this dialect, compiled if it is not there, older than its sources, or unable to start.
pub(super) fn program(workspace: &Workspace, dialect: Dialect) -> Result<PathBuf> {
    let folder = workspace.root.join("xtask/oracle");
    let program = workspace.target.join("oracle").join(executable(&format!("libevent-{dialect}")));
    let mut files = folder.read_dir().context("reading the oracle's sources")?;
    let is_stale = files.try_fold(false, |is_stale, file| -> Result<bool> {
        Ok(is_stale || is_older(&program, &file?.path())?)
    })?;
    // What was compiled for another libevent may not start, or start and refuse.
    if is_stale || check(&program, dialect).is_err() {
        let compiler = compiler(workspace, dialect)?;
        let own = if dialect == Dialect::V1_4 { "library-1.4.c" } else { "library-2.c" };
        let sources = SOURCES.into_iter().chain([own]).map(|source| folder.join(source));
        let shell = &workspace.shell;
        shell.create_dir(workspace.target.join("oracle"))?;
        cmd!(shell, "{compiler} -O2 -Wall -Wextra -o {program} {sources...} -levent_core").run()?;
    }
    check(&program, dialect)?;
    Ok(program)
}

/// A C compiler that finds a libevent. Packages bring the version of 2.1 only.
fn compiler(workspace: &Workspace, dialect: Dialect) -> Result<OsString> {
    match dialect {
        Dialect::V2_1 => tools::c_compiler_with_libevent(workspace),
        _ => tools::c_compiler_that_links_libevent(workspace)
            .with_context(|| format!("there is no libevent to compile with; {}", remedy(dialect))),
    }
}

/// How to come by the libevent that this dialect stands for.
fn remedy(dialect: Dialect) -> String {
    let version = dialect.libevent();
    match dialect {
        Dialect::V2_1 => {
            format!("it needs libevent {version}, in Debian and Ubuntu the package libevent-dev")
        }
        Dialect::V1_4 => format!(
            "it needs libevent {version}, built from its tag `release-{version}-stable` (`sh autogen.sh`, `./configure \
             --disable-shared`, `make event-config.h libevent_core.la`), its headers event.h, evutil.h and \
             event-config.h and .libs/libevent_core.a in folders to which the compiler's variables point: \
             `CPATH=HEADERS LIBRARY_PATH=LIBRARIES cargo xtask oracle --dialect {dialect}`"
        ),
        _ => format!(
            "it needs libevent {version}, built from its tag `release-{version}` (cmake: \
             `-DEVENT__LIBRARY_TYPE=STATIC -DEVENT__DISABLE_OPENSSL=ON -DEVENT__DISABLE_MBEDTLS=ON`) and installed \
             below some PREFIX, to which the compiler's variables point: `CPATH=PREFIX/include \
             LIBRARY_PATH=PREFIX/lib cargo xtask oracle --dialect {dialect}`"
        ),
    }
}

/// Runs the harness without a scenario: it looks at the libevent that it got.
fn check(program: &Path, dialect: Dialect) -> Result<()> {
    let output = Command::new(program)
        .arg(dialect.as_str())
        .stdin(Stdio::null())
        .output()
        .context("starting the oracle's harness")?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "the oracle's harness cannot be used ({}): {}; {}",
        output.status,
        complaint.trim_end(),
        remedy(dialect)
    );
    Ok(())
}

/// The running harness. Dropping it ends the process.
///
/// Two threads feed and read the process, so that neither its pipes nor the caller's order of calls can block it.
#[derive(Debug)]
pub(super) struct Harness {
    process: Child,
    /// To the thread that writes; closing it ends the process, in its own time.
    scenarios: Sender<String>,
    /// From the thread that reads.
    lines: Receiver<String>,
}

impl Harness {
    pub(super) fn start(program: &Path, dialect: Dialect) -> Result<Self> {
        let mut process = Command::new(program)
            .arg(dialect.as_str())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting the oracle's harness")?;
        let stdin = process.stdin.take().context("the harness has no standard input")?;
        let stdout = process.stdout.take().context("the harness has no standard output")?;
        let (scenarios, to_write) = mpsc::channel();
        let (read, lines) = mpsc::channel();
        thread::spawn(move || write_scenarios(stdin, &to_write));
        thread::spawn(move || read_lines(stdout, &read));
        Ok(Self { process, scenarios, lines })
    }

    /// Has libevent run a scenario. Never waits; each call wants a [`Self::receive`] later, in the same order.
    pub(super) fn send(&self, scenario: &Scenario) {
        // A harness that ended is noticed, and explained, where its answer is missing.
        let _ = self.scenarios.send(scenario.to_json() + "\n");
    }

    /// Waits for the run of the first scenario that was sent and not yet received.
    pub(super) fn receive(&mut self, scenario: &Scenario) -> Result<Run> {
        self.receive_lines(scenario)
            .with_context(|| format!("libevent gave no trace of {}", scenario.to_json()))
    }

    fn receive_lines(&mut self, scenario: &Scenario) -> Result<Run> {
        let heading = self.line()?;
        ensure!(heading == heading_of(scenario), "it answered another scenario: {heading}");
        let mut trace = Vec::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                let is_notice = |line: &mut String| NOTICES.iter().any(|notice| line.starts_with(notice));
                let broken_off = trace.pop_if(is_notice);
                if broken_off.as_ref().is_some_and(|notice| notice.starts_with(BROKEN)) {
                    trace.truncate(whole(&trace));
                }
                return Ok(Run { trace, broken_off });
            }
            trace.push(line);
        }
    }

    fn line(&mut self) -> Result<String> {
        let mut at_rest = 0;
        while at_rest < LOOKS {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => return Ok(line),
                Err(RecvTimeoutError::Timeout) if wants_processor(self.process.id()) => at_rest = 0,
                Err(RecvTimeoutError::Timeout) => at_rest += 1,
                Err(RecvTimeoutError::Disconnected) => bail!("the harness ended: {}", self.process.wait()?),
            }
        }
        bail!("it is silent and at rest for {} s", (PATIENCE * LOOKS).as_secs())
    }
}

impl Drop for Harness {
    fn drop(&mut self) {
        // It fails only for a process that has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn write_scenarios(mut stdin: ChildStdin, scenarios: &Receiver<String>) {
    for scenario in scenarios {
        if stdin.write_all(scenario.as_bytes()).is_err() {
            return;
        }
    }
}

fn read_lines(stdout: ChildStdout, lines: &Sender<String>) {
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        if lines.send(line).is_err() {
            return;
        }
    }
}

/// Whether this process or a child of it, which runs a scenario, waits for nothing but the processor. On Linux, where libevent's
/// harness is at home; nobody knows elsewhere.
fn wants_processor(process: u32) -> bool {
    let runs = |process: u32| {
        fs::read_to_string(format!("/proc/{process}/stat")).is_ok_and(|stat| is_running(&stat))
    };
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children"));
    let children = children.unwrap_or_default();
    runs(process) || children.split_whitespace().filter_map(|child| child.parse().ok()).any(runs)
}

/// What `/proc/PROCESS/stat` says of a process behind its name, which may have any characters in it: R where it runs or is about
/// to, D where a disk keeps it waiting.
fn is_running(stat: &str) -> bool {
    stat.rsplit_once(") ").is_some_and(|(_, state)| state.starts_with(['R', 'D']))
}

/// The lines to the last state.
fn whole(trace: &[String]) -> usize {
    trace.iter().rposition(|line| line.contains("\"step\":")).map_or(0, |at| at + 1)
}

fn heading_of(scenario: &Scenario) -> String {
    serde_json::json!({ "scenario": scenario.name }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_broken_buffer_counts_to_the_last_state() {
        let trace = [r#"{"step":0,"in":0}"#, r#"{"step":1,"in":2}"#, r#"{"cb":"read","in":2,"out":0}"#];
        assert_eq!(whole(&trace.map(str::to_owned)), 2);
        assert_eq!(whole(&[]), 0);
    }

    #[test]
    fn a_process_that_wants_the_processor_is_told_from_one_that_waits() {
        assert!(is_running("7 (oracle) R 1 7 7 0 -1") && is_running("7 (a) S) (b) R 1"));
        assert!(!is_running("7 (oracle) S 1 7 7 0 -1") && !is_running("7 (a) R) S 1") && !is_running(""));
    }

    /// As the harness has one for each scenario. It ends by itself, as those do.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_child_that_wants_the_processor_counts() {
        let busy = "(ulimit -t 1; while :; do :; done) & wait";
        let mut parent = Command::new("sh").args(["-c", busy]).spawn().unwrap();
        let mut wants = false;
        while !wants && parent.try_wait().unwrap().is_none() {
            wants = wants_processor(parent.id());
        }
        parent.kill().unwrap();
        parent.wait().unwrap();
        assert!(wants);
    }

    #[test]
    fn who_lacks_a_libevent_hears_which_and_how_to_point_to_it() {
        for dialect in Dialect::ALL {
            assert!(remedy(dialect).contains(dialect.libevent()), "{}", remedy(dialect));
        }
        assert!(remedy(Dialect::V2_2).contains("CPATH=PREFIX/include LIBRARY_PATH=PREFIX/lib"));
    }
}
