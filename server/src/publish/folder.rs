//! A folder with files that are there whole or not at all.

use std::collections::HashSet;
use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bufferevent::recording::from_json;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::index::check_text;

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
        // Not emptied: it may be a link to what is somebody's.
        let lock = OpenOptions::new().write(true).create(true).truncate(false).open(path.join(LOCK));
        let lock = lock.map_err(problem)?;
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
    pub(super) fn put(&self, content: &[u8], kind: Kind) -> io::Result<FileName> {
        let name = FileName::of(content, kind);
        self.write(name.as_str(), content)?;
        Ok(name)
    }

    /// Writes the index in place of the one before.
    pub(super) fn put_index(&self, index: &impl Serialize) -> io::Result<()> {
        self.write(INDEX, &serde_json::to_vec(index)?)
    }

    fn write(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let temporary = self.path.join(TEMPORARY);
        // Where a crash left one, or somebody a link, it is not that which is written to.
        let _ = fs::remove_file(&temporary);
        let written = File::create_new(&temporary).and_then(|mut file| {
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

    /// Reads the index; none where there is none.
    pub(super) fn read_index<T: DeserializeOwned>(&self) -> io::Result<Option<T>> {
        let text = self.content(INDEX)?;
        text.map(|text| self.parse(INDEX, &text)).transpose()
    }

    /// Reads a file that never changes, as JSON, and gives its size; none where there is none.
    pub(super) fn read<T: DeserializeOwned>(&self, name: &FileName) -> io::Result<Option<(T, u64)>> {
        let Some(text) = self.content(name.as_str())? else { return Ok(None) };
        // So no file leads back to itself, however long the way.
        if FileName::of(&text, name.kind()) != *name {
            return Err(self.damaged(name.as_str(), &"its content is not what it is named by"));
        }
        Ok(Some((self.parse(name.as_str(), &text)?, text.len() as u64)))
    }

    fn content(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        let path = self.path.join(name);
        match expect_file(&path).and_then(|()| fs::read(&path)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.damaged(name, &error)),
        }
    }

    fn parse<T: DeserializeOwned>(&self, name: &str, text: &[u8]) -> io::Result<T> {
        let parsed = check_text(text).and_then(|()| from_json(text));
        parsed.map_err(|problem| self.damaged(name, &format_args!("{problem}; choose another folder")))
    }

    /// What is wrong with a file that is there.
    pub(super) fn damaged(&self, name: &str, problem: &dyn fmt::Display) -> io::Error {
        let path = self.path.join(name);
        io::Error::new(io::ErrorKind::InvalidData, format!("{}: {problem}", path.display()))
    }

    /// How large a file is; none where there is none.
    pub(super) fn size(&self, name: &FileName) -> Option<u64> {
        let about = fs::metadata(self.path.join(name)).ok()?;
        about.is_file().then_some(about.len())
    }

    /// Removes a file. One that stays takes room and does no harm.
    pub(super) fn remove(&self, name: &FileName) {
        let _ = fs::remove_file(self.path.join(name));
    }

    /// Removes segments and chapters that are not among these: a crash left them.
    pub(super) fn sweep(&self, keep: &HashSet<&FileName>) -> io::Result<()> {
        for entry in fs::read_dir(&self.path).map_err(|error| about(&self.path, &error))? {
            let name = entry?.file_name().into_string().unwrap_or_default();
            if name == TEMPORARY {
                let _ = fs::remove_file(self.path.join(name));
            } else if let Ok(name) = FileName::try_from(name)
                && !keep.contains(&name)
            {
                self.remove(&name);
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

/// What a file that never changes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Segment,
    Chapter,
}

impl Kind {
    fn extension(self) -> &'static str {
        match self {
            Self::Segment => "jsonl",
            Self::Chapter => "json",
        }
    }
}

/// Of the 64 digits the first 32: no two contents have them in common.
const DIGITS: usize = 32;

/// The name of a file that never changes: the first half of the SHA-256 of its content, and `.jsonl` or `.json`. What is read
/// from a file is no name of another kind: none that leads out of the folder, above all.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct FileName(String);

impl FileName {
    fn of(content: &[u8], kind: Kind) -> Self {
        let digest = Sha256::digest(content);
        let digits = digest.iter().take(DIGITS / 2).map(|byte| format!("{byte:02x}")).collect::<String>();
        Self(format!("{digits}.{}", kind.extension()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn kind(&self) -> Kind {
        if self.0.ends_with(".jsonl") { Kind::Segment } else { Kind::Chapter }
    }
}

impl AsRef<Path> for FileName {
    fn as_ref(&self) -> &Path {
        self.0.as_ref()
    }
}

impl TryFrom<String> for FileName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let is_name = name.split_once('.').is_some_and(|(digits, extension)| {
            digits.len() == DIGITS
                && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
                && [Kind::Segment, Kind::Chapter].iter().any(|kind| kind.extension() == extension)
        });
        if is_name { Ok(Self(name)) } else { Err(format!("{name:?} is no name of a segment or a chapter")) }
    }
}
