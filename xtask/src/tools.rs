//! Finds what cargo does not bring, and installs it where it can.
//!
//! Every function here either returns a tool that is there or fails with the words that say what to install.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, Result, bail, ensure};
use xshell::cmd;

use crate::steps::NotHere;
use crate::workspace::{Workspace, executable, once};

pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Rust's standard library for wasm.
pub(crate) fn wasm_target(workspace: &Workspace) -> Result<()> {
    target(workspace, WASM)
}

/// What a program needs that shall need nothing: Rust's standard library for musl, and a C compiler for the allocator.
pub(crate) fn musl(workspace: &Workspace, triple: &str) -> Result<()> {
    if cfg!(not(target_os = "linux")) {
        bail!("a static program for {triple} is built on Linux: here a container or a virtual machine can");
    }
    target(workspace, triple)?;
    if find("musl-gcc").is_none() {
        apt_install(workspace, &["musl-tools"])
            .context("the allocator is written in C: a compiler for musl is needed, `musl-gcc`")?;
    }
    Ok(())
}

/// Rust's standard library for a target.
///
/// A `targets` line in `rust-toolchain.toml` would not do: rustup ignores it where its automatic install is off.
pub(crate) fn target(workspace: &Workspace, triple: &str) -> Result<()> {
    let shell = &workspace.shell;
    let library = cmd!(shell, "rustc --print target-libdir --target {triple}").quiet().read()?;
    if Path::new(&library).is_dir() {
        return Ok(());
    }
    if find("rustup").is_none() {
        bail!(
            "Rust's target {triple} is missing and there is no rustup: install the target with what installed Rust"
        );
    }
    cmd!(shell, "rustup target add {triple}")
        .run()
        .with_context(|| format!("Rust's target {triple} is missing"))
}

/// What makes the wasm packages, in one set of features: with another, cargo compiles what it depends on once more.
pub(crate) const BINDGEN: &[&str] = &["--package", "xtask-bindgen", "--package", "xtask-parts"];

/// The folder with this workspace's own `xtask-bindgen` and `xtask-parts`, built if need be.
pub(crate) fn bindgen(workspace: &Workspace) -> Result<PathBuf> {
    let shell = &workspace.shell;
    cmd!(shell, "cargo build {BINDGEN...}").run()?;
    Ok(workspace.target.join("debug"))
}

/// A Chromium or Chrome. The variable `CHROMIUM` comes first.
pub(crate) fn browser(workspace: &Workspace) -> Result<PathBuf> {
    if browsers().is_empty() {
        apt_install(workspace, &["chromium"])?;
    }
    browsers().into_iter().next().with_context(|| {
        NotHere("no Chromium: install it, or name the program in the variable CHROMIUM".into())
    })
}

/// That browser without a window and what belongs to one: it runs and draws a page as the browser does, for half of the
/// processor time. Where there is none of its version, the browser itself.
pub(crate) fn headless(workspace: &Workspace) -> Result<PathBuf> {
    // Where it cannot be had, it is not asked for again.
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    once(&FOUND, || find_headless(workspace))
}

fn find_headless(workspace: &Workspace) -> Result<PathBuf> {
    let browser = browser(workspace)?;
    if let Some(shell) = of_version_of(workspace, &browser, headless_shells()) {
        return Ok(shell);
    }
    // Why it cannot be had has been said, or is of no interest: nothing is missing without it but time.
    let installed = debian_headless(workspace, &browser).is_ok();
    let shells = if installed { headless_shells() } else { Vec::new() };
    Ok(of_version_of(workspace, &browser, shells).unwrap_or(browser))
}

fn headless_shells() -> Vec<PathBuf> {
    named_or_found("CHROMIUM_HEADLESS_SHELL", &["chromium-headless-shell", "chrome-headless-shell"])
}

/// The first of these programs that has the browser's major version.
fn of_version_of(workspace: &Workspace, browser: &Path, programs: Vec<PathBuf>) -> Option<PathBuf> {
    let version = major_version(workspace, browser)?;
    programs.into_iter().find(|program| major_version(workspace, program) == Some(version))
}

/// Installs the one that belongs to Debian's own browser, and no newer one: that would bring another browser with it.
fn debian_headless(workspace: &Workspace, browser: &Path) -> Result<()> {
    let shell = &workspace.shell;
    let owner = cmd!(shell, "dpkg-query --search {browser}").quiet().ignore_stderr().read()?;
    ensure!(owner.starts_with("chromium:"), "{} is not of Debian's package", browser.display());
    let format = "${Version}";
    let version = cmd!(shell, "dpkg-query --show --showformat {format} chromium").quiet().read()?;
    apt_install(workspace, &[&format!("chromium-headless-shell={version}")])
}

fn browsers() -> Vec<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let mac = Path::new("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    let mut found = named_or_found("CHROMIUM", &names);
    found.extend(mac.is_file().then(|| mac.to_owned()));
    found
}

fn named_or_found(variable: &str, names: &[&str]) -> Vec<PathBuf> {
    let named = variable_of(variable).map(PathBuf::from);
    named.into_iter().chain(names.iter().filter_map(|name| find(name))).collect()
}

/// The 156 of `Chromium 156.0.8078.79 built on Debian`.
fn major_version(workspace: &Workspace, program: &Path) -> Option<u32> {
    let shell = &workspace.shell;
    let text = cmd!(shell, "{program} --version").quiet().ignore_stderr().read().ok()?;
    text.split_whitespace().find_map(|word| word.split('.').next()?.parse().ok())
}

/// The packages of a folder's `package-lock.json`, installed if they are not the ones that are there.
pub(crate) fn npm_packages(workspace: &Workspace, folder: &str) -> Result<()> {
    let shell = &workspace.shell;
    if find("node").is_none() || find("npm").is_none() {
        bail!("Node.js 20 or later and npm are needed: install them");
    }
    let _folder = shell.push_dir(folder);
    // npm leaves its own copy of the lock file behind when it is done.
    let modified =
        |path: &str| shell.current_dir().join(path).metadata().and_then(|data| data.modified()).ok();
    let lock = modified("package-lock.json").with_context(|| format!("{folder} has no package-lock.json"))?;
    if modified("node_modules/.package-lock.json").is_some_and(|installed| installed >= lock) {
        return Ok(());
    }
    Ok(cmd!(shell, "npm ci --no-audit --no-fund").run()?)
}

/// A cargo subcommand or another program from crates.io, installed below the target folder if it is nowhere else.
pub(crate) fn cargo_tool(workspace: &Workspace, name: &str) -> Result<PathBuf> {
    let root = workspace.target.join("tools");
    let installed = root.join("bin").join(executable(name));
    if let Some(found) = find(name).or_else(|| installed.is_file().then(|| installed.clone())) {
        return Ok(found);
    }
    let shell = &workspace.shell;
    cmd!(shell, "cargo install --locked --root {root} {name}").run()?;
    Ok(installed)
}

/// The folder with the `wasm-bindgen` that goes with this workspace's: it works with no other's.
pub(crate) fn wasm_bindgen(workspace: &Workspace) -> Result<PathBuf> {
    let version = workspace.version_of("xtask-bindgen")?;
    let root = workspace.target.join("tools").join(format!("wasm-bindgen-{version}"));
    let folder = root.join("bin");
    if !folder.join(executable("wasm-bindgen")).is_file() {
        let shell = &workspace.shell;
        // Not as it was locked: what it was locked to may be gone. It runs three times.
        cmd!(shell, "cargo install --debug --root {root} wasm-bindgen-cli --version {version}").run()?;
    }
    Ok(folder)
}

/// `strace`, which counts system calls.
pub(crate) fn strace(workspace: &Workspace) -> Result<()> {
    if find("strace").is_some() { Ok(()) } else { apt_install(workspace, &["strace"]) }
}

/// A C compiler that finds libevent's headers and library: what the variable `CC` names, or `cc`.
pub(crate) fn c_compiler_with_libevent(workspace: &Workspace) -> Result<OsString> {
    if cfg!(not(target_os = "linux")) {
        bail!(NotHere("it compares with the libevent that Debian has: it needs Linux".into()));
    }
    let compiler = c_compiler();
    if links_libevent(workspace, &compiler).is_err() {
        apt_install(workspace, &["libevent-dev", "gcc", "libc6-dev"]).context(
            "the live oracle needs Linux, a C compiler and libevent 2.1.12 with its headers (Debian and Ubuntu: \
             `apt-get install libevent-dev gcc libc6-dev`)",
        )?;
        links_libevent(workspace, &compiler).with_context(|| {
            format!("{} does not find libevent 2.1.12: install its headers and library", compiler.display())
        })?;
    }
    Ok(compiler)
}

/// A C compiler that links some libevent as it is.
pub(crate) fn c_compiler_that_links_libevent(workspace: &Workspace) -> Result<OsString> {
    let compiler = c_compiler();
    links_libevent(workspace, &compiler).map(|()| compiler)
}

/// Fails without a C++ compiler: what the variable `CXX` names, or `c++`.
pub(crate) fn cpp_compiler(workspace: &Workspace) -> Result<()> {
    let compiler = variable_of("CXX").unwrap_or_else(|| "c++".into());
    Ok(cmd!(workspace.shell, "{compiler} --version").quiet().ignore_stdout().run()?)
}

fn c_compiler() -> OsString {
    variable_of("CC").unwrap_or_else(|| "cc".into())
}

/// A variable of the environment; one that is empty is as good as none.
fn variable_of(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

fn links_libevent(workspace: &Workspace, compiler: &OsStr) -> Result<()> {
    let shell = &workspace.shell;
    let folder = shell.create_temp_dir()?;
    let (source, program) = (folder.path().join("trial.c"), folder.path().join("trial"));
    shell.write_file(
        &source,
        "#include <sys/types.h>\n#include <event.h>\nint main(void) { return !event_get_version(); }\n",
    )?;
    cmd!(shell, "{compiler} -o {program} {source} -levent_core").quiet().ignore_stderr().run()?;
    Ok(())
}

/// The first program of this name on the `PATH`.
fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(executable(name))).find(|it| it.is_file())
}

/// Installs Debian packages, if this is Debian or its like and we may.
fn apt_install(workspace: &Workspace, packages: &[&str]) -> Result<()> {
    let shell = &workspace.shell;
    let wanted = packages.join(" and ");
    if find("apt-get").is_none() {
        bail!(NotHere(format!("{wanted} missing: install them")));
    }
    let is_root = cmd!(shell, "id -u").quiet().read().is_ok_and(|user| user == "0");
    let may_sudo = || cmd!(shell, "sudo -n true").quiet().ignore_stderr().run().is_ok();
    let (program, prefix): (_, &[&str]) = match is_root {
        true => ("env", &[]),
        false if find("sudo").is_some() && may_sudo() => ("sudo", &["-n", "env"]),
        false => bail!(
            "{wanted} missing: run `sudo apt-get install --no-install-recommends {}`",
            packages.join(" ")
        ),
    };
    // Another installation may be going on: wait for it rather than fail.
    let settings = ["DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"];
    cmd!(shell, "{program} {prefix...} {settings...} update").run()?;
    cmd!(shell, "{program} {prefix...} {settings...} install -y --no-install-recommends {packages...}")
        .run()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Programs whose versions are known wherever the tests run stand in for browsers.
    #[test]
    fn a_headless_shell_is_of_the_browsers_version_or_none() {
        let workspace = Workspace::open().unwrap();
        let [cargo, rustc, git] = ["cargo", "rustc", "git"].map(|name| find(name).unwrap());
        let shells = |programs: &[&PathBuf]| programs.iter().copied().cloned().collect();
        assert_eq!(of_version_of(&workspace, &cargo, shells(&[&git, &rustc])), Some(rustc));
        assert_eq!(of_version_of(&workspace, &cargo, shells(&[&git])), None);
        let nothing = Path::new("/no/such/program");
        assert_eq!(of_version_of(&workspace, nothing, shells(&[&nothing.into()])), None);
    }
}
