//! `cargo xtask soak`: builds the server, its client and the crate `bench`'s traffic, and lets them run.

use anyhow::Result;
use xshell::cmd;

use crate::workspace::{Workspace, executable};

/// Builds the programs as they are released and hands what is asked on.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let shell = &workspace.shell;
    cmd!(shell, "cargo build --release --package bufferevent-server --bins").run()?;
    cmd!(shell, "cargo build --release --package bufferevent-bench --bin soak").run()?;
    let [server, client, soak] = ["bufferevent-server", "bufferevent-client", "soak"]
        .map(|program| workspace.target.join("release").join(executable(program)));
    Ok(cmd!(shell, "{soak} --server {server} --client {client} {arguments...}").run()?)
}
