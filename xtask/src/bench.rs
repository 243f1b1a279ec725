//! `cargo xtask bench`: builds what is compared and runs the crate `bench`, whose first page says how it measures.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Result, bail};
use xshell::cmd;

use crate::program;
use crate::tools;
use crate::workspace::{Workspace, executable};

/// What is measured.
#[derive(Debug, clap::Args)]
pub(crate) struct Wanted {
    /// Fewer loads and rounds: a few minutes once all is built
    #[arg(long)]
    quick: bool,
    /// Only instructions and system calls a message, which other work does not change; needs valgrind and strace
    #[arg(long, conflicts_with = "quick")]
    counts: bool,
    /// Only the loads with this in their name
    #[arg(long, value_name = "PART")]
    only: Option<String>,
}

/// Builds the server and its peers as they are released, and has them take turns.
pub(crate) fn run(workspace: &Workspace, wanted: &Wanted) -> Result<()> {
    let shell = &workspace.shell;
    let [server] = program::released(workspace, "bufferevent-server", ["bufferevent-server"])?;
    cmd!(shell, "cargo build --release --package bufferevent-bench --bins").run()?;
    // Without it the system calls are left out, which the report says.
    if let Err(error) = tools::strace(workspace) {
        eprintln!("{error:#}");
    }
    let out = workspace.target.join("bench");
    shell.create_dir(&out)?;
    let release = workspace.target.join("release");
    let mut arguments: Vec<OsString> = [
        "--server".into(),
        server.into(),
        "--peers".into(),
        release.clone().into(),
        "--out".into(),
        out.into(),
    ]
    .to_vec();
    for peer in ["libevent", "evbuffer"] {
        match on_libevent(workspace, peer) {
            Ok(program) => arguments.extend([format!("--{peer}").into(), program.into()]),
            Err(error) => eprintln!("without libevent: {error:#}"),
        }
    }
    match on_io_uring(workspace) {
        Ok(program) => arguments.extend(["--uring".into(), program.into()]),
        Err(error) => eprintln!("without io_uring: {error:#}"),
    }
    arguments.extend(wanted.quick.then(|| "--quick".into()));
    arguments.extend(wanted.counts.then(|| "--counts".into()));
    arguments.extend(wanted.only.iter().flat_map(|part| ["--only".into(), part.into()]));
    let bench = release.join(executable("bufferevent-bench"));
    Ok(cmd!(shell, "{bench} {arguments...}").run()?)
}

/// A peer on libevent, compiled as its users would.
fn on_libevent(workspace: &Workspace, name: &str) -> Result<PathBuf> {
    let compiler = tools::c_compiler_with_libevent(workspace)?;
    let source = workspace.root.join(format!("bench/peers/{name}.c"));
    let program = workspace.target.join("bench").join(executable(name));
    cmd!(workspace.shell, "{compiler} -O2 -Wall -Wextra -o {program} {source} -levent_core -levent_extra")
        .run()?;
    Ok(program)
}

/// The peer on io_uring, a workspace of its own.
fn on_io_uring(workspace: &Workspace) -> Result<PathBuf> {
    if cfg!(not(target_os = "linux")) {
        bail!("it is Linux's");
    }
    let (manifest, target) =
        (workspace.root.join("bench/uring/Cargo.toml"), workspace.target.join("bench/uring"));
    cmd!(workspace.shell, "cargo build --release --locked --manifest-path {manifest} --target-dir {target}")
        .run()?;
    Ok(target.join("release").join(executable("peer-uring")))
}
