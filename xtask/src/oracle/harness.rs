//! The program that runs scenarios through a real libevent: builds it, starts it and talks to it.
//!
//! Its source says in its first comment what goes in and what comes out.

use std::ffi::OsString;
use std::fmt::{self, Display};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use bufferevent::sim::{Act, Amount, DirectionSpec, Peer, Program, Scenario, ScriptStep, WatermarksSpec};
use bufferevent::{Dialect, Direction, Directions, Errno};
use xshell::cmd;

use crate::tools;
use crate::workspace::{Workspace, executable};

/// Longer than any trace takes to come, by far.
const PATIENCE: Duration = Duration::from_secs(60);

/// The dialects that it knows. Nobody installs libevent 1.4 any more.
pub(super) const LIVE: [Dialect; 2] = [Dialect::V2_1, Dialect::V2_2];

/// The harness's program for this dialect, compiled if it is not there, older than its source, or unable to start.
pub(super) fn program(workspace: &Workspace, dialect: Dialect) -> Result<PathBuf> {
    let source = workspace.root.join("xtask/oracle/libevent.c");
    let program = workspace.target.join("oracle").join(executable(&format!("libevent-{dialect}")));
    let modified = |path: &Path| path.metadata().and_then(|data| data.modified());
    let is_stale =
        modified(&program).map_or(Ok(true), |built| modified(&source).map(|edited| built < edited))?;
    // What was compiled for another libevent may not start, or start and refuse.
    if is_stale || check(&program, dialect).is_err() {
        let compiler = compiler(workspace, dialect)?;
        let shell = &workspace.shell;
        shell.create_dir(workspace.target.join("oracle"))?;
        cmd!(shell, "{compiler} -O2 -Wall -Wextra -o {program} {source} -levent_core").run()?;
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
        let _ = self.scenarios.send(Protocol(scenario).to_string());
    }

    /// Waits for the trace of the first scenario that was sent and not yet received.
    pub(super) fn receive(&mut self, scenario: &Scenario) -> Result<Vec<String>> {
        self.receive_lines(scenario)
            .with_context(|| format!("libevent gave no trace of {}", scenario.to_json()))
    }

    fn receive_lines(&mut self, scenario: &Scenario) -> Result<Vec<String>> {
        let heading = self.line()?;
        ensure!(heading == heading_of(scenario), "it answered another scenario: {heading}");
        let last = format!("{{\"step\":{},", scenario.script.len());
        let mut trace = Vec::new();
        loop {
            let line = self.line()?;
            let is_last = line.starts_with(&last);
            trace.push(line);
            if is_last {
                return Ok(trace);
            }
        }
    }

    fn line(&mut self) -> Result<String> {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => Ok(line),
            Err(mpsc::RecvTimeoutError::Timeout) => bail!("it is silent for {} s", PATIENCE.as_secs()),
            Err(mpsc::RecvTimeoutError::Disconnected) => bail!("the harness ended: {}", self.process.wait()?),
        }
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

fn heading_of(scenario: &Scenario) -> String {
    serde_json::json!({ "scenario": scenario.name }).to_string()
}

/// Displays as what the harness reads: a scenario as its lines, anything else as the words of one, without a space at
/// either end.
struct Protocol<T>(T);

impl Display for Protocol<&Scenario> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Scenario { name, bufferevents, script, .. } = self.0;
        let bufferevent = &bufferevents[0];
        let kernel = bufferevent.kernel().unwrap_or_default();
        let direction = |DirectionSpec { low, high, timeout_ms }| format!("{low} {high} {timeout_ms}");
        writeln!(f, "scenario {}", Protocol(name.as_bytes()))?;
        writeln!(f, "kernel {} {}", kernel.rx_capacity, kernel.tx_capacity)?;
        let (read, write) = (direction(bufferevent.read), direction(bufferevent.write));
        writeln!(f, "bufferevent {} {read} {write}", Protocol(bufferevent.enable))?;
        callback(f, "on_read", &bufferevent.on_read)?;
        callback(f, "on_write", &bufferevent.on_write)?;
        callback(f, "on_event", &bufferevent.on_event)?;
        for step in script {
            writeln!(f, "{}", Protocol(step))?;
        }
        writeln!(f, "end")
    }
}

fn callback(f: &mut fmt::Formatter<'_>, name: &str, callback: &Program) -> fmt::Result {
    let Some(invocations) = callback else { return writeln!(f, "{name} null") };
    for actions in invocations {
        let actions: Vec<String> =
            actions.iter().map(|action| format!(" {}", Protocol(&action.what))).collect();
        writeln!(f, "{name}{}", actions.join(" ;"))?;
    }
    Ok(())
}

impl Display for Protocol<&ScriptStep> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ScriptStep::Action(action) => Protocol(&action.what).fmt(f),
            ScriptStep::Peer { what, .. } => Protocol(what).fmt(f),
            ScriptStep::AdvanceMs(ms) => write!(f, "advance_ms {ms}"),
            ScriptStep::Turn(passes) => write!(f, "turn {passes}"),
        }
    }
}

impl Display for Protocol<&Peer> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Peer::Send(text) => write!(f, "peer_send {}", Protocol(text.as_bytes())),
            Peer::Recv(most) => write!(f, "peer_recv {most}"),
            Peer::Shutdown => f.write_str("peer_shutdown"),
            Peer::Reset => f.write_str("peer_reset"),
            Peer::Inject { op: Direction::Read, errno, times } => inject(f, "read", *errno, *times),
            Peer::Inject { op: Direction::Write, errno, times } => inject(f, "write", *errno, *times),
            // Format 2's are not sent.
            Peer::Accept | Peer::Refuse => Ok(()),
        }
    }
}

fn inject(f: &mut fmt::Formatter<'_>, op: &str, errno: Errno, times: u32) -> fmt::Result {
    write!(f, "inject_{op} {errno} {times}")
}

impl Display for Protocol<&Act> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Act::Read(Amount::All) => f.write_str("read_all"),
            Act::Read(Amount::UpTo(most)) => write!(f, "read {most}"),
            Act::Write(text) => write!(f, "write {}", Protocol(text.as_bytes())),
            Act::Echo(prefix) => write!(f, "echo {}", Protocol(prefix.as_bytes())),
            Act::Enable(directions) => write!(f, "enable {}", Protocol(*directions)),
            Act::Disable(directions) => write!(f, "disable {}", Protocol(*directions)),
            Act::SetWatermark { read, write } => {
                let directions = Directions { read: read.is_some(), write: write.is_some() };
                let marks = |marks: &Option<WatermarksSpec>| marks.unwrap_or_default();
                let (read, write) = (marks(read), marks(write));
                write!(f, "set_watermark {} ", Protocol(directions))?;
                write!(f, "{} {} {} {}", read.low, read.high, write.low, write.high)
            }
            Act::SetTimeouts { read_ms, write_ms } => write!(f, "set_timeouts {read_ms} {write_ms}"),
            Act::Free => f.write_str("free"),
            // Format 2's are not sent.
            _ => Ok(()),
        }
    }
}

impl Display for Protocol<&[u8]> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("x")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Display for Protocol<Directions> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Directions { read: true, write: true } => "rw",
            Directions { read: true, write: false } => "r",
            Directions { read: false, write: true } => "w",
            Directions { read: false, write: false } => "-",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_lacks_a_libevent_hears_which_and_how_to_point_to_it() {
        for dialect in LIVE {
            assert!(remedy(dialect).contains(dialect.libevent()), "{}", remedy(dialect));
        }
        assert!(remedy(Dialect::V2_2).contains("CPATH=PREFIX/include LIBRARY_PATH=PREFIX/lib"));
    }

    #[test]
    fn scenario_is_written_in_the_words_of_the_protocol() {
        let mut scenario = Scenario::new(Dialect::V2_1);
        scenario.name = "hi".to_owned();
        scenario.bufferevents[0].write.high = 9;
        scenario.bufferevents[0].on_write = None;
        let marks = Act::SetWatermark { read: None, write: Some(WatermarksSpec { low: 3, high: 5 }) };
        scenario.bufferevents[0].on_read =
            Some(vec![vec![Act::Echo("> ".into()).into(), marks.into()], Vec::new()]);
        scenario.script = vec![
            Peer::Send("".into()).into(),
            Peer::Inject { op: Direction::Write, errno: Errno::TimedOut, times: 2 }.into(),
            Act::Disable(Directions::BOTH).into(),
        ];
        let expected = "scenario x6869\nkernel 65536 65536\nbufferevent r 0 0 0 0 9 0\n\
            on_read echo x3e20 ; set_watermark w 0 0 3 5\non_read\non_write null\non_event\n\
            peer_send x\ninject_write ETIMEDOUT 2\ndisable rw\nend\n";
        assert_eq!(Protocol(&scenario).to_string(), expected);
    }
}
