//! `cargo xtask version`: the one version of all crates and npm packages, and its section of the changelog.
//!
//! The workspace's manifest has it; crates take it from there, `npm/build.mjs` does for the npm packages.

use std::fs;
use std::time::SystemTime;

use anyhow::{Context, Result, bail, ensure};
use xshell::cmd;

use crate::workspace::Workspace;

const CHANGELOG: &str = "CHANGELOG.md";
const UNRELEASED: &str = "## [Unreleased]\n";
/// Of the workspaces beside the large one, which have its crates in them; they are built as they are locked.
pub(crate) const LOCKS: [&str; 3] =
    ["bench/uring/Cargo.lock", "core/fuzz/Cargo.lock", "xtask/perfetto/Cargo.lock"];

/// The version that the workspace has.
pub(crate) fn current(workspace: &Workspace) -> Result<String> {
    let manifest = fs::read_to_string(workspace.root.join("Cargo.toml"))?;
    in_manifest(&manifest, "version").map(str::to_owned).context("Cargo.toml has no line `version = \"...\"`")
}

/// Gives everything this version, and what is unreleased in the changelog its number and the date.
pub(crate) fn set(workspace: &Workspace, version: &str) -> Result<()> {
    ensure!(
        is_version(version),
        "{version} is no version: it is three numbers, such as 1.2.3, and perhaps -rc.1"
    );
    let (manifest, changelog) = (workspace.root.join("Cargo.toml"), workspace.root.join(CHANGELOG));
    let before = current(workspace)?;
    let text = fs::read_to_string(&manifest)?.replace(&format!("\"{before}\""), &format!("\"{version}\""));
    let released = release(&fs::read_to_string(&changelog)?, version, &today())?;
    fs::write(&manifest, text)?;
    fs::write(&changelog, released)?;
    for lock in LOCKS {
        let lock = workspace.root.join(lock);
        let text = fs::read_to_string(&lock)?;
        fs::write(&lock, locked(&text, &before, version))?;
    }
    let shell = &workspace.shell;
    cmd!(shell, "cargo update --workspace --offline").run()?;
    // What was asked of cargo before has the version before.
    check(&Workspace::at(&workspace.root)?)
}

/// Fails where a crate or the changelog has not the version.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let version = current(workspace)?;
    for (name, other) in workspace.published() {
        ensure!(other == version, "crate {name} has version {other}, the workspace {version}");
    }
    let manifest = fs::read_to_string(workspace.root.join("Cargo.toml"))?;
    for line in manifest.lines().filter(|line| line.contains("path = ")) {
        ensure!(line.contains(&format!("version = \"{version}\"")), "`{line}` is not of version {version}");
    }
    for lock in LOCKS {
        let text = fs::read_to_string(workspace.root.join(lock)).context(lock)?;
        let own = own_packages(&text).filter(|package| package.contains("\nname = \"bufferevent\"\n"));
        for package in own {
            ensure!(package.contains(&version_line(&version)), "{lock} has bufferevent of another version");
        }
    }
    let changelog = fs::read_to_string(workspace.root.join(CHANGELOG)).context(CHANGELOG)?;
    section(&changelog, &version).map(drop)
}

/// Fails where a tag names another version, or what it is to publish does not say where its sources are: npm takes
/// nothing with a provenance that does not, and who looks at a crate wants to know.
pub(crate) fn check_tag(workspace: &Workspace, tag: Option<&str>) -> Result<()> {
    let Some(tag) = tag else { return Ok(()) };
    let version = current(workspace)?;
    ensure!(tag.strip_prefix('v') == Some(&version), "the version is {version}, and that is not the tag's");
    let manifest = fs::read_to_string(workspace.root.join("Cargo.toml"))?;
    ensure!(
        in_manifest(&manifest, "repository").is_some(),
        "Cargo.toml has no line `repository = \"...\"`: CONTRIBUTING.md says under `A release` what to write"
    );
    Ok(())
}

/// What the changelog says of the version.
pub(crate) fn notes(workspace: &Workspace) -> Result<String> {
    let changelog = fs::read_to_string(workspace.root.join(CHANGELOG)).context(CHANGELOG)?;
    section(&changelog, &current(workspace)?).map(str::to_owned)
}

/// What all crates have of this name.
fn in_manifest<'a>(manifest: &'a str, name: &str) -> Option<&'a str> {
    let value = |line: &'a str| line.strip_prefix(name)?.strip_prefix(" = \"")?.strip_suffix('"');
    manifest.lines().find_map(value)
}

fn version_line(version: &str) -> String {
    format!("\nversion = \"{version}\"\n")
}

/// What a lock file has that comes from no registry.
fn own_packages(lock: &str) -> impl Iterator<Item = &str> {
    lock.split("[[package]]").skip(1).filter(|package| !package.contains("\nsource = "))
}

/// A lock file with another version of our crates.
fn locked(lock: &str, before: &str, version: &str) -> String {
    own_packages(lock).fold(lock.to_owned(), |lock, package| {
        let other = package.replace(&version_line(before), &version_line(version));
        lock.replace(package, &other)
    })
}

fn is_version(text: &str) -> bool {
    let (numbers, rest) = text.split_once('-').map_or((text, None), |(numbers, rest)| (numbers, Some(rest)));
    let is_word =
        |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
    numbers.split('.').count() == 3
        && numbers.split('.').all(|number| number.parse::<u32>().is_ok())
        && rest.is_none_or(is_word)
}

/// The changelog with what is unreleased under this version, if there is anything.
fn release(changelog: &str, version: &str, date: &str) -> Result<String> {
    ensure!(
        !changelog.contains(&format!("## [{version}]")),
        "{CHANGELOG} has a section for {version} already"
    );
    let (before, after) = changelog
        .split_once(UNRELEASED)
        .with_context(|| format!("{CHANGELOG} has no line `{}`", UNRELEASED.trim()))?;
    let entries = after.split("\n## [").next().unwrap_or_default();
    ensure!(!entries.trim().is_empty(), "{CHANGELOG} has nothing under `{}`", UNRELEASED.trim());
    Ok(format!("{before}{UNRELEASED}\n## [{version}] - {date}\n{after}"))
}

/// A version's section, without its heading.
fn section<'a>(changelog: &'a str, version: &str) -> Result<&'a str> {
    let Some((_, after)) = changelog.split_once(&format!("\n## [{version}] - ")) else {
        bail!("{CHANGELOG} has no section `## [{version}] - DATE`: `cargo xtask version VERSION` makes one");
    };
    let (_, text) = after.split_once('\n').unwrap_or_default();
    Ok(text.split("\n## [").next().unwrap_or_default().trim())
}

fn today() -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    date(now.as_secs() / 86_400)
}

/// The date so many days after the first of 1970.
fn date(mut days: u64) -> String {
    let is_leap =
        |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let mut year = 1970;
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let lengths = [31, 28 + u64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while days >= lengths[month] {
        days -= lengths[month];
        month += 1;
    }
    format!("{year}-{:02}-{:02}", month + 1, days + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANGES: &str =
        "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- One.\n\n## [0.1.0] - 2026-01-01\n\n- First.\n";

    #[test]
    fn what_this_workspace_has_is_consistent() {
        check(&Workspace::open().unwrap()).unwrap();
    }

    #[test]
    fn what_all_crates_have_is_found_by_its_name() {
        let manifest = "[workspace.package]\nversion = \"1.2.3\"\nrepository = \"https://example.org/lab\"\n";
        assert_eq!(in_manifest(manifest, "version"), Some("1.2.3"));
        assert_eq!(in_manifest(manifest, "repository"), Some("https://example.org/lab"));
        assert_eq!(in_manifest("[package]\nrepository.workspace = true\n", "repository"), None);
    }

    #[test]
    fn everything_gets_a_version_once() {
        let folder = xshell::Shell::new().unwrap().create_temp_dir().unwrap();
        let write = |file: &str, text: &str| {
            let file = folder.path().join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        };
        write(
            "Cargo.toml",
            "[workspace]\nmembers = [\"core\"]\nresolver = \"3\"\n\n[workspace.package]\nversion = \"0.1.0\"\n",
        );
        write(
            "core/Cargo.toml",
            "[package]\nname = \"bufferevent\"\nversion.workspace = true\nedition = \"2024\"\n",
        );
        write("core/src/lib.rs", "");
        write(CHANGELOG, CHANGES);
        for lock in LOCKS {
            write(lock, "version = 4\n\n[[package]]\nname = \"bufferevent\"\nversion = \"0.1.0\"\n");
        }
        let workspace = Workspace::at(folder.path()).unwrap();
        set(&workspace, "0.2.0").unwrap();
        check(&Workspace::at(folder.path()).unwrap()).unwrap();
        let lock = fs::read_to_string(folder.path().join(LOCKS[0])).unwrap();
        assert!(lock.ends_with("version = \"0.2.0\"\n"), "{lock}");
        write(LOCKS[0], "version = 4\n\n[[package]]\nname = \"bufferevent\"\nversion = \"0.1.0\"\n");
        assert!(check(&Workspace::at(folder.path()).unwrap()).is_err());
    }

    #[test]
    fn a_lock_file_gets_the_version_of_our_crates_and_of_no_others() {
        let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\nsource = \"registry\"\n\n\
            [[package]]\nname = \"bufferevent\"\nversion = \"0.1.0\"\ndependencies = [\n \"a\",\n]\n\n\
            [[package]]\nname = \"peer\"\nversion = \"0.0.0\"\n";
        let ours = "name = \"bufferevent\"\nversion = ";
        let expected = lock.replace(&format!("{ours}\"0.1.0\""), &format!("{ours}\"0.2.0\""));
        assert_ne!(expected, lock);
        assert_eq!(locked(lock, "0.1.0", "0.2.0"), expected);
    }

    #[test]
    fn what_is_unreleased_gets_its_version_and_date() {
        let released = release(CHANGES, "0.2.0", "2026-02-03").unwrap();
        assert!(
            released.contains("## [Unreleased]\n\n## [0.2.0] - 2026-02-03\n\n### Added\n\n- One.\n"),
            "{released}"
        );
        assert_eq!(section(&released, "0.2.0").unwrap(), "### Added\n\n- One.");
        assert_eq!(section(&released, "0.1.0").unwrap(), "- First.");
        let again = release(&released, "0.3.0", "2026-02-04").unwrap_err();
        assert_eq!(again.to_string(), "CHANGELOG.md has nothing under `## [Unreleased]`");
        assert!(release(CHANGES, "0.1.0", "2026-02-03").is_err());
        assert!(section(CHANGES, "0.2.0").is_err());
    }

    #[test]
    fn versions_are_three_numbers_and_perhaps_more() {
        assert!(["0.1.0", "10.20.30", "1.0.0-rc.1"].iter().all(|it| is_version(it)));
        assert!(
            ["", "1", "1.2", "1.2.3.4", "v1.2.3", "1.2.x", "1.2.3-", "1.2.3-a b"]
                .iter()
                .all(|it| !is_version(it))
        );
    }

    #[test]
    fn days_are_dates() {
        assert_eq!(
            [0, 58, 59, 789, 790, 20_787].map(date),
            ["1970-01-01", "1970-02-28", "1970-03-01", "1972-02-29", "1972-03-01", "2026-11-30"]
        );
    }
}
