//! libevent's side: builds `xtask/oracle/evbuffer.c` and runs programs through it.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;

use anyhow::{Context, Result, ensure};
use xshell::cmd;

use super::super::is_older;
use super::program::Program;
use crate::tools;
use crate::workspace::{Workspace, executable};

/// The harness, compiled if it is not there or older than its source.
pub(super) fn harness(workspace: &Workspace) -> Result<PathBuf> {
    let source = workspace.root.join("xtask/oracle/evbuffer.c");
    let program = workspace.target.join("oracle").join(executable("evbuffer"));
    if is_older(&program, &source)? {
        let compiler = tools::c_compiler_with_libevent(workspace)?;
        let shell = &workspace.shell;
        shell.create_dir(workspace.target.join("oracle"))?;
        cmd!(shell, "{compiler} -O2 -Wall -Wextra -o {program} {source} -levent_core").run()?;
    }
    Ok(program)
}

/// The lines of each program, one for each of its operations. Where the harness ended in a program, its last line says so.
pub(super) fn run(harness: &Path, programs: &[Program]) -> Result<Vec<Vec<String>>> {
    let (results, status) = run_at_once(harness, programs)?;
    if status.success() {
        ensure!(
            results.len() == programs.len(),
            "the harness answered {} of {}",
            results.len(),
            programs.len()
        );
        return Ok(results);
    }
    if let [_] = programs {
        let lines = results.into_iter().next().unwrap_or_default();
        return Ok(vec![lines.into_iter().chain([format!("the harness ended: {status}")]).collect()]);
    }
    programs.iter().map(|program| Ok(run(harness, std::slice::from_ref(program))?.remove(0))).collect()
}

fn run_at_once(harness: &Path, programs: &[Program]) -> Result<(Vec<Vec<String>>, ExitStatus)> {
    let mut input = String::new();
    for program in programs {
        write!(input, "{program}")?;
    }
    let mut process = Command::new(harness)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("starting the evbuffer oracle's harness")?;
    let mut stdin = process.stdin.take().context("the harness has no standard input")?;
    // Both of its pipes may be full at once. A harness that ended early is noticed by what is missing.
    let writer = thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = process.wait_with_output()?;
    let _ = writer.join();
    let text = String::from_utf8(output.stdout).context("the harness prints ASCII")?;
    let lines = |lines: &str| lines.lines().map(str::to_owned).collect();
    Ok((text.split_terminator("end\n").map(lines).collect(), output.status))
}
