//! Archives that are the same, byte for byte, each time the same files are packed, and the sums of files.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use tar::{Builder, HeaderMode};

/// Packs a folder as `.tar.gz`, under the name `inside`.
pub(crate) fn pack(folder: &Path, inside: &str, to: &Path) -> Result<()> {
    let file = File::create(to).with_context(|| format!("writing {}", to.display()))?;
    let mut archive = Builder::new(GzEncoder::new(file, Compression::best()));
    archive.mode(HeaderMode::Deterministic);
    append(&mut archive, folder, inside)?;
    archive.into_inner()?.finish()?;
    Ok(())
}

/// In the order of their names: a folder's own order is another on each system.
fn append(archive: &mut Builder<impl std::io::Write>, folder: &Path, inside: &str) -> Result<()> {
    archive.append_dir(inside, folder)?;
    for name in names(folder)? {
        let (path, inside) = (folder.join(&name), format!("{inside}/{name}"));
        match path.is_dir() {
            true => append(archive, &path, &inside)?,
            false => archive.append_path_with_name(&path, &inside)?,
        }
    }
    Ok(())
}

/// What [`sums`] gives is kept under this name.
pub(crate) const SUMS: &str = "SHA256SUMS";

/// The SHA-256 of each file of a folder, a line each, as `sha256sum --check` reads them.
pub(crate) fn sums(folder: &Path) -> Result<String> {
    let mut lines = String::new();
    for name in names(folder)?.iter().filter(|name| *name != SUMS) {
        lines += &format!("{}  {name}\n", digest(&fs::read(folder.join(name))?));
    }
    Ok(lines)
}

/// The SHA-256 of these bytes, in hexadecimal digits.
pub(crate) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The names of a folder's entries, in their order.
pub(crate) fn names(folder: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry?.file_name().into_string().ok().context("a name is not UTF-8")?);
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_files_make_the_same_archive_whenever_they_were_written() {
        let folder = xshell::Shell::new().unwrap().create_temp_dir().unwrap();
        let archives = ["a", "b"].map(|name| {
            let from = folder.path().join(name);
            fs::create_dir_all(from.join("deep")).unwrap();
            fs::write(from.join("one"), "1").unwrap();
            fs::write(from.join("deep/two"), "2").unwrap();
            let seconds = if name == "a" { 1_000_000 } else { 2_000_000 };
            let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            File::options().write(true).open(from.join("one")).unwrap().set_modified(old).unwrap();
            let to = folder.path().join(format!("{name}.tar.gz"));
            pack(&from, "inside", &to).unwrap();
            fs::read(to).unwrap()
        });
        assert_eq!(archives[0], archives[1]);
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(&archives[0][..]));
        let paths =
            archive.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().display().to_string());
        assert_eq!(paths.collect::<Vec<_>>(), ["inside", "inside/deep", "inside/deep/two", "inside/one"]);
    }

    #[test]
    fn sums_are_what_sha256sum_reads() {
        let folder = xshell::Shell::new().unwrap().create_temp_dir().unwrap();
        fs::write(folder.path().join("abc"), "abc").unwrap();
        fs::write(folder.path().join(SUMS), "of before").unwrap();
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  abc\n";
        assert_eq!(sums(folder.path()).unwrap(), abc);
    }
}
