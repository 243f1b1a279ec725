//! `cargo xtask release`: everything that a release must pass, and everything that it gives away. Each is a step.
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

use crate::archive::{self, SUMS};
use crate::bundle;
use crate::checks;
use crate::fuzz;
use crate::packages;
use crate::page::Lent;
use crate::program::{self, PROGRAMS};
use crate::single;
use crate::steps::Step;
use crate::version;
use crate::workspace::{Workspace, executable};

/// The crates, in the order in which one needs the other.
pub(crate) const CRATES: [&str; 3] = ["bufferevent", "bufferevent-mio", "bufferevent-server"];
const NOTES: &str = "notes.md";
const LICENCES: [&str; 2] = ["LICENSE-MIT", "LICENSE-APACHE"];
/// What is asked of each program with `--generate`, and what stands before and after its name in the file's.
const GENERATED: [(&str, &str, &str); 5] = [
    ("man", "man/", ".1"),
    ("bash", "completions/", ".bash"),
    ("zsh", "completions/_", ""),
    ("fish", "completions/", ".fish"),
    ("powershell", "completions/_", ".ps1"),
];

/// What follows the checks.
const STEPS: &[Step] = &[
    Step {
        name: "fuzz targets, a minute each",
        run: |workspace| fuzz::run(workspace, &[], fuzz::SECONDS, None),
    },
    Step { name: "artefacts: programs", run: programs },
    Step { name: "artefacts: page", run: page },
    Step { name: "artefacts: crates", run: crates },
    Step { name: "artefacts: npm packages and single file", run: npm },
    Step { name: "artefacts: notes and sums", run: notes_and_sums },
];

/// Checks everything and builds everything, or what comes from a step on.
pub(crate) fn release(workspace: &Workspace, from: Option<&str>) -> Result<()> {
    version::check(workspace)?;
    checks::test_and(workspace, STEPS, from)
}

/// Builds the programs for this system alone, and checks nothing but the versions.
pub(crate) fn only_programs(workspace: &Workspace) -> Result<()> {
    version::check(workspace)?;
    programs(workspace)?;
    sums(&folder(workspace))
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("release-artefacts")
}

fn notes_and_sums(workspace: &Workspace) -> Result<()> {
    let out = folder(workspace);
    fs::write(out.join(NOTES), version::notes(workspace)? + "\n")?;
    let wanted = artefacts(workspace)?;
    let mut there = archive::names(&out)?;
    there.retain(|name| name != SUMS);
    ensure!(
        there == wanted,
        "{} has {there:?}, and a release has {wanted:?}: `--from \"artefacts: programs\"` makes all of it",
        out.display()
    );
    sums(&out)
}

/// The files of a release, by name.
fn artefacts(workspace: &Workspace) -> Result<Vec<String>> {
    let version = version::current(workspace)?;
    let mut names = vec![
        archived(&programs_name(workspace)?),
        archived(&page_name(&version)),
        single_name(&version),
        NOTES.to_owned(),
    ];
    names.extend(CRATES.map(|name| format!("{name}-{version}.crate")));
    names.extend(packages::PACKAGES.map(|name| format!("{name}-{version}.tgz")));
    names.sort();
    Ok(names)
}

fn archived(name: &str) -> String {
    format!("{name}.tar.gz")
}

fn single_name(version: &str) -> String {
    format!("bufferevent-lab-{version}.html")
}

fn sums(out: &Path) -> Result<()> {
    let sums = archive::sums(out)?;
    fs::write(out.join(SUMS), &sums)?;
    eprint!("{sums}");
    eprintln!("wrote {}", out.display());
    Ok(())
}

/// Static programs run on each Linux.
const STATIC: bool = cfg!(target_os = "linux");

fn programs_name(workspace: &Workspace) -> Result<String> {
    let target = if STATIC { program::static_target() } else { workspace.host()? };
    Ok(format!("bufferevent-{}-{target}", version::current(workspace)?))
}

/// The first of the artefacts: what was there before goes.
fn programs(workspace: &Workspace) -> Result<()> {
    let out = folder(workspace);
    bundle::remove(&out)?;
    fs::create_dir_all(&out)?;
    bundle::build_to_give(workspace)?;
    let built = program::build(workspace, STATIC)?;
    let name = programs_name(workspace)?;
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
    archive::pack(&folder, &name, &out.join(archived(&name)))
}

fn page_name(version: &str) -> String {
    format!("bufferevent-lab-page-{version}")
}

fn page(workspace: &Workspace) -> Result<()> {
    bundle::build_to_give(workspace)?;
    let name = page_name(&version::current(workspace)?);
    for licence in LICENCES {
        fs::copy(workspace.root.join(licence), workspace.site().join(licence))?;
    }
    archive::pack(&workspace.site(), &name, &folder(workspace).join(archived(&name)))
}

/// What `cargo publish` would send: a check has built each from what is in it.
fn crates(workspace: &Workspace) -> Result<()> {
    let out = folder(workspace);
    let _page = Lent::put(workspace)?;
    let version = version::current(workspace)?;
    let shell = &workspace.shell;
    // Those of a dry run are cargo's own: where it leaves them is another place in each version of it.
    let all = CRATES.iter().flat_map(|name| ["--package", name]);
    cmd!(shell, "cargo package --no-verify --allow-dirty {all...}").run()?;
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

/// Builds each crate that is meant for others from what its package holds: the server's has the page.
pub(crate) fn publish_dry_run(workspace: &Workspace) -> Result<()> {
    let _page = Lent::put(workspace)?;
    let shell = &workspace.shell;
    let crates = CRATES.iter().flat_map(|name| ["--package", name]);
    Ok(cmd!(shell, "cargo publish --dry-run --allow-dirty {crates...}").run()?)
}

fn npm(workspace: &Workspace) -> Result<()> {
    let (out, folder) = (folder(workspace), packages::build(workspace)?);
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
    fs::copy(single::build(workspace)?, out.join(single_name(&version)))?;
    Ok(())
}

/// Fails where what is published has not these files.
fn holds<'a>(name: &str, files: &str, wanted: impl IntoIterator<Item = &'a str>) -> Result<()> {
    for file in wanted {
        ensure!(files.contains(file), "the package {name} has no {file}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// `--from` finds a step by its name.
    #[test]
    fn no_two_steps_of_a_release_have_one_name() {
        let names: Vec<_> = checks::all().chain(STEPS.iter().map(|step| step.name)).collect();
        let different: HashSet<_> = names.iter().collect();
        assert_eq!(different.len(), names.len(), "{names:?}");
    }
}
