//! `cargo xtask serve`.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use xshell::cmd;

use crate::bundle;
use crate::workspace::{Workspace, executable};

/// Builds what is out of date, then becomes the server: Ctrl-C reaches it, and its exit status is the command's.
pub(crate) fn serve(workspace: &Workspace, server_args: &[String]) -> Result<ExitCode> {
    if workspace.has("wasm") {
        bundle::build_if_stale(workspace)?;
    } else {
        eprintln!("no folder `wasm` yet: the server runs without its page");
    }
    let shell = &workspace.shell;
    cmd!(shell, "cargo build --release --package bufferevent-server --bin bufferevent-server").run()?;
    let program = workspace.target.join("release").join(executable("bufferevent-server"));
    let mut server = Command::new(program);
    server.args(server_args).env("BUFFEREVENT_SITE", workspace.site());
    become_program(server)
}

#[cfg(unix)]
fn become_program(mut program: Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(program.exec()).with_context(|| format!("starting {}", program.get_program().display()))
}

/// Without `exec` the nearest thing is to wait: Ctrl-C goes to every program of the console.
#[cfg(not(unix))]
fn become_program(mut program: Command) -> Result<ExitCode> {
    let status = program.status().with_context(|| format!("starting {}", program.get_program().display()))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Ok(ExitCode::from(code))
}
