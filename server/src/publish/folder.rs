//! A folder with files that are there whole or not at all.

use std::collections::HashSet;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// The only file that changes.
pub(super) const INDEX: &str = "index.json";
/// Held while somebody publishes there.
const LOCK: &str = "lock";
/// Written here first.
const TEMPORARY: &str = "temporary";

#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Held until this is dropped, or the process ends in whatever way.
    _lock: File,
}

impl Folder {
    /// Makes the folder where there is none, and sees to it that nobody else publishes there.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let problem = |error: io::Error| about(path, &error);
        fs::create_dir_all(path).map_err(problem)?;
        expect_file(&path.join(LOCK)).map_err(problem)?;
        let lock = File::create(path.join(LOCK)).map_err(problem)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => {
                let taken = format!("cannot publish to {}: another program does", path.display());
                Err(io::Error::new(io::ErrorKind::ResourceBusy, taken))
            }
            Err(TryLockError::Error(error)) => Err(problem(error)),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file that never changes, and gives its name: that of its content, with this extension.
    pub(super) fn put(&self, content: &[u8], extension: &str) -> io::Result<String> {
        let name = name_of(content, extension);
        self.write(&name, content)?;
        Ok(name)
    }

    /// Writes the index in place of the one before.
    pub(super) fn put_index(&self, index: &impl Serialize) -> io::Result<()> {
        self.write(INDEX, &serde_json::to_vec(index)?)
    }

    fn write(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let temporary = self.path.join(TEMPORARY);
        let written = File::create(&temporary).and_then(|mut file| {
            file.write_all(content)?;
            // A name must not be there before its content is, whatever happens to the machine.
            file.sync_data()
        });
        written.and_then(|()| fs::rename(&temporary, self.path.join(name))).map_err(|error| {
            // A full disk wants this back.
            let _ = fs::remove_file(&temporary);
            about(&self.path, &error)
        })
    }

    /// Reads a JSON file; none where there is none.
    pub(super) fn read<T: DeserializeOwned>(&self, name: &str) -> io::Result<Option<T>> {
        let path = self.path.join(name);
        let problem = |error: &dyn std::fmt::Display| {
            io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}", path.display()))
        };
        match expect_file(&path).and_then(|()| fs::read(&path)) {
            Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|error| problem(&error)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(problem(&error)),
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.path.join(name).is_file()
    }

    /// Removes a file. One that stays takes room and does no harm.
    pub(super) fn remove(&self, name: &str) {
        let _ = fs::remove_file(self.path.join(name));
    }

    /// Removes segments and chapters that are not among these: a crash left them.
    pub(super) fn sweep(&self, keep: &HashSet<&str>) -> io::Result<()> {
        for entry in fs::read_dir(&self.path).map_err(|error| about(&self.path, &error))? {
            let name = entry?.file_name();
            let Some(name) = name.to_str() else { continue };
            if name == TEMPORARY || (is_named_by_content(name) && !keep.contains(name)) {
                self.remove(name);
            }
        }
        Ok(())
    }
}

/// What is there under this name, if anything, is a regular file: a pipe would hold up whoever opens it.
fn expect_file(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(about) if !about.is_file() => {
            let name = path.file_name().unwrap_or_default().display();
            Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{name} is no regular file")))
        }
        // Whoever opens it says so.
        _ => Ok(()),
    }
}

fn about(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot publish to {}: {error}", path.display()))
}

/// Of the 64 digits the first 32: no two contents have them in common.
const DIGITS: usize = 32;

fn name_of(content: &[u8], extension: &str) -> String {
    let digits =
        Sha256::digest(content).iter().take(DIGITS / 2).map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("{digits}.{extension}")
}

fn is_named_by_content(name: &str) -> bool {
    let Some((digits, extension)) = name.split_once('.') else { return false };
    digits.len() == DIGITS
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        && matches!(extension, "json" | "jsonl")
}
