//! `cargo xtask bench`: builds what is compared and runs the crate `bench`, whose first page says how it measures.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Result;
use xshell::cmd;

use crate::tools;
use crate::workspace::{Workspace, executable};

/// Builds the server and its peers as they are released, and has them take turns.
pub(crate) fn run(workspace: &Workspace, quick: bool, only: Option<&str>) -> Result<()> {
    let shell = &workspace.shell;
    cmd!(shell, "cargo build --release --package bufferevent-server --bin bufferevent-server").run()?;
    cmd!(shell, "cargo build --release --package bufferevent-bench --bins").run()?;
    // Without it the system calls are left out, which the report says.
    if let Err(error) = tools::strace(workspace) {
        eprintln!("{error:#}");
    }
    let out = workspace.target.join("bench");
    shell.create_dir(&out)?;
    let release = workspace.target.join("release");
    let server = release.join(executable("bufferevent-server"));
    let mut arguments: Vec<OsString> = [
        "--server".into(),
        server.into(),
        "--peers".into(),
        release.clone().into(),
        "--out".into(),
        out.into(),
    ]
    .to_vec();
    match libevent(workspace) {
        Ok(program) => arguments.extend(["--libevent".into(), program.into()]),
        Err(error) => eprintln!("without libevent: {error:#}"),
    }
    arguments.extend(quick.then(|| "--quick".into()));
    arguments.extend(only.into_iter().flat_map(|part| ["--only".into(), part.into()]));
    let bench = release.join(executable("bufferevent-bench"));
    Ok(cmd!(shell, "{bench} {arguments...}").run()?)
}

/// The peer on libevent, compiled as its users would.
fn libevent(workspace: &Workspace) -> Result<PathBuf> {
    let compiler = tools::c_compiler_with_libevent(workspace)?;
    let source = workspace.root.join("bench/peers/libevent.c");
    let program = workspace.target.join("bench").join(executable("libevent"));
    cmd!(workspace.shell, "{compiler} -O2 -Wall -Wextra -o {program} {source} -levent_core -levent_extra")
        .run()?;
    Ok(program)
}
