//! `cargo xtask serve`.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::bundle;
use crate::program;
use crate::workspace::Workspace;

/// Builds what is out of date, then becomes the server: Ctrl-C reaches it, and its exit status is the command's.
pub(crate) fn serve(workspace: &Workspace, server_args: &[String]) -> Result<ExitCode> {
    bundle::build_if_stale(workspace)?;
    let [server] = program::released(workspace, "bufferevent-server", ["bufferevent-server"])?;
    let mut server = Command::new(server);
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
