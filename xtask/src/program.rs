//! `cargo xtask program`: the server as one file with the page in it, and the other two programs; and those that other commands run.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use anyhow::Result;
use xshell::cmd;

use crate::page::Lent;
use crate::tools;
use crate::workspace::{Workspace, executable, once};

/// The programs that this system can have.
pub(crate) const PROGRAMS: &[&str] = if cfg!(unix) {
    &["bufferevent-server", "bufferevent-client", "bufferevent-scenario"]
} else {
    &["bufferevent-scenario"]
};

/// Linux on this machine's processor with nothing below the program but the kernel.
pub(crate) fn static_target() -> String {
    format!("{}-unknown-linux-musl", std::env::consts::ARCH)
}

/// Builds the three for this system, or as files that need no other on any Linux. Gives the folder that they are in. A second time it
/// gives what it has built: a release gives away what it has tested.
pub(crate) fn build(workspace: &Workspace, is_static: bool) -> Result<PathBuf> {
    static BUILT: [OnceLock<PathBuf>; 2] = [const { OnceLock::new() }; 2];
    once(&BUILT[usize::from(is_static)], || build_anew(workspace, is_static))
}

fn build_anew(workspace: &Workspace, is_static: bool) -> Result<PathBuf> {
    let mut folder = workspace.target.clone();
    let mut target = Vec::new();
    if is_static {
        let triple = static_target();
        tools::musl(workspace, &triple)?;
        folder.push(&triple);
        target = vec!["--target".to_owned(), triple];
    }
    folder.push("program");
    let _page = Lent::put(workspace)?;
    let shell = &workspace.shell;
    let programs = PROGRAMS.iter().flat_map(|name| ["--bin", name]);
    cmd!(shell, "cargo build --profile program --package bufferevent-server {programs...} {target...}")
        .run()?;
    for name in PROGRAMS {
        let program = folder.join(executable(name));
        let size = fs::metadata(&program)?.len() as f64 / f64::from(1 << 20);
        eprintln!("{size:6.1} MiB  {}", program.display());
    }
    Ok(folder)
}

/// Builds these programs of a package as they are released, but without the page in them, and says where they are.
pub(crate) fn released<const N: usize>(
    workspace: &Workspace,
    package: &str,
    names: [&str; N],
) -> Result<[PathBuf; N]> {
    let shell = &workspace.shell;
    let programs = names.iter().flat_map(|name| ["--bin", name]);
    cmd!(shell, "cargo build --release --package {package} {programs...}").run()?;
    Ok(names.map(|name| workspace.target.join("release").join(executable(name))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Docker without BuildKit, and what works as it did, looks into no folder for a pattern: a file that is to be sent is named.
    #[test]
    fn the_program_that_the_image_is_made_of_is_sent_to_whatever_makes_it() {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
        let read = |name: &str| fs::read_to_string(root.join(name)).unwrap();
        assert!(
            read("Dockerfile")
                .contains("COPY target/${TARGET}/program/bufferevent-server /bufferevent-server\n")
        );
        let sent = format!("!target/{}/program/bufferevent-server", static_target());
        let ignored = read(".dockerignore");
        assert!(ignored.lines().any(|line| line == sent), "{ignored}");
        assert!(!ignored.contains("!target/*"), "{ignored}");
    }
}
