//! `cargo xtask release`: everything that a release must pass, and everything that it gives away.
//!
//! ```text
//! target/release-artefacts/bufferevent-VERSION-TARGET.tar.gz   the programs, manual pages and completions
//! target/release-artefacts/bufferevent-lab-page-VERSION.tar.gz the page, for any web server
//! target/release-artefacts/bufferevent-lab-VERSION.html        the page as one file, for who has no web server
//! target/release-artefacts/*-VERSION.tgz                       the npm packages
//! target/release-artefacts/*-VERSION.crate                     the crates
//! target/release-artefacts/notes.md                            what the changelog says of this version
//! target/release-artefacts/SHA256SUMS                          for `sha256sum --check`
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use xshell::cmd;

use crate::archive;
use crate::bundle;
use crate::checks;
use crate::fuzz;
use crate::packages;
use crate::page::Lent;
use crate::program::{self, PROGRAMS};
use crate::single;
use crate::version;
use crate::workspace::{Workspace, executable};

/// The crates, in the order in which one needs the other.
pub(crate) const CRATES: [&str; 3] = ["bufferevent", "bufferevent-mio", "bufferevent-server"];
const LICENCES: [&str; 2] = ["LICENSE-MIT", "LICENSE-APACHE"];
/// What is asked of each program with `--generate`, and what stands before and after its name in the file's.
const GENERATED: [(&str, &str, &str); 5] = [
    ("man", "man/", ".1"),
    ("bash", "completions/", ".bash"),
    ("zsh", "completions/_", ""),
    ("fish", "completions/", ".fish"),
    ("powershell", "completions/_", ".ps1"),
];

/// Checks everything and builds everything.
pub(crate) fn release(workspace: &Workspace) -> Result<()> {
    version::check(workspace)?;
    checks::test(workspace, true)?;
    fuzz::run(workspace, &[], fuzz::SECONDS, None)?;
    let out = start(workspace)?;
    programs(workspace, &out)?;
    page(workspace, &out)?;
    crates(workspace, &out)?;
    npm(workspace, &out)?;
    fs::write(out.join("notes.md"), version::notes(workspace)? + "\n")?;
    finish(&out)
}

/// Builds the programs for this system alone, and checks nothing but the versions.
pub(crate) fn only_programs(workspace: &Workspace) -> Result<()> {
    version::check(workspace)?;
    let out = start(workspace)?;
    programs(workspace, &out)?;
    finish(&out)
}

fn start(workspace: &Workspace) -> Result<PathBuf> {
    let out = workspace.target.join("release-artefacts");
    bundle::remove(&out)?;
    fs::create_dir_all(&out)?;
    Ok(out)
}

fn finish(out: &Path) -> Result<()> {
    let sums = archive::sums(out)?;
    fs::write(out.join("SHA256SUMS"), &sums)?;
    eprint!("{sums}");
    eprintln!("wrote {}", out.display());
    Ok(())
}

/// On Linux as static programs, which run on each of them.
fn programs(workspace: &Workspace, out: &Path) -> Result<()> {
    bundle::build_to_give(workspace)?;
    let is_static = cfg!(target_os = "linux");
    let built = program::build(workspace, is_static)?;
    let version = version::current(workspace)?;
    let target = if is_static { program::static_target() } else { workspace.host()? };
    let name = format!("bufferevent-{version}-{target}");
    let folder = workspace.target.join("release-programs").join(&name);
    bundle::remove(&folder)?;
    fs::create_dir_all(folder.join("man"))?;
    fs::create_dir_all(folder.join("completions"))?;
    let shell = &workspace.shell;
    for program in PROGRAMS {
        let from = built.join(executable(program));
        for (what, before, after) in GENERATED {
            let text = cmd!(shell, "{from} --generate {what}").quiet().read()?;
            fs::write(folder.join(format!("{before}{program}{after}")), text + "\n")?;
        }
        fs::copy(&from, folder.join(executable(program)))?;
    }
    for file in LICENCES.into_iter().chain(["CHANGELOG.md"]) {
        fs::copy(workspace.root.join(file), folder.join(file))?;
    }
    fs::copy(workspace.root.join("server/README.md"), folder.join("README.md"))?;
    archive::pack(&folder, &name, &out.join(format!("{name}.tar.gz")))
}

fn page(workspace: &Workspace, out: &Path) -> Result<()> {
    let name = format!("bufferevent-lab-page-{}", version::current(workspace)?);
    for licence in LICENCES {
        fs::copy(workspace.root.join(licence), workspace.site().join(licence))?;
    }
    archive::pack(&workspace.site(), &name, &out.join(format!("{name}.tar.gz")))
}

/// What `cargo publish` would send, built from what is in it; the server's with the page.
fn crates(workspace: &Workspace, out: &Path) -> Result<()> {
    let _page = Lent::put(workspace)?;
    publish_dry_run(workspace)?;
    let version = version::current(workspace)?;
    let shell = &workspace.shell;
    for name in CRATES {
        let files = cmd!(shell, "cargo package --list --allow-dirty --package {name}").quiet().read()?;
        let page = (name == "bufferevent-server").then_some("page/site/index.html.gz");
        holds(name, &files, LICENCES.into_iter().chain(["README.md"]).chain(page))?;
        let file = format!("{name}-{version}.crate");
        fs::copy(workspace.target.join("package").join(&file), out.join(&file))
            .with_context(|| format!("cargo left no {file}"))?;
    }
    Ok(())
}

/// Builds each crate that is meant for others from what its package holds.
pub(crate) fn publish_dry_run(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    let crates = CRATES.iter().flat_map(|name| ["--package", name]);
    Ok(cmd!(shell, "cargo publish --dry-run --allow-dirty {crates...}").run()?)
}

fn npm(workspace: &Workspace, out: &Path) -> Result<()> {
    let folder = packages::build(workspace)?;
    let version = version::current(workspace)?;
    let shell = &workspace.shell;
    for name in packages::PACKAGES {
        let file = format!("{name}-{version}.tgz");
        let packed = folder.join(&file);
        ensure!(
            packed.is_file(),
            "the npm package is not of version {version}: there is no {}",
            packed.display()
        );
        let files = cmd!(shell, "npm publish --dry-run --json {packed}").quiet().read()?;
        holds(name, &files, LICENCES.into_iter().chain(["README.md", "package.json"]))?;
        fs::copy(&packed, out.join(&file))?;
    }
    // Made of the packages.
    fs::copy(single::write(workspace)?, out.join(format!("bufferevent-lab-{version}.html")))?;
    Ok(())
}

/// Fails where what is published has not these files.
fn holds<'a>(name: &str, files: &str, wanted: impl IntoIterator<Item = &'a str>) -> Result<()> {
    for file in wanted {
        ensure!(files.contains(file), "the package {name} has no {file}");
    }
    Ok(())
}
