//! `cargo xtask soak`: builds the server, its client and the crate `bench`'s traffic, and lets them run.

use anyhow::Result;
use xshell::cmd;

use crate::program;
use crate::workspace::Workspace;

/// Builds the programs as they are released and hands what is asked on.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let shell = &workspace.shell;
    let programs = ["bufferevent-server", "bufferevent-client"];
    let [server, client] = program::released(workspace, "bufferevent-server", programs)?;
    let [soak] = program::released(workspace, "bufferevent-bench", ["soak"])?;
    Ok(cmd!(shell, "{soak} --server {server} --client {client} {arguments...}").run()?)
}
